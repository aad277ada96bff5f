import { beforeEach, expect, test, vi } from 'vitest';
import { client } from '../client.ts';
import { type ImportNews, Imports } from './imports.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    files: { discard: vi.fn(async () => {}) },
    datasets: {
      inspect: vi.fn(),
      judge: vi.fn(),
      import: vi.fn(),
      list: vi.fn(async () => []),
      lookUpOnHub: vi.fn(),
      downloadFromHub: vi.fn(),
    },
  },
}));

const inspectionOf = (name: string) => ({
  ...{ file: { name, rows: 1, reasons: [] }, columns: [{ name: 'text' }, { name: 'short' }], sample: [] },
  proposedTask: 'summarisation',
  mappings: { summarisation: { document: 'text', summary: 'short' } },
});
const judgement = { rows: 1, taken: 1, isPart: false, examples: [], rejected: { count: 0, reasons: {} } };

const first = { fileId: 'first', name: 'first.csv' };
const second = { fileId: 'second', name: 'second.csv' };

let imports: Imports;
let news: ImportNews[];
let isShown: boolean;
/** Ends the import in progress. */
let end: () => void;
/** Goes to another page. */
let leave: () => void;

const forget = vi.fn<(key: string) => void>();

beforeEach(() => {
  vi.clearAllMocks();
  vi.stubGlobal('sessionStorage', { removeItem: forget });
  vi.mocked(client.datasets.judge).mockResolvedValue(judgement as never);
  vi.mocked(client.datasets.inspect).mockImplementation((async ({ source }: { source: { fileId: string } }) =>
    inspectionOf(`${source.fileId}.csv`)) as never);
  vi.mocked(client.datasets.import).mockImplementation((async ({ name }: { name: string }) => {
    const ended = Promise.withResolvers<void>();
    end = ended.resolve;
    return (async function* () {
      await ended.promise;
      yield { kind: 'finished', dataset: { id: name, name, rows: 1 } };
    })();
  }) as never);
  news = [];
  isShown = true;
  imports = new Imports(() => isShown);
  imports.tell = (each) => news.push(each);
  const unmount = imports.see();
  leave = () => {
    isShown = false;
    unmount();
  };
});

// Leaving the page silently undid the import.
test('an import continues while another page is open and announces its result', async () => {
  await imports.bring(first);
  const importing = imports.import();
  leave();
  expect(imports.isBusy).toBe(true);
  end();
  await importing;
  expect(news.at(-1)).toMatchObject({ kind: 'imported', dataset: { name: 'first' }, isSeen: false });
  expect(imports.work.stage.kind).toBe('choose');
});

// Regression: a reload in the middle of an import undid it without a word.
test('what was decided is kept until it is imported, also by the page that is not open', async () => {
  await imports.bring(first);
  const importing = imports.import();
  expect(imports.work.choices).toMatchObject({ file: 'first.csv', mapping: { document: 'text', summary: 'short' } });
  leave();
  expect(forget).not.toHaveBeenCalled();
  end();
  await importing;
  expect(forget).toHaveBeenCalledWith('studio.draft.import');
});

// Regression: a look at another page, such as that of the settings, discarded the file and all that was chosen.
test('a file that is being decided on is there when the page is left and opened again, unless another is chosen', async () => {
  await imports.bring(first);
  imports.work.name = 'Letters';
  leave();
  imports.see();
  expect([imports.work.stage.kind, imports.work.name]).toEqual(['decide', 'Letters']);
  expect(client.files.discard).not.toHaveBeenCalled();
  await imports.bring(second);
  expect([imports.work.stage.kind, imports.work.name]).toEqual(['decide', 'second']);
  expect(client.files.discard).toHaveBeenCalledWith({ fileId: 'first' });
});

// A table opened while another was being imported was dropped.
test('a table opened during an import waits its turn, then is kept until it has been seen', async () => {
  await imports.bring(first);
  const importing = imports.import();
  await imports.bring(second);
  expect(news).toEqual([{ kind: 'waits', name: 'second.csv' }]);
  leave();
  end();
  await importing;
  await vi.waitFor(() => expect(news.at(-1)).toEqual({ kind: 'read', name: 'second.csv' }));
  expect([imports.waiting, imports.isUnseen]).toEqual([[], true]);
  // Neither another table nor “Import a file” replaces it unseen.
  await imports.bring({ sample: 'talks', name: 'Talks' });
  imports.startOver();
  expect([imports.work.stage.kind, imports.work.name, imports.waiting]).toEqual(['decide', 'second', ['Talks']]);
  imports.see();
  imports.startOver();
  await vi.waitFor(() => expect(imports.work.name).toBe('Talks'));
});

test('with the page open, the next table waits until the page has made way for the result', async () => {
  await imports.bring(first);
  const importing = imports.import();
  await imports.bring(second);
  end();
  await importing;
  expect([imports.work.stage.kind, imports.waiting]).toEqual(['finished', ['second.csv']]);
  leave();
  expect(imports.underway).toBe('second.csv');
  await vi.waitFor(() => expect(imports.work.stage.kind).toBe('decide'));
  expect([imports.underway, news.map(({ kind }) => kind)]).toEqual(['second.csv', ['waits', 'imported', 'read']]);
});

test('an unreadable table makes way for the next one and announces the error', async () => {
  const reading = Promise.withResolvers<never>();
  vi.mocked(client.datasets.inspect).mockReturnValueOnce(reading.promise as never);
  const bringing = imports.bring(first);
  await imports.bring(second);
  reading.reject(new Error('no table'));
  await bringing;
  await vi.waitFor(() => expect(imports.work.name).toBe('second'));
  expect(news).toMatchObject([{ kind: 'waits' }, { kind: 'failed', error: { message: 'no table' } }]);
});

test('with nothing waiting, the error is shown on the page only', async () => {
  vi.mocked(client.datasets.inspect).mockRejectedValueOnce(new Error('no table'));
  await imports.bring(first);
  expect([imports.work.error, news]).toEqual([new Error('no table'), []]);
});

test('a cancelled import makes way for the next one, and the waiting ones can be dismissed', async () => {
  vi.mocked(client.datasets.inspect).mockReturnValueOnce(new Promise(() => {}) as never);
  void imports.bring(first);
  await imports.bring(second);
  await imports.bring({ sample: 'talks', name: 'Talks' });
  imports.cancel();
  await vi.waitFor(() => expect(imports.work.name).toBe('second'));
  imports.forgetWaiting();
  imports.startOver();
  expect([imports.work.stage.kind, imports.waiting]).toEqual(['choose', []]);
});

test('what was found on the hub stays after a failed download, and goes once a table was read', async () => {
  const facts = { repository: 'maker/facts', revision: 'c0', licence: '', files: [], chosen: [] };
  vi.mocked(client.datasets.lookUpOnHub).mockResolvedValue(facts as never);
  await imports.hub.choose('maker/facts');
  vi.mocked(client.datasets.downloadFromHub).mockRejectedValueOnce(new Error('no connection'));
  const { repository, revision, licence } = facts;
  const table = { hub: { repository, revision, licence, files: ['train.csv'] }, name: 'maker/facts train' };
  await imports.bring(table);
  expect([imports.work.error, imports.hub.found]).toEqual([new Error('no connection'), facts]);
  vi.mocked(client.datasets.downloadFromHub).mockResolvedValueOnce(
    (async function* () {
      yield { kind: 'finished', id: 'd', name: 'facts.csv' };
    })() as never,
  );
  await imports.bring(table);
  expect([imports.work.stage.kind, imports.hub.found, imports.hub.text]).toEqual(['decide', undefined, 'maker/facts']);
});
