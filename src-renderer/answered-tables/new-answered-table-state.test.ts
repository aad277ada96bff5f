import { beforeEach, expect, test, vi } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { AnsweredTable } from '../../src-contract/answered-table.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset, Inspection } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { NewAnsweredTableState } from './new-answered-table-state.svelte.ts';

const { changes } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('adapter');
});

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    datasets: { list: vi.fn(), inspect: vi.fn() },
    adapters: { list: vi.fn(), form: vi.fn() },
    baseModels: { list: vi.fn() },
    answeredTables: { list: vi.fn(), propose: vi.fn(), start: vi.fn() },
    files: { begin: async () => ({ fileId: 'f' }), append: async () => {}, discard: vi.fn(async () => {}) },
    studio: { changes },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

const labels = { kind: 'choices' as const, texts: ['yes', 'no'] };

// The casts are sound: they have every field that the state reads.
beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(client.baseModels.list).mockResolvedValue([{ id: 'b', builtIn: true }, { id: 'large' }] as BaseModel[]);
  vi.mocked(client.adapters.list).mockResolvedValue([
    { id: 'old', baseModelId: 'b', task: 'mrc', datasetId: 'gone', createdAt: 1 },
    { id: 'new', baseModelId: 'b', task: 'custom', datasetId: 'd', createdAt: 2 },
  ] as Adapter[]);
  vi.mocked(client.datasets.list).mockResolvedValue([{ id: 'd' } as Dataset]);
  vi.mocked(client.adapters.form).mockImplementation(async ({ id }) => (id === 'new' ? labels : null));
  vi.mocked(client.datasets.inspect).mockResolvedValue(read(['id', 'text'], 500));
  vi.mocked(client.answeredTables.list).mockResolvedValue([]);
  vi.mocked(client.answeredTables.propose).mockResolvedValue({
    task: 'custom',
    mapping: { context: 'text' },
    schemas: 0,
    names: [],
  });
  vi.mocked(client.answeredTables.start).mockResolvedValue({ id: 't' } as AnsweredTable);
});

test('proposes the newest adapter, with the form of its targets and the columns that the studio would read', async () => {
  const form = await withFile();
  expect([form.baseModelId, form.adapterId, form.task]).toEqual(['b', 'new', 'custom']);
  expect(form.form).toEqual(labels);
  expect(form.mapping).toEqual({ context: 'text' });
  expect(form.missing).toEqual([]);
  expect(form.rows).toBe(500);
});

// The form promised one last column, and the file had two or three more.
test('tells by name which columns will follow', async () => {
  const form = await withFile();
  expect(form.answerColumns).toEqual({ answer: 'answer', fields: [], sure: 'sure', note: 'note' });
  form.keepsForm = false;
  expect(form.answerColumns).toEqual({ answer: 'answer', fields: [], note: 'note' });
  vi.mocked(client.datasets.inspect).mockResolvedValue(read(['text', 'answer'], 5));
  const other = await withFile();
  expect(other.answerColumns).toEqual({ answer: 'answer 2', fields: [], sure: 'sure', note: 'note' });
  // The columns of fields were shown as how probable a label is, and as the notes.
  const schema = { type: 'object', properties: { text: { type: 'string' }, sum: { type: 'string' } } };
  vi.mocked(client.adapters.form).mockResolvedValue({ kind: 'json', schema });
  const simple = await withFile();
  expect(simple.answerColumns).toEqual({ answer: 'answer 2', fields: ['text 2', 'sum'], note: 'note' });
});

test('questions need no schema where one is known, and a column of databases where several are', async () => {
  vi.mocked(client.adapters.list).mockResolvedValue([
    { id: 'sql', baseModelId: 'b', task: 'nl2sql', datasetId: 'd', createdAt: 3 } as Adapter,
  ]);
  vi.mocked(client.datasets.list).mockResolvedValue([{ id: 'd', task: 'nl2sql', hasDatabase: true } as Dataset]);
  vi.mocked(client.datasets.inspect).mockResolvedValue(read(['text', 'db'], 5));
  const proposed = { task: 'nl2sql', mapping: { question: 'text' } } as const;
  const propose = vi.mocked(client.answeredTables.propose);

  propose.mockResolvedValue({ ...proposed, schemas: 0, names: [] });
  expect((await withFile()).missing).toEqual(['schema']);
  propose.mockResolvedValue({ ...proposed, mapping: null, schemas: 3, names: [] });
  const ofSeveral = await withFile();
  expect(ofSeveral.missing).toEqual(['question', 'database']);
  ofSeveral.map('question', 'text');
  ofSeveral.map('database', 'db');
  expect(ofSeveral.missing).toEqual([]);
  propose.mockResolvedValue({ ...proposed, schemas: 1, names: [] });
  const ofOne = await withFile();
  expect([ofOne.fields, ofOne.missing, ofOne.canRetry]).toEqual([['schema', 'question'], [], true]);
  // A column chosen by hand counts, until that is taken back.
  ofOne.map('schema', 'db');
  expect([ofOne.knownSchemas, ofOne.mapping.schema]).toEqual([0, 'db']);
  ofOne.map('schema', '');
  ofOne.retriesQueries = true;
  await ofOne.start();
  expect(client.answeredTables.start).toHaveBeenLastCalledWith(
    expect.objectContaining({ mapping: { question: 'text' }, retryQueries: true }),
  );
});

test('starts with what was chosen, and frees the file', async () => {
  const form = await withFile();
  form.map('context', 'id');
  form.limit = 20;
  form.keepsForm = false;
  expect(await form.start()).toEqual({ id: 't' });
  expect(client.answeredTables.start).toHaveBeenCalledWith({
    ...{ source: { kind: 'upload', fileId: 'f' }, csv: {}, baseModelId: 'b', adapterId: 'new', task: 'custom' },
    ...{ mapping: { context: 'id' }, keepsForm: false, limit: 20 },
  });
  expect(client.files.discard).toHaveBeenCalledWith({ fileId: 'f' });
});

test('an adapter for another task needs other columns, which are not proposed if they cannot be told', async () => {
  const form = await withFile();
  vi.mocked(client.answeredTables.propose).mockResolvedValue({ task: 'mrc', mapping: null, schemas: 0, names: [] });
  form.chooseAdapter('old');
  await vi.waitFor(() => expect(form.isProposing).toBe(false));
  expect(form.missing).toEqual(['passage', 'question']);
  form.map('passage', 'text');
  expect(form.missing).toEqual(['question']);
  // What its targets looked like, nobody knows.
  expect(form.form).toBeUndefined();
});

// Of a table with other names, only the columns that were found had a box: the others could not be chosen.
test('every column that an adapter learned from can be chosen, and some may be left out', async () => {
  const proposed = {
    task: 'custom' as const,
    mapping: { context: 'text' },
    schemas: 0,
    names: ['title', 'text', 'price'],
  };
  vi.mocked(client.answeredTables.propose).mockResolvedValue(proposed);
  const form = await withFile();
  expect([form.fields, form.missing]).toEqual([['context', 'context2', 'context3'], []]);
  form.map('context2', 'id');
  form.map('context', '');
  expect(form.missing).toEqual([]);
  await form.start();
  expect(client.answeredTables.start).toHaveBeenCalledWith(
    expect.objectContaining({ mapping: { context: '', context2: 'id' } }),
  );
  form.map('context2', '');
  expect(form.missing).toEqual(['context', 'context2', 'context3']);
});

test('a base without adapters answers alone', async () => {
  const form = await withFile();
  form.chooseBaseModel('large');
  expect(form.adapterId).toBe('');
  await form.start();
  expect(client.answeredTables.start).toHaveBeenCalledWith(expect.objectContaining({ adapterId: null }));
});

test('a column chosen by hand is forgotten once the file is read without it', async () => {
  const form = await withFile();
  form.map('context', 'id');
  vi.mocked(client.datasets.inspect).mockResolvedValue(read(['number', 'text'], 500));
  await form.readAs({ sheet: 'May' });
  expect(form.csv).toEqual({ sheet: 'May' });
  expect(form.mapping).toEqual({ context: 'text' });
});

test('tells the time at the pace of the last table of who answers, or not at all', async () => {
  expect((await withFile()).seconds).toBeUndefined();
  const last = { baseModelId: 'b', adapterId: 'new', answered: 100, seconds: 50 };
  const tables = [{ ...last, adapterId: null, seconds: 1 }, { ...last, answered: 3, seconds: 9 }, last];
  vi.mocked(client.answeredTables.list).mockResolvedValue(tables as AnsweredTable[]);
  expect((await withFile()).seconds).toBe(250);
});

test('a file that cannot be read is told, and another can be chosen', async () => {
  vi.mocked(client.datasets.inspect).mockRejectedValueOnce(new Error('no table'));
  const form = await opened();
  await form.chooseFile(new File(['x'], 'mails.csv'));
  expect(form.error).toMatchObject({ message: 'no table' });
  expect(form.stage.kind).toBe('choose');
  expect(client.files.discard).toHaveBeenCalledWith({ fileId: 'f' });
});

// Regression: after a reload the form was empty, and did not say that a file had been chosen.
test('says which file a reload has closed; chosen again, it is read as before', async () => {
  const before = await withFile();
  await before.readAs({ delimiter: ';' });
  before.map('context', 'id');
  const after = new NewAnsweredTableState({}, before.choices);
  await vi.waitFor(() => expect(after.baseModelId).not.toBe(''));
  expect([after.lost, after.choices]).toEqual(['mails.csv', undefined]);
  await after.chooseFile(new File(['x'], 'mails.csv'));
  expect([after.lost, after.csv, after.mapping]).toEqual([undefined, { delimiter: ';' }, { context: 'id' }]);
});

test('what was chosen for the file that a reload has closed is not for another one', async () => {
  const before = await withFile();
  before.map('context', 'id');
  const after = new NewAnsweredTableState({}, before.choices);
  await after.chooseFile(new File(['xy'], 'mails.csv'));
  expect([after.lost, after.mapping]).toEqual([undefined, { context: 'text' }]);
});

async function opened(): Promise<NewAnsweredTableState> {
  const form = new NewAnsweredTableState({});
  await vi.waitFor(() => expect(form.baseModelId).not.toBe(''));
  return form;
}

async function withFile(): Promise<NewAnsweredTableState> {
  const form = await opened();
  await form.chooseFile(new File(['x'], 'mails.csv'));
  await vi.waitFor(() => expect(form.isProposing).toBe(false));
  return form;
}

function read(names: readonly string[], rows: number): Inspection {
  return { columns: names.map((name) => ({ name })), sample: [], file: { rows } } as unknown as Inspection;
}
