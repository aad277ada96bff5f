import { expect, test } from 'vitest';
import type { TurnsLayout } from '../tasks/prompt-layout.ts';
import { writeTurns } from '../tasks/turns.ts';
import { ChatTemplate } from './chat-template.ts';
import { ConversationText } from './conversation-text.ts';
import { Tokenizer } from './tokenizer.ts';

const tokenizer = await Tokenizer.read(new URL('../../resources/starter-model', import.meta.url).pathname);
// As strict as some are: other sides than the next one are refused.
const source = `{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('order') }}{% endif %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>`;
const chatty = new ConversationText({ tokenizer, template: new ChatTemplate(source, {}), endIds: [0] });
const plain = new ConversationText({ tokenizer, template: undefined, endIds: [0] });
const read = (ids: readonly number[] = []) => tokenizer.decode(ids).trimStart();

const turns = ['one', 'two', 'three'].flatMap((word) => [
  { role: 'user' as const, content: `${word}?` },
  { role: 'assistant' as const, content: `${word}.` },
]);
const asked = [...turns, { role: 'user' as const, content: 'four?' }];
const context = writeTurns(asked);

// Regression: all of it was one turn of the user's.
test('a chat template gets a conversation turn by turn, in training as in a chat', () => {
  const example = chatty.exampleIds(context, 'four.', 500);
  expect(read(example?.ids.slice(0, example.targetStart))).toBe(
    '<user>one?<assistant>one.<user>two?<assistant>two.<user>three?<assistant>three.<user>four?<assistant>',
  );
  expect(chatty.promptIds(context)).toEqual(chatty.conversationIds(asked));
  expect(read(chatty.promptIds('alone?'))).toBe('<user>alone?<assistant>');
});

test('a base without a chat template reads it as it is written, in training as in a chat', () => {
  expect(plain.promptIds(context)).toEqual(tokenizer.encodeFromStart(context));
  expect(plain.conversationIds(asked)).toEqual(plain.promptIds(context));
});

test.each([
  ['with', chatty],
  ['without', plain],
])('programs that put the turns together get the same ids, %s a chat template', (_, text) => {
  const { before, after, turns: between } = text.layout();
  const { told, first, answered, asked: next } = between as TurnsLayout;
  const written = asked.map(({ content }, i) => content + (i === 6 ? after : i % 2 ? next : answered)).join('');
  expect(tokenizer.encode(before + first + written)).toEqual(text.conversationIds(asked));
  // The template above refuses instructions.
  expect(told === undefined).toBe(text === chatty);
  if (told === undefined) return;
  expect(tokenizer.encode(`${told.before}Be kind.${told.after}${first}${written}`)).toEqual(
    text.conversationIds([{ role: 'system', content: 'Be kind.' }, ...asked]),
  );
});

test.each([
  ['with', chatty, '<user>three?<assistant>three.<user>four?<assistant>'],
  ['without', plain, 'User: three?\n\nAssistant: three.\n\nUser: four?'],
])('a long past is cut from the front by whole turns, %s a chat template', (_, text, kept) => {
  const target = text.targetIds('four.').length;
  const room = text.conversationIds(asked.slice(4)).length;
  const example = text.exampleIds(context, 'four.', room + target + 1);
  expect(example).toMatchObject({ cut: true });
  expect(read(example?.ids.slice(0, example.targetStart))).toBe(kept);
  expect(text.promptIdsWithin(context, room)).toEqual(text.conversationIds(asked.slice(4)));
});

test('a last turn that does not fit is cut itself', () => {
  const long = writeTurns([...turns, { role: 'user', content: `${'long '.repeat(300)}\n\nlast words` }]);
  const ids = chatty.promptIdsWithin(long, 40);
  expect(ids.length).toBeLessThanOrEqual(40);
  expect(read(ids)).toMatch(/^<user>long .*last words<assistant>$/s);
});
