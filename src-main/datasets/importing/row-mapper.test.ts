import { expect, test } from 'vitest';
import { resolveMapping } from './column-mapping.ts';
import { rowMapper } from './row-mapper.ts';

const mapping = resolveMapping({
  task: 'mrc',
  columns: ['id', 'passage', 'question', 'answer', 'group'],
  file: 'a.csv',
});
const mapRow = rowMapper(mapping, 'utf-8');
const row = (...cells: string[]) => mapRow({ cells, line: 2 });

test('a row becomes context and target, with its texts unchanged', () => {
  expect(row('7', ' P ', 'Q', 'A\n', 'g')).toEqual({
    ...{ kind: 'example', context: 'Passage:  P \n\nQuestion: Q', target: 'A\n' },
    ...{ group: 'g', database: null, sourceId: '7', warnings: [] },
  });
});

test.each([
  [['7', 'P', 'Q', '  ', 'g'], 'ROW_TARGET_EMPTY'],
  [['7', '', 'Q', 'A', 'g'], 'ROW_CONTEXT_EMPTY'],
  [['7', 'P', 'Q'], 'ROW_CELL_MISSING'],
  [['7', 'P', 'Q', 'A', 'g', 'more'], 'ROW_TOO_MANY_CELLS'],
  [['7', 'P'.repeat(1_048_577), 'Q', 'A', 'g'], 'ROW_CELL_TOO_LONG'],
])('an unusable row is rejected with a reason: %#', (cells, code) => {
  expect(row(...cells)).toMatchObject({ kind: 'rejected', code });
});

test('a context of several columns has a line for each that has a text', () => {
  const columns = ['id', 'Subject', 'The\nbody', 'Brand', 'label'];
  const chosen = { context: 'Subject', context2: 'The\nbody', context3: 'Brand', target: 'label' };
  const joined = resolveMapping({ task: 'custom', columns, chosen, file: 'a.csv' });
  expect(joined.mapping).toEqual(chosen);
  const map = rowMapper(joined, 'utf-8');
  const row = (...cells: string[]) => map({ cells, line: 2 });
  expect(row('1', 'Late', 'My parcel', 'Acme', 'A')).toMatchObject({
    context: 'Subject: Late\nThe body: My parcel\nBrand: Acme',
    target: 'A',
  });
  expect(row('1', ' ', 'My parcel', '', 'A')).toMatchObject({ kind: 'example', context: 'The body: My parcel' });
  expect(row('1', '', ' ', '', 'A')).toMatchObject({
    ...{ code: 'ROW_CONTEXT_EMPTY', data: { column: 'Subject, The\nbody, Brand' } },
  });
  expect(row('1', 'Late', 'My parcel', 'Acme', '')).toMatchObject({ code: 'ROW_TARGET_EMPTY' });
  const half = 'x'.repeat(600_000);
  expect(row('1', half, half, '', 'A')).toMatchObject({ code: 'ROW_CELL_TOO_LONG', data: { letters: 1_200_020 } });
  // Left out by an empty name, and only where a context is one text.
  const one = resolveMapping({ task: 'custom', columns, chosen: { ...chosen, context2: '', context3: '' }, file: 'a' });
  expect(rowMapper(one, 'utf-8')({ cells: ['1', 'Late', '', '', 'A'], line: 2 })).toMatchObject({ context: 'Late' });
  const asQuestion = { ...chosen, question: 'label' };
  expect(() => resolveMapping({ task: 'mrc', columns, chosen: asQuestion, file: 'a' })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID' }),
  );
});

test('a target of several columns is an object in JSON, of which some fields may be blank', () => {
  const columns = ['text', 'sum', 'due'];
  const chosen = { context: 'text', target: 'sum', target2: 'due' };
  const map = rowMapper(resolveMapping({ task: 'custom', columns, chosen, file: 'a.csv' }), 'utf-8');
  const row = (...cells: string[]) => map({ cells, line: 2 });
  expect(row('Bill', '1,200.50', '2 May')).toMatchObject({
    ...{ kind: 'example', context: 'Bill', target: '{"sum":"1,200.50","due":"2 May"}' },
  });
  expect(row('Bill', '', '2 May')).toMatchObject({ target: '{"sum":"","due":"2 May"}' });
  expect(row('Bill')).toMatchObject({ code: 'ROW_TARGET_EMPTY', data: { column: 'sum, due' } });
  const half = '"'.repeat(600_000);
  expect(row('Bill', half, '')).toMatchObject({ code: 'ROW_CELL_TOO_LONG', data: { letters: 1_200_019 } });
});

test('a row may lack cells that no field needs, and have surplus ones that are empty', () => {
  expect(row('7', 'P', 'Q', 'A')).toMatchObject({ kind: 'example', group: null, warnings: ['ROW_SHORT'] });
  expect(row('7', 'P', 'Q', 'A', 'g', '', '')).toMatchObject({ kind: 'example' });
});
