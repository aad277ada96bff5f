import { beforeEach, expect, test, vi } from 'vitest';
import { client } from '../client.ts';
import { ImportState } from './import-state.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    files: {
      begin: vi.fn(async () => ({ fileId: 'f' })),
      append: vi.fn(async ({ offset, chunk }: { offset: number; chunk: Blob }) => ({ bytes: offset + chunk.size })),
      discard: vi.fn(async () => {}),
    },
    datasets: {
      inspect: vi.fn(),
      judge: vi.fn(),
      import: vi.fn(),
      list: vi.fn(async () => []),
      downloadFromHub: vi.fn(),
    },
  },
}));

const inspection = {
  file: { name: 'talks.csv', rows: 2, reasons: [] },
  columns: [{ name: 'q' }, { name: 'text' }, { name: 'a' }],
  sample: [
    ['Who?', 'It was Ann.', 'Ann'],
    ['Where?', 'In Bonn.', ''],
  ],
  proposedTask: 'mrc',
  mappings: { mrc: { passage: 'text', question: 'q', answer: 'a' }, summarisation: {}, nl2sql: {}, custom: {} },
};

const judgement = {
  ...{ rows: 2, taken: 1, isPart: false, examples: [] },
  ...{ rejected: { count: 1, reasons: { ROW_TARGET_EMPTY: 1 } }, warned: { count: 0, reasons: {} } },
};

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(client.datasets.inspect).mockResolvedValue(inspection as never);
  vi.mocked(client.datasets.judge).mockResolvedValue(judgement as never);
});

test('uploads a file in chunks of a megabyte, then inspects it', async () => {
  const state = new ImportState();
  await state.chooseFile(new File([new Uint8Array(2_500_000)], 'talks.csv'));
  expect(vi.mocked(client.files.append).mock.calls.map(([{ offset }]) => offset)).toEqual([0, 1_048_576, 2_097_152]);
  expect(state.stage.kind).toBe('decide');
  expect(state.name).toBe('talks');
});

test('a context or a target takes further columns, in the order in which they were added', async () => {
  const custom = { context: 'q', target: 'a' };
  const mappings = { ...inspection.mappings, custom };
  vi.mocked(client.datasets.inspect).mockResolvedValue({ ...inspection, mappings, proposedTask: 'custom' } as never);
  const state = new ImportState();
  await state.chooseFile(new File(['a'], 'talks.csv'));
  expect(state.further('context')).toEqual([]);
  state.mapFurther('context', ['text', 'a']);
  expect(state.mapping).toEqual({ ...custom, context2: 'text', context3: 'a' });
  state.mapFurther('target', ['text']);
  state.mapFurther('context', ['a']);
  const both = { ...custom, context2: 'a', target2: 'text' };
  expect([state.mapping, state.fields]).toEqual([both, ['context', 'target']]);
  // It was the first and the third, and could be taken out of neither.
  state.map('context', 'a');
  expect(state.mapping).toEqual({ context: 'a', target: 'a', target2: 'text' });
  // Two sentences were proposed together, and what became the target stayed in the context.
  state.mapFurther('target', []);
  state.mapFurther('context', ['q', 'text']);
  state.map('group', 'q');
  state.map('target', 'q');
  expect(state.mapping).toEqual({ context: 'a', context2: 'text', target: 'q', group: 'q' });
  state.chooseTask('mrc');
  expect(state.joins).toBe(false);
});

// Regression: they were then called as before the export, which is no column of the table.
test('columns of an exported dataset stay what they are called when one of them is exchanged', async () => {
  const columns = ['context.title', 'context.text', 'target'].map((name) => ({ name }));
  const custom = { context: 'context.title', context2: 'context.text', target: 'target' };
  const mappings = { ...inspection.mappings, custom };
  const exported = { ...inspection, columns, mappings, proposedTask: 'custom' };
  vi.mocked(client.datasets.inspect).mockResolvedValue(exported as never);
  const state = new ImportState();
  await state.chooseFile(new File(['a'], 'talks.csv'));
  state.map('group', 'target');
  expect(state.mapping).toEqual({ ...custom, group: 'target' });
});

// Regression: a reload closed the file, and with it what had been decided about its columns.
test('a file that is chosen again is decided on as before', async () => {
  const file = { ...inspection.file, bytes: 7 };
  vi.mocked(client.datasets.inspect).mockResolvedValue({ ...inspection, file } as never);
  const before = new ImportState();
  await before.chooseFile(new File(['a'], 'talks.csv'));
  await before.readAs({ delimiter: ';' });
  before.chooseTask('summarisation');
  before.map('document', 'text');
  before.name = 'my talks';
  const { choices } = before;
  expect(choices).toMatchObject({ file: 'talks.csv', bytes: 7, task: 'summarisation', name: 'my talks' });

  const again = new ImportState();
  await again.chooseFile(new File(['a'], 'talks.csv'));
  if (choices) await again.takeUp(choices);
  expect(again.choices).toEqual(choices);

  vi.mocked(client.datasets.inspect).mockResolvedValue({ ...inspection, file: { ...file, bytes: 8 } } as never);
  const other = new ImportState();
  await other.chooseFile(new File(['a'], 'talks.csv'));
  if (choices) await other.takeUp(choices);
  expect(other.choices).toMatchObject({ csv: {}, task: 'mrc', name: 'talks' });
});

// Regression: a task chosen while the file was reread, as it had been before a reload, was replaced by that of before.
test('what is decided by hand while a file is reread as before stays', async () => {
  const file = { ...inspection.file, bytes: 7 };
  vi.mocked(client.datasets.inspect).mockResolvedValue({ ...inspection, file } as never);
  const left = {
    file: 'talks.csv',
    bytes: 7,
    csv: { delimiter: ';' },
    task: 'mrc',
    mapping: {},
    name: 'mine',
  } as const;
  const state = new ImportState();
  await state.chooseFile(new File(['a'], 'talks.csv'));
  const reread = Promise.withResolvers<never>();
  vi.mocked(client.datasets.inspect).mockReturnValueOnce(reread.promise);
  const taking = state.takeUp(left);
  state.chooseTask('summarisation');
  state.map('document', 'text');
  reread.resolve({ ...inspection, file } as never);
  await taking;
  expect(state.choices).toMatchObject({
    csv: { delimiter: ';' },
    task: 'summarisation',
    mapping: { document: 'text' },
  });
});

test('two fields exchange their columns, and the rows are judged anew', async () => {
  const state = new ImportState();
  await state.chooseFile(new File(['a'], 'talks.csv'));
  vi.mocked(client.datasets.judge).mockClear();
  const swapped = { one: 'question', other: 'answer' };
  expect(state.canSwap(swapped)).toBe(true);
  state.swap(swapped);
  const mapping = { passage: 'text', question: 'a', answer: 'q' };
  expect(state.mapping).toEqual(mapping);
  expect(vi.mocked(client.datasets.judge).mock.calls.map(([asked]) => asked.mapping)).toEqual([mapping]);
  // A ready-made context has the question in it.
  state.chooseReady(true);
  expect(state.canSwap(swapped)).toBe(false);
});

// They were reported as “not read, as no table”, and had to be chosen again.
test('attaches databases from the table’s archive, for the SQL task only', async () => {
  const told = { about: 'format', code: 'PARTS_SKIPPED', data: { files: 'set/about.txt', count: 6, databases: 1 } };
  const file = { ...inspection.file, name: 'set.zip', reasons: [told] };
  vi.mocked(client.datasets.inspect).mockResolvedValue({ ...inspection, file, proposedTask: 'nl2sql' } as never);
  const state = new ImportState();
  await state.chooseOpened({ fileId: 'opened', name: 'set.zip' });
  expect(state.database).toBe('set.zip');
  for (const task of ['nl2sql', 'mrc'] as const) {
    state.chooseTask(task);
    for (const field of state.missing) state.map(field, 'q');
    await state.import();
  }
  const source = { kind: 'upload', fileId: 'opened' };
  const asked = vi.mocked(client.datasets.import).mock.calls.map(([{ database }]) => database);
  expect(asked).toEqual([source, undefined]);
});

// Questions with their SQL, and the database beside them, are all that many have; Import stayed locked.
test('a schema that no column holds needs no column once a database is attached', async () => {
  const asked = { ...inspection, proposedTask: 'nl2sql', mappings: { nl2sql: { question: 'q', sql: 'a' } } };
  vi.mocked(client.datasets.inspect).mockResolvedValue(asked as never);
  const state = new ImportState();
  await state.chooseOpened({ fileId: 'opened', name: 'questions.csv' });
  expect([state.missing, state.writesSchema]).toEqual([['schema'], false]);
  await state.attachDatabase(new File(['SQLite'], 'shop.sqlite'));
  expect([state.missing, state.writesSchema]).toEqual([[], true]);
  expect(vi.mocked(client.datasets.judge).mock.lastCall?.[0]).toMatchObject({ database: { kind: 'upload' } });
  expect(state.verdicts).toEqual([undefined, 'sql']);
  state.map('schema', 'text');
  expect([state.missing, state.writesSchema]).toEqual([[], false]);
  state.map('schema', '');
  state.detachDatabase();
  expect(state.missing).toEqual(['schema']);
});

// Regression: the archive, attached to itself, held no database, so nothing could be imported.
test('does not attach an archive without databases to its own table', async () => {
  const told = { about: 'format', code: 'PARTS_SKIPPED', data: { files: 'city.db.sql', count: 1, databases: 0 } };
  const file = { ...inspection.file, name: 'set.zip', reasons: [told] };
  vi.mocked(client.datasets.inspect).mockResolvedValue({ ...inspection, file, proposedTask: 'nl2sql' } as never);
  const state = new ImportState();
  await state.chooseOpened({ fileId: 'opened', name: 'set.zip' });
  expect(state.database).toBeUndefined();
});

test('a file that the studio was opened with is read and not sent', async () => {
  const state = new ImportState();
  await state.chooseOpened({ fileId: 'opened', name: 'talks.csv' });
  expect(client.files.begin).not.toHaveBeenCalled();
  expect(vi.mocked(client.datasets.inspect).mock.calls[0]?.[0].source).toEqual({ kind: 'upload', fileId: 'opened' });
  expect([state.stage.kind, state.name]).toEqual(['decide', 'talks']);
});

test('judges the first rows by their required fields', async () => {
  const state = await decided();
  expect(state.missing).toEqual([]);
  expect(state.verdicts).toEqual([undefined, 'answer']);
});

test('judges the rows again after each change, but only when no column is missing', async () => {
  const state = await decided();
  await Promise.resolve();
  expect(state.judgement?.taken).toBe(1);
  state.chooseTask('summarisation');
  expect(state.judgement).toBeUndefined();
  state.map('document', 'text');
  expect(client.datasets.judge).toHaveBeenCalledTimes(1);
  state.map('summary', 'q');
  expect(vi.mocked(client.datasets.judge).mock.lastCall?.[0]).toMatchObject({
    task: 'summarisation',
    mapping: { document: 'text', summary: 'q' },
  });
});

// Whoever looked at another task, or tried another separator, had to choose all columns once more.
test('columns are chosen as before where a task or a reading is taken back', async () => {
  const state = await decided();
  state.chooseTask('custom');
  state.map('context', 'q');
  state.mapFurther('context', ['text']);
  state.map('target', 'a');
  const chosen = { context: 'q', context2: 'text', target: 'a' };
  state.chooseTask('mrc');
  state.chooseTask('custom');
  expect(state.mapping).toEqual(chosen);

  vi.mocked(client.datasets.inspect).mockResolvedValueOnce({
    ...{ ...inspection, columns: [{ name: 'q;text;a' }], sample: [], proposedTask: 'custom', mappings: {} },
  } as never);
  await state.readAs({ delimiter: ',' });
  expect(state.mapping).toEqual({});
  vi.mocked(client.datasets.inspect).mockResolvedValue({ ...inspection, proposedTask: 'custom' } as never);
  await state.readAs({ delimiter: ';' });
  expect(state.mapping).toEqual(chosen);

  // The first column of the context is called otherwise now.
  const columns = [{ name: '#' }, { name: 'text' }, { name: 'a' }];
  vi.mocked(client.datasets.inspect).mockResolvedValue({ ...inspection, columns } as never);
  await state.readAs({ skipLines: 1 });
  expect(state.mapping).toEqual({ context: 'text', target: 'a' });
});

test('CSV settings chosen by hand can be reset to automatic detection', async () => {
  const state = await decided();
  await state.readAs({ delimiter: ';' });
  await state.readAs({ skipLines: 2 });
  expect(state.csv).toEqual({ delimiter: ';', skipLines: 2 });
  await state.readByEvidence();
  expect(vi.mocked(client.datasets.inspect).mock.lastCall?.[0]).toMatchObject({ csv: {} });
});

// Import pressed in the first moments of a rereading asked the new reading for the old columns, and aborted that
// reading.
test('does not import a file while it is being read again', async () => {
  const state = await decided();
  const { reading, answer } = readAgain(state);
  await state.import();
  expect(client.datasets.import).not.toHaveBeenCalled();
  expect(state.isReading).toBe(true);
  answer();
  await reading;
  expect([state.isReading, state.csv, state.columns]).toEqual([false, { header: false }, ['1', '2', '3']]);
});

test('cancelling a reading restores the previous one', async () => {
  const state = await decided();
  const { reading } = readAgain(state);
  expect(state.csv).toEqual({ header: false });
  state.cancel();
  await reading;
  expect([state.isReading, state.csv, state.columns]).toEqual([false, {}, ['q', 'text', 'a']]);
  expect([state.stage.kind, state.error]).toEqual(['decide', undefined]);
});

test('another task requires its own columns', async () => {
  const state = await decided();
  state.chooseTask('summarisation');
  expect(state.missing).toEqual(['document', 'summary']);
  state.map('document', 'text');
  expect(state.missing).toEqual(['summary']);
});

test('a table with ready-made pairs needs two columns', async () => {
  const state = await decided();
  state.chooseReady(true);
  expect(state.fields).toEqual(['context', 'target']);
  state.chooseReady(false);
  expect(state.missing).toEqual([]);
});

test('a failed import returns to the decisions with the error', async () => {
  const state = await decided();
  const failure = new Error('no room');
  vi.mocked(client.datasets.import).mockRejectedValue(failure);
  await state.import();
  expect([state.stage.kind, state.error]).toEqual(['decide', failure]);
});

test('closing aborts the import and discards the file', async () => {
  const state = await decided();
  const left = Promise.withResolvers<never>();
  vi.mocked(client.datasets.import).mockImplementation((async (_: unknown, { signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', () => left.reject(new Error('left')));
    return (async function* () {
      yield await left.promise;
    })();
  }) as never);
  const importing = state.import();
  state.close();
  await importing;
  expect(state.error).toBeUndefined();
  expect(client.files.discard).toHaveBeenCalledWith({ fileId: 'f' });
});

// Regression: each of these stayed on the studio's disk, gigabytes perhaps, until the window was closed.
test('a file that is not imported after all is discarded', async () => {
  const sent = (...ids: string[]) => {
    for (const fileId of ids) vi.mocked(client.files.begin).mockResolvedValueOnce({ fileId });
  };
  const discarded = () => vi.mocked(client.files.discard).mock.calls.map(([{ fileId }]) => fileId);
  const state = new ImportState();
  sent('no table', 'given up', 'table', 'first', 'second', 'third', 'late');
  vi.mocked(client.datasets.inspect).mockRejectedValueOnce(new Error('no table'));
  await state.chooseFile(new File(['x'], 'talks.pdf'));
  expect(discarded()).toEqual(['no table']);

  const reading = Promise.withResolvers<never>();
  vi.mocked(client.datasets.inspect).mockReturnValueOnce(reading.promise as never);
  const givenUp = state.chooseFile(new File(['x'], 'talks.csv'));
  await vi.waitFor(() => expect(state.stage.kind).toBe('reading'));
  state.cancel();
  reading.reject(new Error('given up'));
  await givenUp;
  expect(discarded()).toEqual(['no table', 'given up']);

  vi.mocked(client.files.discard).mockClear();
  await state.chooseFile(new File(['x'], 'talks.csv'));
  await state.attachDatabase(new File(['x'], 'first.sqlite'));
  await state.attachDatabase(new File(['x'], 'second.sqlite'));
  state.detachDatabase();
  await state.attachDatabase(new File(['x'], 'third.sqlite'));
  expect(discarded()).toEqual(['first', 'second']);
  const attaching = state.attachDatabase(new File(['x'], 'late.sqlite'));
  state.startOver();
  await attaching;
  expect(discarded()).toEqual(['first', 'second', 'third', 'table', 'late']);
  expect(state.database).toBeUndefined();
});

const hubTable = { repository: 'maker/facts', revision: 'c0', licence: 'mit', files: ['train.csv'] };

test('a table of the hub is downloaded, then inspected like any file', async () => {
  const progress = { bytesDone: 1, bytesTotal: 4, bytesPerSecond: null, secondsLeft: null };
  const arriving = Promise.withResolvers<void>();
  vi.mocked(client.datasets.downloadFromHub).mockImplementation((async () =>
    (async function* () {
      yield { kind: 'progress', ...progress };
      await arriving.promise;
      yield { kind: 'finished', id: 'd', name: 'facts train.csv' };
    })()) as never);
  const file = { ...inspection.file, name: 'facts train.csv' };
  vi.mocked(client.datasets.inspect).mockResolvedValue({ ...inspection, file } as never);
  const state = new ImportState();
  const choosing = state.chooseFromHub(hubTable, 'maker/facts train');
  const shown = { kind: 'downloading', name: 'maker/facts train', progress };
  await vi.waitFor(() => expect(state.stage).toMatchObject(shown));
  arriving.resolve();
  await choosing;
  expect([state.stage.kind, state.name]).toEqual(['decide', 'facts train']);
  await state.import();
  const source = { kind: 'hub', id: 'd' };
  expect(vi.mocked(client.datasets.import).mock.lastCall?.[0]).toMatchObject({ source });
});

test('a download from the hub that fails or is cancelled returns to the choice, and can be started again', async () => {
  const state = new ImportState();
  const failure = new Error('no connection');
  vi.mocked(client.datasets.downloadFromHub).mockRejectedValueOnce(failure);
  await state.chooseFromHub(hubTable, 'maker/facts train');
  expect([state.stage.kind, state.error, state.isFromHub]).toEqual(['choose', failure, true]);

  vi.mocked(client.datasets.downloadFromHub).mockImplementationOnce(
    ((_: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('left'))))) as never,
  );
  const choosing = state.chooseFromHub(hubTable, 'maker/facts train');
  expect([state.stage.kind, state.error]).toEqual(['downloading', undefined]);
  state.cancel();
  await choosing;
  expect([state.stage.kind, state.error]).toEqual(['choose', undefined]);
  state.startOver();
  expect(state.isFromHub).toBe(false);
});

async function decided(): Promise<ImportState> {
  const state = new ImportState();
  await state.chooseFile(new File(['x'], 'talks.csv'));
  return state;
}

/** Without a header; read when `answer` is called, and never if it is cancelled. */
function readAgain(state: ImportState): { reading: Promise<void>; answer: () => void } {
  const { promise, resolve, reject } = Promise.withResolvers<never>();
  vi.mocked(client.datasets.inspect).mockImplementation((async (_: unknown, { signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', () => reject(new Error('given up')));
    return await promise;
  }) as never);
  const answer = () => resolve({ ...inspection, columns: [{ name: '1' }, { name: '2' }, { name: '3' }] } as never);
  return { reading: state.readAs({ header: false }), answer };
}
