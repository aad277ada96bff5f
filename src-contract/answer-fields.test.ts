import { expect, test } from 'vitest';
import { answerFields, fieldTexts, hasLabels, labelFields } from './answer-fields.ts';

const object = (properties: Readonly<Record<string, unknown>>) => ({
  kind: 'json' as const,
  schema: { type: 'object', properties },
});

test('answers that are simple objects have fields that a table can show', () => {
  const sum = { anyOf: [{ type: 'number' }, { type: 'null' }] };
  expect(answerFields(object({ sum, due: { type: 'string' } }))).toEqual(['sum', 'due']);
  expect(answerFields(object({ sum, items: { type: 'array' } }))).toEqual([]);
  expect(answerFields(object({ sum: { anyOf: [{ type: 'string' }, { type: 'object' }] } }))).toEqual([]);
  expect(answerFields({ kind: 'json' })).toEqual([]);
  expect(answerFields({ kind: 'choices', texts: ['a'] })).toEqual([]);
  expect(answerFields(null)).toEqual([]);
});

test('fields with a few labels, or true and false, are told apart', () => {
  const label = { type: 'string', enum: ['a', 'b'] };
  const nothing = { type: 'null' };
  const form = object({
    ...{ label, name: { type: 'string' }, sum: { type: 'number' }, paid: { type: 'boolean' }, none: nothing },
    ...{ maybe: { anyOf: [label, nothing] }, either: { anyOf: [label, { type: 'number' }] } },
  });
  expect(labelFields(form)).toEqual(['label', 'paid', 'maybe']);
  expect(labelFields(object({ label, items: { type: 'array', items: label } }))).toEqual([]);
  expect(labelFields({ kind: 'choices', texts: ['a'] })).toEqual([]);
  expect(hasLabels(form)).toBe(true);
  expect(hasLabels(object({ name: { type: 'string' } }))).toBe(false);
  expect(hasLabels({ kind: 'choices', texts: ['a'] })).toBe(true);
});

test('what an answer has in each field, as it is written', () => {
  const fields = ['sum', 'due', 'paid', 'note', '__proto__'];
  const answer = '{"due": "2 May", "sum": 12345678901234567891.50, "paid": false, "note": null}';
  expect(fieldTexts(answer, fields)).toEqual(['12345678901234567891.50', '2 May', 'false', '', '']);
  expect(fieldTexts('{"sum": 12', fields)).toEqual(['', '', '', '', '']);
  expect(fieldTexts('[1]', ['0'])).toEqual(['']);
});
