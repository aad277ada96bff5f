import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { createApp } from '../../src-main/app.ts';
import { Random } from '../../src-main/engine/random.ts';
import { startEngineChild } from '../../src-main/host/engine-child.ts';
import { superviseEngine } from '../../src-main/host/supervised-engine.ts';
import { writeCopyingTable } from '../fixtures/copying-table.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { answerOf, startCommand, temporaryFolder } from './command-line.ts';

// Runs interrupted at random moments, once or several times, by kill -9 or by a stop, and then resumed: each must end
// with the adapter of an uninterrupted run. Two by default; BROKEN_RUNS=20 for more, and BROKEN_RUNS_BASE=starter uses
// the starter model and rows of a sample instead of a tiny model.
const count = Number(process.env.BROKEN_RUNS ?? 2);
const onStarter = process.env.BROKEN_RUNS_BASE === 'starter';
const resourcesDir = join(import.meta.dirname, '../../resources');
const sample = join(resourcesDir, 'samples/generated-mrc.csv');

test(`${count} runs interrupted at random moments end bit-identical to an uninterrupted one`, {
  timeout: 7_200_000,
}, async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  if (!onStarter) {
    writeTinyModel(join(folder, 'tiny'));
    writeCopyingTable(join(folder, 'rows.csv'), 60);
    await answerOf(home, ['models', 'import', join(folder, 'tiny'), '--name', 'tiny']);
  }
  const table = onStarter ? sample : join(folder, 'rows.csv');
  await answerOf(home, ['import', table, '--task', 'mrc', '--name', 'rows']);
  const base = onStarter ? 'starter' : 'tiny';
  const steps = onStarter ? '12' : '120';
  const training = ['--dataset', 'rows', '--base', base, '--rank', '4', '--batch', '2', '--max-steps', steps];
  const settings = [...training, '--dropout', '0.1', '--patience', 'never', '--sample-rows', '1'];
  const began = Date.now();
  const whole = await answerOf(home, ['train', ...settings, '--name', 'whole']);
  const wholeMs = Date.now() - began;
  const random = new Random(Number(process.env.BROKEN_RUNS_SEED ?? 1));
  let breaks = 0;
  for (let number = 0; number < count; number++) {
    let words = ['train', ...settings, '--name', `broken ${number}`];
    let isOver = false;
    // At most two interruptions: then it may finish.
    for (let attempt = 0; attempt < 2 && !isOver; attempt++) {
      const command = startCommand(home, words);
      const kill = random.uniform() < 0.5 ? 'SIGKILL' : 'SIGINT';
      const timer = setTimeout(() => command.kill(kill), random.uniform() * wholeMs);
      await command.outcome;
      clearTimeout(timer);
      const run = (await look(home)).runs.find(({ name }) => name === `broken ${number}`);
      // It may have been killed on its way out.
      isOver = run?.state === 'finished';
      if (!isOver) breaks++;
      // If it was killed before it was stored, it starts afresh.
      if (run !== undefined) words = ['train', '--resume', run.id];
    }
    if (!isOver) await answerOf(home, words);
    const { runs, adapters } = await look(home);
    const adapter = adapters.find(({ name }) => name === `broken ${number}`);
    expect(adapter?.sha256, `broken ${number}`).toBe(whole.adapter.sha256);
    const run = runs.find(({ name }) => name === `broken ${number}`);
    expect(run?.result?.losses, `broken ${number}`).toEqual(whole.run.losses);
    console.info(`broken ${number}: ${breaks} breaks so far, the same hash`);
  }
  console.info(`${count} runs, broken ${breaks} times, on ${base}: every adapter has the hash of the unbroken one`);
});

/** The content of a data folder, read in this process: another one would cost seconds. */
async function look(home: string) {
  const engineEntry = new URL('../../src-main/engine/engine-process.ts', import.meta.url);
  const { engine, stop } = superviseEngine(() => startEngineChild(engineEntry, process.env));
  const app = await createApp({ dataDir: home, resourcesDir, engine });
  const client = createRouterClient(app.router, { context: { caller: 'trusted' } });
  try {
    // A list leaves out the losses of steps.
    const runs = await Promise.all((await client.runs.list()).map(({ id }) => client.runs.get({ id })));
    return { runs, adapters: await client.adapters.list() };
  } finally {
    await app.close();
    await stop();
  }
}
