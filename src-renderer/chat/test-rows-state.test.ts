import { beforeEach, expect, test, vi } from 'vitest';
import type { Example } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { TestRowsState } from './test-rows-state.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({ client: { datasets: { examples: vi.fn() } } }));

beforeEach(() => vi.clearAllMocks());

test('a dataset without test rows offers its validation rows', async () => {
  vi.mocked(client.datasets.examples).mockImplementation((async ({ split }: { split?: string }) => {
    const examples = split === 'test' ? [] : [example('a', 'pets')];
    return { total: examples.length, examples };
  }) as never);
  const rows = new TestRowsState();
  await rows.open({ id: 'd', version: 1 });
  expect(rows.split).toBe('validation');
  expect(rows.rows.map((row) => row.id)).toEqual(['a']);
});

// A press right after a switch picked a row of the previous adapter: its passage was taken for a schema.
test('does not offer the rows of one dataset while those of another load', async () => {
  const { promise, resolve } = Promise.withResolvers<{ total: number; examples: Example[] }>();
  vi.mocked(client.datasets.examples).mockImplementation((({ id }: { id: string }) =>
    id === 'towns' ? Promise.resolve({ total: 1, examples: [example('a', 'towns')] }) : promise) as never);
  const rows = new TestRowsState();
  await rows.open({ id: 'towns', version: 1 });
  expect(rows.rows.map((row) => row.id)).toEqual(['a']);

  const opened = rows.open({ id: 'singers', version: 1 });
  expect(rows.rows).toEqual([]);
  expect(rows.loading).toBe(true);
  resolve({ total: 1, examples: [example('b', 'singers')] });
  await opened;
  expect(rows.rows.map((row) => row.id)).toEqual(['b']);
});

test('each schema is listed once, with its database', async () => {
  const examples = [example('a', 'pets'), example('b', 'pets'), example('c', 'singer')];
  vi.mocked(client.datasets.examples).mockResolvedValue({ total: 3, examples });
  const rows = new TestRowsState();
  await rows.open({ id: 'd', version: 1 });
  expect(rows.schemas).toEqual([
    { schema: 'pets(name text)', database: 'pets' },
    { schema: 'singer(name text)', database: 'singer' },
  ]);
  expect(await rows.databaseOf('d', 'pets(name text)\n')).toBe('pets');
  expect(await rows.databaseOf('d', 'another(name text)')).toBeNull();
});

test('finds schemas across rows that arrive in several answers', async () => {
  const all = [example('a', 'pets'), example('b', 'cats'), example('c', 'singer')];
  vi.mocked(client.datasets.examples).mockImplementation((async ({ offset }: { offset: number }) => {
    return { total: 3, examples: all.slice(offset, offset + 1) };
  }) as never);
  const rows = new TestRowsState();
  await rows.open({ id: 'd', version: 1 });
  expect(rows.schemas.map(({ database }) => database)).toEqual(['pets', 'cats', 'singer']);
});

// Attaching or detaching a database rewrites the rows' schemas: the old ones were still offered.
test('reads rows and schemas again when the dataset has changed', async () => {
  const rows = new TestRowsState();
  vi.mocked(client.datasets.examples).mockResolvedValue({ total: 1, examples: [example('a', 'pets')] });
  await rows.open({ id: 'd', version: 1 });
  vi.mocked(client.datasets.examples).mockResolvedValue({ total: 1, examples: [example('a', 'cats')] });
  await rows.open({ id: 'd', version: 1 });
  expect(await rows.databaseOf('d', 'cats(name text)')).toBeNull();
  await rows.open({ id: 'd', version: 2 });
  expect(await rows.databaseOf('d', 'cats(name text)')).toBe('cats');
});

// After a reload the row's target for an answer was no longer known.
test('a question that matches a row with the same schema has the target of that row', async () => {
  vi.mocked(client.datasets.examples).mockResolvedValue({ total: 1, examples: [example('a', 'pets')] });
  const rows = new TestRowsState();
  await rows.open({ id: 'd', version: 1 });
  const schema = 'pets(name text)';
  expect(rows.targetOf({ text: 'How many? ', input: { schema } })).toBe('SELECT COUNT(*)');
  expect(rows.targetOf({ text: 'How many?', input: { schema: 'cats(name text)' } })).toBeUndefined();
  expect(rows.targetOf({ text: 'How many?', input: null })).toBeUndefined();
});

test('reads again on the next request after a failure', async () => {
  vi.mocked(client.datasets.examples).mockRejectedValueOnce(new Error('gone'));
  const rows = new TestRowsState();
  await expect(rows.databaseOf('d', 'pets(name text)')).rejects.toThrow('gone');
  vi.mocked(client.datasets.examples).mockResolvedValue({ total: 1, examples: [example('a', 'pets')] });
  expect(await rows.databaseOf('d', 'pets(name text)')).toBe('pets');
});

function example(id: string, table: string): Example {
  return {
    id,
    position: 0,
    line: 2,
    split: 'test',
    context: `Schema:\n${table}(name text)\n\nQuestion: How many?`,
    target: 'SELECT COUNT(*)',
    group: null,
    database: table,
    warning: null,
  };
}
