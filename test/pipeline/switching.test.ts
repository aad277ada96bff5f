import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { TaskId } from '../../src-contract/task.ts';
import { talkWhileSwitching } from '../../src-main/host/cli/demo-conversation.ts';
import { importFinished } from '../../src-main/host/cli/inspect-and-import.ts';
import { installationAt } from '../../src-main/host/cli/installation.ts';
import { Progress } from '../../src-main/host/cli/progress.ts';
import { openStudio } from '../../src-main/host/cli/studio.ts';
import { runEnded } from '../../src-main/host/cli/train.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { temporaryFolder } from './command-line.ts';

const entry = new URL('../../src-main/host/cli/main.ts', import.meta.url).href;
/** STUDIO_SWITCHES=1000 alternates a thousand times. */
const turns = Number(process.env.STUDIO_SWITCHES ?? 100);
const silent = new Progress({ write: () => true });

const tables: Readonly<Partial<Record<TaskId, (row: number) => readonly string[]>>> = {
  mrc: (r) => [`Box ${r} is ${r % 2 ? 'red' : 'blue'}.`, 'Which colour?', r % 2 ? 'red' : 'blue'],
  nl2sql: (r) => [`t${r}(id int)`, 'How many?', `SELECT COUNT(*) FROM t${r}`],
  summarisation: (r) => [`We meet on day ${r}.`, `Day ${r}`],
};
const headers: Readonly<Record<string, string>> = {
  mrc: 'passage,question,answer',
  nl2sql: 'schema,question,sql',
  summarisation: 'document,summary',
};

test('three adapters take turns in one conversation, each answering as it does alone, with the base unchanged', {
  timeout: 300_000,
}, async () => {
  const folder = temporaryFolder();
  const studio = await openStudio({ dataDir: join(folder, 'home'), installation: installationAt(entry) });
  onTestFinished(() => studio.close());
  const { client } = studio;
  const { signal } = new AbortController();
  writeTinyModel(join(folder, 'tiny'));
  const base = await client.baseModels.import({ path: join(folder, 'tiny') });

  const taught = [];
  for (const [task, row] of Object.entries(tables) as [TaskId, (row: number) => readonly string[]][]) {
    const path = join(folder, `${task}.csv`);
    const rows = Array.from({ length: 40 }, (_, r) => row(r).join(','));
    writeFileSync(path, `${[headers[task], ...rows].join('\n')}\n`);
    const source = { kind: 'path' as const, path };
    const { dataset } = await importFinished(await client.datasets.import({ source, task }), silent);
    const options = { maxSteps: 25, batchSize: 4, learningRate: 0.02, rank: 4, alpha: 8 };
    const run = await runEnded(
      await client.runs.start({ datasetId: dataset.id, baseModelId: base.id, name: task, options }),
      { client, signal, progress: silent },
    );
    taught.push({ dataset, adapterId: run.adapterId ?? '' });
  }

  const result = await talkWhileSwitching(taught, { client, signal, progress: silent, baseModelId: base.id, turns });
  if (turns > 100) console.log(result);
  expect(result).toMatchObject({ count: turns, wrongTokens: 0, wrongAnswers: 0 });
  expect(result.answers).toBeGreaterThan(3);
  for (const { adapterId } of taught) {
    expect(await client.adapters.verify({ id: adapterId })).toMatchObject({
      baseUnchanged: true,
      baseSha256: base.sha256,
    });
  }
});
