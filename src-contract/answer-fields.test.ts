import { expect, test } from 'vitest';
import { answerFields, fieldKeys, fieldTexts, hasLabels, labelFields } from './answer-fields.ts';

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
  expect(labelFields(object({ label, items: { type: 'array', items: label } }))).toEqual(['label']);
  expect(labelFields({ kind: 'choices', texts: ['a'] })).toEqual([]);
  expect(hasLabels(form)).toBe(true);
  expect(hasLabels(object({ name: { type: 'string' } }))).toBe(false);
  expect(hasLabels({ kind: 'choices', texts: ['a'] })).toBe(true);
});

// Only fields of the outermost object were looked at.
test('a field within another is named by its path', () => {
  const label = { type: 'string', enum: ['a', 'b'] };
  const nothing = { type: 'null' };
  const customer = object({ type: label, 'no.': { type: 'string' } }).schema;
  const form = object({ 'no.': { type: 'string' }, customer: { anyOf: [customer, nothing] }, label });
  expect(answerFields(form)).toEqual(['no.', 'customer.type', 'customer.no.', 'label']);
  expect(labelFields(form)).toEqual(['customer.type', 'label']);
  expect(answerFields(object({ customer: { anyOf: [customer, label] } }))).toEqual([]);
  expect(fieldKeys(form, 'customer.no.')).toEqual(['customer', 'no.']);
  expect([fieldKeys(form, 'no.'), fieldKeys(null, 'a.b')]).toEqual([['no.'], ['a.b']]);
  const fields = ['no.', 'customer.type', 'customer.no.', 'label'];
  const answer = '{"no.": "1", "customer": {"type": "b", "no.": 7.0}, "label": "a"}';
  expect(fieldTexts(answer, fields)).toEqual(['1', 'b', '7.0', 'a']);
  expect(fieldTexts('{"customer": null, "label": {}}', fields)).toEqual(['', '', '', '']);
});

test('what an answer has in each field, as it is written', () => {
  const fields = ['sum', 'due', 'paid', 'note', '__proto__'];
  const answer = '{"due": "2 May", "sum": 12345678901234567891.50, "paid": false, "note": null}';
  expect(fieldTexts(answer, fields)).toEqual(['12345678901234567891.50', '2 May', 'false', '', '']);
  expect(fieldTexts('{"sum": 12', fields)).toEqual(['', '', '', '', '']);
  expect(fieldTexts('[1]', ['0'])).toEqual(['']);
});
