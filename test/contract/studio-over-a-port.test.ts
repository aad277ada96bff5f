import { isDefinedError, safe } from '@orpc/client';
import { isContractProcedure } from '@orpc/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contract } from '../../src-contract/contract.ts';
import type { ImportEvent } from '../../src-contract/dataset.ts';
import { type OpenStudio, openStudio } from './open-studio.ts';

let studio: OpenStudio;

beforeAll(async () => {
  studio = await openStudio();
});

afterAll(() => studio.close());

test.each(procedurePaths(contract))('%s is answered', async (dotted) => {
  const leave = new AbortController();
  // Every procedure with an input refuses this one; those without answer, or say that this host cannot.
  const procedure = dotted
    .split('.')
    .reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], studio.client);
  const call = procedure as (input: unknown, options: { signal: AbortSignal }) => Promise<unknown>;
  const { error } = await safe(call({ isNothingOfTheContract: true }, { signal: leave.signal }));
  leave.abort();
  if (error !== null) expect(['BAD_REQUEST', 'NOT_ALLOWED']).toContain((error as { code?: string }).code);
});

test('an error that a person can meet arrives with its code and its data', async () => {
  const { error } = await safe(studio.client.datasets.get({ id: 'missing' }));
  if (!isDefinedError(error)) throw new Error('The error is not one of the contract.', { cause: error });
  expect(error).toMatchObject({ code: 'DATASET_NOT_FOUND', data: { dataset: 'missing' } });
});

// Regression: blank names were accepted, and were invisible in lists.
test('whatever is named, a name of blanks alone is refused by a sentence, and blanks around one are taken off', async () => {
  const { datasets, adapters, baseModels, chat, runs } = studio.client;
  const name = ' \u3164\n';
  const id = 'any';
  for (const call of [
    () => datasets.rename({ id, name }),
    () => datasets.import({ source: { kind: 'sample', name: id }, task: 'mrc', name }),
    () => adapters.rename({ id, name }),
    () => adapters.importSent({ configFileId: id, weightsFileId: id, name }),
    () => adapters.mix({ parts: [{ id, strength: 1 }], name }),
    () => baseModels.import({ files: [{ fileId: id, name: 'config.json' }], name }),
    () => chat.renameConversation({ id, title: name }),
    () => runs.start({ datasetId: id, baseModelId: id, name }),
    () => runs.settings.save({ name, preset: null, options: {} }),
  ]) {
    const { error } = await safe(call() as Promise<unknown>);
    expect(error).toMatchObject({ code: 'OPTION_INVALID', data: { option: 'name', because: { code: 'NAME_UNSEEN' } } });
  }
  expect(await runs.settings.save({ name: ' Mine ', preset: null, options: {} })).toMatchObject({ name: 'Mine' });
});

test('an error in the middle of a stream arrives with its code and its data', async () => {
  const { fileId } = await upload('notes.csv', 'title,text\na,b\n');
  const { error } = await safe(importAll({ source: { kind: 'upload', fileId }, task: 'mrc', name: 'notes' }));
  expect(error).toMatchObject({ code: 'CSV_COLUMN_MISSING', defined: true, data: { file: 'notes.csv' } });
});

test('a page may not name a file of the machine', async () => {
  const { error } = await safe(studio.client.datasets.inspect({ source: { kind: 'path', path: '/etc/passwd' } }));
  expect(error).toMatchObject({ code: 'NOT_ALLOWED' });
  const exporting = await safe(studio.client.datasets.export({ id: 'any', out: '/tmp/out.csv' }));
  expect(exporting.error).toMatchObject({ code: 'NOT_ALLOWED' });
  const importing = await safe(studio.client.baseModels.import({ path: '/tmp' }));
  expect(importing.error).toMatchObject({ code: 'NOT_ALLOWED' });
});

test('a file arrives in pieces, byte by byte as it was', async () => {
  const text = 'passage,question,answer\n"Ein Fluss, der Rhein",Wie heißt er?,Rhein\n지나간 시간,무엇?,시간\n';
  const { fileId } = await upload('pieces.csv', text, 7);
  const inspection = await studio.client.datasets.inspect({ source: { kind: 'upload', fileId }, cells: true });
  expect(inspection.cells).toEqual([
    ['passage', 'question', 'answer'],
    ['Ein Fluss, der Rhein', 'Wie heißt er?', 'Rhein'],
    ['지나간 시간', '무엇?', '시간'],
  ]);
  expect(inspection.file.bytes).toBe(Buffer.byteLength(text));
});

test('what is imported is told to whoever follows changes, and can be read', async () => {
  const leave = new AbortController();
  const changes = await studio.client.studio.changes(undefined, { signal: leave.signal });
  const first = (async () => {
    for await (const change of changes) if (change.noun === 'dataset') return change;
    return undefined;
  })();
  const { fileId } = await upload('rivers.csv', tableOf(40));
  const events = await importAll({ source: { kind: 'upload', fileId }, task: 'mrc', name: 'rivers' });
  expect(events.at(0)?.kind).toBe('started');
  expect(events.at(-1)).toMatchObject({ kind: 'finished', dataset: { name: 'rivers', rows: 40 } });
  expect(await first).toEqual({ noun: 'dataset' });
  leave.abort();
  const { total, examples } = await studio.client.datasets.examples({ id: 'rivers', offset: 39, limit: 5 });
  expect(total).toBe(40);
  expect(examples[0]).toMatchObject({ position: 39, target: 'river 39' });
});

test('an import whose watcher leaves undoes itself', async () => {
  const { fileId } = await upload('long.csv', tableOf(50_000));
  const leave = new AbortController();
  const events = await studio.client.datasets.import(
    { source: { kind: 'upload', fileId }, task: 'mrc', name: 'long' },
    { signal: leave.signal },
  );
  await expect(
    (async () => {
      for await (const event of events) if (event.kind === 'progress') leave.abort();
    })(),
  ).rejects.toThrow();
  await expect.poll(async () => (await studio.client.datasets.list()).map(({ name }) => name)).not.toContain('long');
  const { error } = await safe(studio.client.datasets.get({ id: 'long' }));
  expect(error).toMatchObject({ code: 'DATASET_NOT_FOUND' });
});

// Regression: the status line polled every two seconds, and was one part behind the experiment's page until then.
test('each part of an experiment that is done is news for the status line', { timeout: 150_000 }, async () => {
  const leave = new AbortController();
  const counted: number[] = [];
  const changes = await studio.client.studio.changes(undefined, { signal: leave.signal });
  const counting = (async () => {
    for await (const { noun } of changes) {
      if (noun !== 'status') continue;
      const [job] = (await studio.client.studio.status()).jobs;
      if (job?.kind === 'lab') counted.push(job.done);
    }
  })().catch(() => undefined);
  const { id } = await studio.client.lab.start({
    ...{ kind: 'onebatch', baseModelId: 'starter' },
    options: { trials: 3, passes: [16, 32].map((tokens) => ({ rows: 1, tokens })) },
  });
  for await (const event of await studio.client.lab.watch({ id })) if (event.kind === 'finished') break;
  leave.abort();
  await counting;
  expect(counted).toContain(1);
});

test('the engine answers from its own process', async () => {
  const status = await studio.client.studio.status();
  expect(status).toMatchObject({ dataFolder: studio.dataDir, threads: expect.any(Number), jobs: [] });
});

function tableOf(rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, row) => `The name of number ${row} is river ${row}.,What is its name?,river ${row}`,
  );
  return `passage,question,answer\n${lines.join('\n')}\n`;
}

async function upload(name: string, text: string, chunkBytes = 1024 * 1024) {
  const file = new Blob([text]);
  const { fileId } = await studio.client.files.begin({ name, sizeBytes: file.size });
  for (let offset = 0; offset < file.size; offset += chunkBytes) {
    await studio.client.files.append({ fileId, offset, chunk: file.slice(offset, offset + chunkBytes) });
  }
  return { fileId };
}

async function importAll(input: Parameters<typeof studio.client.datasets.import>[0]): Promise<ImportEvent[]> {
  return Array.fromAsync(await studio.client.datasets.import(input));
}

function procedurePaths(node: object, path: readonly string[] = []): string[] {
  if (isContractProcedure(node)) return [path.join('.')];
  return Object.entries(node).flatMap(([name, child]) => procedurePaths(child, [...path, name]));
}
