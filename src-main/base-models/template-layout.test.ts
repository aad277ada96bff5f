import { expect, test } from 'vitest';
import { ChatTemplate } from './chat-template.ts';
import { templateLayout } from './template-layout.ts';

const layoutOf = (source: string) => {
  const template = new ChatTemplate(source, {});
  return templateLayout((turns) => template.render(turns));
};

test('what a template writes before, between and after turns is found, and around an instruction', () => {
  expect(
    layoutOf(
      "{% if messages[0].role != 'system' %}[system]Be kind.[end]{% endif %}" +
        '{% for m in messages %}[{{ m.role }}]{{ m.content }}[end]{% endfor %}[assistant]',
    ),
  ).toEqual({
    ...{ before: '[system]Be kind.[end][user]', after: '[end][assistant]' },
    turns: {
      told: { before: '[system]', after: '[end][user]' },
      ...{ first: '', answered: '[end][assistant]', asked: '[end][user]' },
    },
  });
});

test('an instruction that is refused or left out has no place', () => {
  const turns = '{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}[assistant]';
  const told = (source: string) => layoutOf(source).turns?.told;
  expect(told(`{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}${turns}`)).toBeUndefined();
  expect(told(`{% set messages = messages | rejectattr('role', 'equalto', 'system') %}${turns}`)).toBeUndefined();
  expect(told(turns)).toEqual({ before: '[system]', after: '[user]' });
});

test('a template that writes a turn differently from place to place is for the last message', () => {
  const numbered = '{% for m in messages %}{{ loop.index }}[{{ m.role }}]{{ m.content }}{% endfor %}[assistant]';
  expect(layoutOf(numbered)).toEqual({ before: '1[user]', after: '[assistant]', turns: undefined });
  const once = "{% if messages | length > 1 %}{{ raise_exception('one only') }}{% endif %}[{{ messages[0].content }}]";
  expect(layoutOf(once)).toEqual({ before: '[', after: ']', turns: undefined });
});
