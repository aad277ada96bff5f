import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { client, engine, folder, importRivers, studioForEachTest } from '../../test/fixtures/studio-on-fake-engine.ts';

studioForEachTest();

test('an estimate counts tokens, and its memory is the sum of its parts', async () => {
  const datasetId = await importRivers();
  const estimate = await client.runs.estimate({ datasetId, baseModelId: 'starter', options: { rank: 2 } });
  // Two 8 × 8 matrices at rank 2.
  expect(estimate).toMatchObject({ trainableParameters: 64, fits: true, options: { rank: 2 } });
  expect(estimate.tokens.target).toBeLessThan(estimate.tokens.total);
  expect(estimate.memory.bytes).toBe(Object.values(estimate.memory.parts).reduce((sum, part) => sum + part, 0));
});

// Regression: it counted the tokens that are cut, from which nobody could tell how many rows are affected.
test('an estimate counts the rows that are shortened, and those whose target does not fit', async () => {
  const path = join(folder, 'lengths.csv');
  const texts = ['short,yes', `short,${'no '.repeat(40)}`, `${'long '.repeat(40)},yes`, `${'longer '.repeat(40)},yes`];
  writeFileSync(path, `context,target,split\n${texts.map((text) => `${text},train\n`).join('')}`);
  const mapping = { context: 'context', target: 'target', split: 'split' };
  const imported = await Array.fromAsync(
    await client.datasets.import({ source: { kind: 'path', path }, task: 'custom', mapping }),
  );
  const last = imported.at(-1);
  const datasetId = last?.kind === 'finished' ? last.dataset.id : '';
  const estimated = async (maxLength: number) =>
    (await client.runs.estimate({ datasetId, baseModelId: 'starter', options: { maxLength, epochs: 1 } })).data;
  const whole = await estimated(200);
  expect(whole).toMatchObject({ rows: 4, cut: 0, leftOut: 0, unreadScript: null });
  expect(await estimated(30)).toMatchObject({ rows: 3, cut: 2, leftOut: 1 });
  // The limit under which nothing is shortened or left out is told whatever the limit is.
  for (const maxLength of [30, whole.longest]) expect((await estimated(maxLength)).longest).toBe(whole.longest);
  expect(await estimated(whole.longest)).toMatchObject({ cut: 0, leftOut: 0 });
  expect((await estimated(whole.longest - 1)).cut).toBe(1);
});

// Regression: it counted three passes over all rows, and all their tokens, although the steps end in the first pass.
test('an estimate counts only the rows and tokens read before the last step', async () => {
  const datasetId = await importRivers();
  const estimated = (options: object) => client.runs.estimate({ datasetId, baseModelId: 'starter', options });
  const [all, half] = [
    await estimated({ epochs: 1, batchSize: 1 }),
    await estimated({ epochs: 3, batchSize: 1, maxSteps: 8 }),
  ];
  const { train } = (await client.datasets.get({ id: datasetId })).splits;
  expect(all.data).toMatchObject({ rows: train, of: train, passes: 1 });
  expect(half.data).toMatchObject({ rows: 8, of: train, passes: 8 / train });
  expect(half.tokens.target).toBe(Math.round((8 / train) * all.tokens.target));
});

// Regression: space for all rows of the dataset was required, and a short run on millions of them was refused.
test('a short run on a large dataset needs disk space only for the rows it uses', async () => {
  const path = join(folder, 'many.csv');
  const passage = 'The river is long. '.repeat(20);
  writeFileSync(
    path,
    `context,target\n${Array.from({ length: 70_000 }, (_, i) => `${passage}${i},${i}`).join('\n')}\n`,
  );
  for await (const _ of await client.datasets.import({ source: { kind: 'path', path }, task: 'custom' }));
  const diskOf = async (maxSteps: number | null) => {
    const options = { maxSteps, batchSize: 4, epochs: 1, rank: 2 };
    return (await client.runs.estimate({ datasetId: 'many', baseModelId: 'starter', options })).disk.bytes;
  };
  const [part, all] = [await diskOf(10), await diskOf(null)];
  // Forty of 56,000 training rows, plus the validation rows, one row in ten.
  expect(part).toBeLessThan(all / 3);
});

test('a speed probe measures once and leaves nothing behind', async () => {
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { rank: 2 } };
  expect((await client.runs.estimate(about)).time.basis).toBe('guess');
  expect(await client.runs.probe(about)).toEqual({ measured: true });
  expect(engine.trained).toHaveLength(1);
  expect(await client.runs.probe(about)).toEqual({ measured: true });
  expect(engine.trained).toHaveLength(1);
  expect((await client.runs.estimate(about)).time.basis).not.toBe('guess');
  expect(readdirSync(join(folder, 'data/runs'))).toEqual([]);
});
