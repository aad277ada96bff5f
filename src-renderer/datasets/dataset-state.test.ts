import { beforeEach, expect, test, vi } from 'vitest';
import type { ChangedDataset, RowsAnswer, ShownExample } from '../../src-contract/dataset.ts';
import type { DatasetVersion } from '../../src-contract/dataset-version.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { client } from '../client.ts';
import { DatasetState } from './dataset-state.svelte.ts';
import { TextChangedElsewhere } from './typed-text.ts';

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

const { changes } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('dataset');
});

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    studio: { changes },
    datasets: { get: vi.fn(), databases: vi.fn(), rows: vi.fn(), example: vi.fn() },
    versions: {
      ...{ undo: vi.fn(), redo: vi.fn() },
      ...{ addRow: vi.fn(), deleteRows: vi.fn(), editRow: vi.fn(), setNote: vi.fn() },
      list: vi.fn(),
    },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(client.datasets.get).mockResolvedValue(dataset(1));
  vi.mocked(client.versions.list).mockResolvedValue({ total: 0, versions: [] });
});

test('undoing a change names the version that the change made', async () => {
  const page = await opened();
  vi.mocked(client.versions.deleteRows).mockResolvedValue(dataset(2));
  vi.mocked(client.versions.undo).mockResolvedValue(dataset(3));
  const takeBack = await page.remove(row(0));
  // The next change is not the one that is undone.
  vi.mocked(client.versions.deleteRows).mockResolvedValue(dataset(3));
  await page.remove(row(1));
  await takeBack?.();
  expect(vi.mocked(client.versions.undo).mock.calls).toEqual([[{ id: 'd', version: 2 }]]);
});

test('offers no undo when no row changed', async () => {
  const page = await opened();
  vi.mocked(client.versions.deleteRows).mockResolvedValue(dataset(1, null));
  expect(await page.remove(row(0))).toBeUndefined();
});

// Its “Undo” undid the other window's change.
test('offers no undo when only another window changed the dataset', async () => {
  const page = await opened();
  vi.mocked(client.versions.deleteRows).mockResolvedValue(dataset(2, null));
  expect(await page.remove(row(0))).toBeUndefined();
});

// It said that rows were changed, and its “Undo” undid the previous change.
test('offers no undo for a queued change that changed nothing', async () => {
  const page = await opened();
  const [first, second] = [Promise.withResolvers<ChangedDataset>(), Promise.withResolvers<ChangedDataset>()];
  const both = [page.change(() => first.promise), page.change(() => second.promise)];
  first.resolve(dataset(2));
  second.resolve(dataset(2, null));
  expect(await Promise.all(both)).toEqual([expect.any(Function), undefined]);
});

// The keys were passed over until the list of versions was read again, and two told the same version.
test('undo and redo pressed in quick succession are each done, and name the version that they brought back', async () => {
  const page = await opened();
  let head = { version: 3, undoTo: 2, redoTo: null } as DatasetVersion;
  // As the page would show it: not read yet.
  vi.spyOn(page.head, 'load').mockResolvedValue();
  vi.mocked(client.versions.list).mockImplementation(async () => ({ total: 1, versions: [head] }));
  vi.mocked(client.versions.undo).mockImplementation(async () => {
    head = { ...head, version: head.version + 1, undoTo: 1, redoTo: 3 };
    return dataset(head.version);
  });
  vi.mocked(client.versions.redo).mockImplementation(async () => {
    head = { ...head, version: head.version + 1, undoTo: 2, redoTo: null };
    return dataset(head.version);
  });
  expect(await Promise.all([page.undo(), page.undo(), page.redo()])).toEqual([2, 1, 3]);
  vi.mocked(client.versions.redo).mockResolvedValue(dataset(head.version, null));
  expect(await page.redo()).toBeUndefined();
});

test('a refused change does not block the changes queued behind it', async () => {
  const page = await opened();
  const refused = page.change(() => Promise.reject(new Error('no')));
  const next = page.change(async () => dataset(2));
  await expect(refused).rejects.toThrow('no');
  expect(await next).toBeTypeOf('function');
});

// The undo named what was attached before the change, and was refused.
test('the attachment is unknown when the list of databases fails to reload', async () => {
  const page = await opened();
  const listed = vi.mocked(client.datasets.databases);
  listed.mockResolvedValue([{ name: 'shop', bytes: 1, attachment: 'first' }]);
  await page.databases.load();
  expect(page.attachment).toBe('first');
  listed.mockRejectedValue(new Error('gone'));
  await page.databases.load();
  expect(page.attachment).toBeUndefined();
  listed.mockResolvedValue([]);
  await page.databases.load();
  expect(page.attachment).toBeNull();
});

// The row after it was shown in its place, and got what was typed for the one before.
test('a row stays open when one before it is removed', async () => {
  const page = await opened([row(0), row(1), row(2)]);
  page.selected = 1;
  stand([row(1), row(2)]);
  await page.change(async () => dataset(2));
  expect([page.selected, page.open?.id]).toEqual([0, 'r1']);
});

test('a row that no longer matches the filter stays open, up to date, with its neighbours a step away', async () => {
  const page = await opened([row(0), row(1), row(2)]);
  page.selected = 1;
  stand([row(0), row(2)], { ...row(1), context: 'other' });
  await page.change(async () => dataset(2));
  expect([page.selected, page.open?.id, page.open?.context]).toEqual([undefined, 'r1', 'other']);
  page.step(1);
  expect(page.open?.id).toBe('r2');
});

test('a deleted row is closed, and edits to it are rejected instead of saved elsewhere', async () => {
  const page = await opened([row(0), row(1)]);
  page.selected = 0;
  stand([row(1)]);
  await page.change(async () => dataset(2));
  expect(page.open).toBeUndefined();
  await expect(page.edit(row(0), () => ({ target: 'x' }))).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
  await expect(page.setNote(row(0), 'x')).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
  expect([client.versions.editRow, client.versions.setNote].map((made) => vi.mocked(made).mock.calls)).toEqual([
    [],
    [],
  ]);
});

// Of two parts of a context changed one after the other, the first reverted.
test('an edit applies to the latest version of the row', async () => {
  const page = await opened([row(0)]);
  const asked = page.edit(row(0), ({ context }) => ({ context: `${context} and more` }));
  stand([{ ...row(0), context: 'changed' }]);
  vi.mocked(client.versions.editRow).mockResolvedValue(dataset(2));
  await asked;
  expect(vi.mocked(client.versions.editRow).mock.calls[0]?.[0]).toMatchObject({
    ...{ position: 0, content: { context: 'changed and more' }, version: 1 },
  });
});

// The second of two windows silently overwrote the first.
test('does not overwrite a text that another window has changed meanwhile', async () => {
  const page = await opened([{ ...row(0), target: 'from the other window' }]);
  vi.mocked(client.versions.editRow).mockResolvedValue(dataset(2));
  const typed = { datasetId: 'd', row: row(0), field: 'target', text: 'mine', before: 'as it was' };
  const refused = await page.keep(typed).catch((error: unknown) => error);
  expect(refused).toMatchObject({ typed, theirs: 'from the other window' });
  expect(client.versions.editRow).not.toHaveBeenCalled();
  await page.keep({ ...typed, before: 'from the other window' });
  expect(client.versions.editRow).toHaveBeenCalledTimes(1);
});

// It reported that the dataset had changed, and what was typed was gone.
test.each([
  ['its row', () => stand([])],
  [
    'its dataset',
    () => {
      vi.mocked(client.versions.editRow).mockRejectedValue(new StudioError('DATASET_NOT_FOUND', { dataset: 'd' }));
    },
  ],
])('keeps a typed text waiting for the person when another window has deleted %s', async (_, remove) => {
  const page = await opened([row(0)]);
  remove();
  const typed = { datasetId: 'd', row: row(0), field: 'target', text: 'mine', before: row(0).target };
  const refused = await page.keep(typed).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(TextChangedElsewhere);
  expect(refused).toMatchObject({ typed, theirs: undefined });
});

// It reported that the dataset had changed, and what was typed was gone.
test('saves a typed text also when another window changes another row meanwhile', async () => {
  const page = await opened([row(0), row(1)]);
  vi.mocked(client.versions.editRow).mockImplementationOnce(async () => {
    vi.mocked(client.datasets.get).mockResolvedValue(dataset(2));
    throw new StudioError('DATASET_CHANGED', { dataset: 'rows' });
  });
  vi.mocked(client.versions.editRow).mockResolvedValueOnce(dataset(3));
  await page.keep({ datasetId: 'd', row: row(0), field: 'target', text: 'mine', before: row(0).target });
  expect(vi.mocked(client.versions.editRow).mock.calls.map(([{ version }]) => version)).toEqual([1, 2]);
});

test('text typed between a save and the reload replaces the saved text', async () => {
  const page = await opened([row(0)]);
  vi.mocked(client.versions.editRow).mockResolvedValue(dataset(1));
  const typed = { datasetId: 'd', row: row(0), field: 'target', text: 'one', before: row(0).target };
  await page.keep(typed);
  stand([{ ...row(0), target: 'one' }]);
  await page.keep({ ...typed, text: 'one two' });
  expect(client.versions.editRow).toHaveBeenCalledTimes(2);
});

test('opens the next row when the open one is deleted', async () => {
  const page = await opened([row(0), row(1), row(2)]);
  page.selected = 1;
  vi.mocked(client.versions.deleteRows).mockImplementation(async () => {
    stand([row(0), row(2)]);
    return dataset(2);
  });
  await page.remove(row(1));
  expect([page.selected, page.open?.id]).toEqual([1, 'r2']);
});

// The page that contains it was not fetched, and under a search another row was opened.
test('opens an added row and clears a filter that hides it', async () => {
  const all = Array.from({ length: 150 }, (_, place) => row(place));
  const page = await opened(all);
  page.filter({ search: 'context 3' });
  vi.mocked(client.versions.addRow).mockImplementation(async () => {
    stand([...all, row(150)]);
    return { ...dataset(2), rows: 151 };
  });
  const added = await page.add({ context: 'context 150', target: '', group: null, database: null });
  expect([page.filtered, page.selected, page.open?.id, added?.row.position]).toEqual([false, 150, 'r150', 150]);
});

test('blanks around the words of a search stay in the box and are not searched for', async () => {
  const page = await opened([row(0), row(1)]);
  page.filter({ search: 'context 1 ' });
  await vi.waitFor(() => expect(page.rows.total).toBe(1));
  expect(page.shown.search).toBe('context 1 ');
  page.filter({ search: ' ' });
  expect(page.filtered).toBe(false);
});

test('the list does not change while a cell is edited in place', async () => {
  const page = await opened([row(0), row(1)]);
  page.holdStill(true);
  stand([row(1)]);
  await page.change(async () => dataset(2));
  expect(page.rows.at(0)?.id).toBe('r0');
  page.holdStill(false);
  await vi.waitFor(() => expect(page.rows.at(0)?.id).toBe('r1'));
});

// It went on to the end of a large dataset, for nobody.
test('a search ends when its page is left while an answer is awaited', async () => {
  vi.useFakeTimers();
  try {
    const page = new DatasetState('d');
    const leaving = new AbortController();
    page.follow(leaving.signal);
    const answer = Promise.withResolvers<RowsAnswer>();
    vi.mocked(client.datasets.rows).mockReturnValue(answer.promise as never);
    const asked = page.rows.reset();
    leaving.abort();
    answer.resolve({ total: 0, examples: [], isSearching: true } as unknown as RowsAnswer);
    await asked;
    await vi.advanceTimersByTimeAsync(1000);
    expect(client.datasets.rows).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

// A list has only the beginning and the end of long texts: neither may ever be saved as the text.
const passage = 'The Danube is long. '.repeat(500);
const whole = { ...row(0), context: `Passage: ${passage}\n\nQuestion: Which river?`, target: 'The Danube' };
const listed = { ...whole, context: `Passage: The Danube … long. \n\nQuestion: Which river?`, isCut: true };

async function openedCut(): Promise<DatasetState> {
  const page = await opened([listed, row(1)]);
  page.facts.set({ ...dataset(1), task: 'mrc' });
  // As the studio answers: without what only a list says.
  const { findings: _, isCut: __, ...example } = whole;
  vi.mocked(client.datasets.example).mockResolvedValue(example);
  vi.mocked(client.versions.editRow).mockResolvedValue({ ...dataset(2), task: 'mrc' });
  page.selected = 0;
  return page;
}

test('a row that the list has cut is open whole once it has been read, also after the list was reread', async () => {
  const page = await openedCut();
  expect(page.open).toMatchObject({ context: listed.context, isCut: true });
  await page.readWhole();
  expect(page.open).toMatchObject({ context: whole.context, isCut: false, findings: [] });
  vi.mocked(client.datasets.example).mockResolvedValue({ ...whole, context: `${whole.context} And the longest?` });
  await page.change(async () => dataset(3));
  expect(page.open).toMatchObject({ context: `${whole.context} And the longest?`, isCut: false });
});

test('a row that the list has cut keeps the rest of its text when a part of it is edited', async () => {
  const page = await openedCut();
  await page.readWhole();
  await page.keep({
    ...{ datasetId: 'd', row: whole, field: 'question' },
    ...{ before: 'Which river?', text: 'What is long?' },
  });
  const content = { context: `Passage: ${passage}\n\nQuestion: What is long?` };
  expect(client.versions.editRow).toHaveBeenCalledWith(expect.objectContaining({ content }));
});

test('a row takes no text that was made from what the list has of it', async () => {
  const page = await openedCut();
  const before = 'The Danube … long. ';
  const typed = { datasetId: 'd', row: whole, field: 'passage', before, text: `${before}It is.` };
  await expect(page.keep(typed)).rejects.toThrow(TextChangedElsewhere);
  expect(client.versions.editRow).not.toHaveBeenCalled();
});

async function opened(rows?: readonly ShownExample[]): Promise<DatasetState> {
  const page = new DatasetState('d');
  await page.facts.load();
  if (rows !== undefined) {
    stand(rows);
    await page.rows.reset();
  }
  return page;
}

/** The studio's rows from now on; `hidden` matches no filter of the test. */
function stand(rows: readonly ShownExample[], hidden?: ShownExample): void {
  vi.mocked(client.datasets.rows).mockImplementation(async ({ filter, offset, limit }) => {
    const shown = rows.filter(({ context }) => context.includes(filter.search ?? ''));
    const answer = { total: shown.length, examples: shown.slice(offset, offset + limit) };
    // Sound: the rest is about a search in progress.
    return { ...answer, isSearching: false, indexed: { done: 0, total: 0 } } as unknown as RowsAnswer;
  });
  vi.mocked(client.datasets.example).mockImplementation(async ({ exampleId }) => {
    const found = [...rows, ...(hidden ? [hidden] : [])].find(({ id }) => id === exampleId);
    if (found === undefined) throw new StudioError('OPTION_INVALID', { option: 'row', reason: 'none' });
    return found;
  });
}

/** Only the fields that are read, as below. */
function row(position: number): ShownExample {
  return {
    id: `r${position}`,
    position,
    context: `context ${position}`,
    target: '',
    findings: [] as string[],
    isCut: false,
  } as ShownExample;
}

/** Only the fields that are read; the cast is sound because nothing else is looked at. */
function dataset(version: number, made: number | null = version): ChangedDataset {
  return { id: 'd', name: 'rows', task: 'custom', version, made } as ChangedDataset;
}

// While a file was being added, an edit of the same dataset waited without notice.
test('reports slow changes after a second, until all queued ones are done', async () => {
  vi.useFakeTimers();
  try {
    const [first, second] = [Promise.withResolvers<ChangedDataset>(), Promise.withResolvers<ChangedDataset>()];
    const page = new DatasetState('d');
    const both = [page.change(() => first.promise), page.change(() => second.promise)];
    vi.advanceTimersByTime(999);
    expect([page.working, page.isSlow]).toEqual([true, false]);
    vi.advanceTimersByTime(1);
    expect(page.isSlow).toBe(true);
    first.resolve(dataset(2));
    await both[0];
    expect([page.working, page.isSlow]).toEqual([true, true]);
    second.resolve(dataset(3));
    await both[1];
    expect([page.working, page.isSlow]).toEqual([false, false]);
  } finally {
    vi.useRealTimers();
  }
});
