import { expect, test } from 'vitest';
import { fieldResults, jsonRow } from './field-results.ts';

const row = (target: string, ...answers: string[]) => jsonRow({ target, answers: answers.map((text) => ({ text })) });

test('each field is counted over the rows that have it, and what answers make up apart', () => {
  const told = fieldResults(
    [
      row('{"name": "Ada", "tags": ["a", "b"]}', 'No idea.', '{"tags": ["a", "b"], "name": "Ada"}'),
      row('{"name": "Bo", "town": "Ulm"}', 'It is {"name": "Bo"}', '{"name": "Bob", "age": 1, "town": "Ulm"}'),
      row('{"name": "Cy", "tags": ["a", "b"]}', '[]', '{"name": "Cy", "tags": ["b", "a"]}'),
      row('none', 'none', 'none'),
    ],
    ['base', 'Fields'],
  );
  const counts = (right: number, missing: number, different: number, f1: number | null, invented = 0) => ({
    ...{ right, missing, different, invented, f1, reordered: 0 },
  });
  expect(told).toEqual({
    ...{ kind: 'fields', rows: 3, more: 0 },
    models: [
      { adapter: 'base', without: 1, around: 1 },
      { adapter: 'Fields', without: 0, around: 0 },
    ],
    fields: [
      { field: 'name', rows: 3, models: [counts(1, 2, 0, 1 / 2), counts(2, 0, 1, 2 / 3)] },
      { field: 'tags[]', rows: 2, models: [counts(0, 2, 0, 0), { ...counts(1, 0, 0, 1), reordered: 1 }] },
      { field: 'town', rows: 1, models: [counts(0, 1, 0, 0), counts(1, 0, 0, 1)] },
      { field: 'age', rows: 0, models: [counts(0, 0, 0, null), counts(0, 0, 0, 0, 1)] },
      { field: '[]', rows: 0, models: [counts(0, 0, 0, 0, 1), counts(0, 0, 0, null)] },
    ],
  });
});

// Places of a list were compared one by one: a list with one value more was as wrong as one with none of them.
test('values of a list count one by one in any order, and another order is told apart', () => {
  const target = '{"tags": ["a", "b"], "items": [{"n": "pen", "q": 1}, {"n": "cup", "q": 2}]}';
  const told = (answer: string) =>
    fieldResults([row(target, answer)], ['x'])?.fields.map(({ field, models: [counts] }) => {
      const { f1, ...outcomes } = counts ?? { f1: null };
      return `${field} ${Object.entries(outcomes).find(([, count]) => count > 0)?.[0]} ${f1?.toFixed(2)}`;
    });
  expect(told('{"tags": ["b", "a"], "items": [{"n": "cup", "q": 2}, {"n": "pen", "q": 1}]}')).toEqual([
    'tags[] reordered 1.00',
    'items[].n reordered 1.00',
    'items[].q reordered 1.00',
  ]);
  expect(told('{"tags": ["c", "a", "b"], "items": [{"n": "cup", "q": 2}]}')).toEqual([
    'tags[] different 0.80',
    'items[].n different 0.67',
    'items[].q different 0.67',
  ]);
  // Each value is there, but of another element.
  expect(told('{"tags": ["a", "b"], "items": [{"n": "pen", "q": 2}, {"n": "cup", "q": 1}]}')).toEqual([
    'tags[] right 1.00',
    'items[].n right 1.00',
    'items[].q different 0.00',
  ]);
});

test('targets that are mostly no JSON have no fields', () => {
  expect(fieldResults([row('{"a": 1}', ''), row('yes', '')], ['base'])).toBeUndefined();
  expect(fieldResults([], ['base'])).toBeUndefined();
  function* texts() {
    for (let n = 0; n < 201; n++) yield row('yes', '');
    throw new Error('no more need be read');
  }
  expect(fieldResults(texts(), ['base'])).toBeUndefined();
});

test('where keys are data, the most frequent fields are told', () => {
  const rows = Array.from({ length: 300 }, (_, n) => row(`{"sum": 1, "day ${n}": 2}`, '{"sum": 1}'));
  const told = fieldResults(rows, ['base']);
  expect(told).toMatchObject({ more: 101, fields: expect.objectContaining({ length: 200 }) });
  expect(told?.fields[0]).toMatchObject({ field: 'sum', rows: 300 });
});
