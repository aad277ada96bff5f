import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { installationAt } from '../../src-main/host/cli/installation.ts';
import { openStudio } from '../../src-main/host/cli/studio.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { answerOf, startCommand, temporaryFolder } from './command-line.ts';

const entry = new URL('../../src-main/host/cli/main.ts', import.meta.url).href;

// An open studio, and the command line on the same data folder as a process of its own.
async function opened() {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const studio = await openStudio({ dataDir: home, installation: installationAt(entry) });
  const leave = new AbortController();
  onTestFinished(async () => {
    leave.abort();
    await studio.close();
  });
  writeTinyModel(join(folder, 'tiny'));
  await studio.client.baseModels.import({ path: join(folder, 'tiny') });
  const told = new Set<string>();
  const changes = await studio.client.studio.changes(undefined, { signal: leave.signal });
  void (async () => {
    for await (const { noun } of changes) told.add(noun);
  })().catch(() => {});
  return { home, client: studio.client, told };
}

// Regression: the command exits at the last event of an import, and later changes were not announced.
test('what the command line imports, checks and trains is told to an open studio, and a run is followed there', {
  timeout: 120_000,
}, async () => {
  const { home, client, told } = await opened();
  await answerOf(home, ['import', 'generated-mrc', '--task', 'mrc', '--name', 'Places']);
  await expect.poll(() => [...told]).toEqual(['dataset']);
  told.clear();
  await answerOf(home, ['datasets', 'check', 'Places']);
  await expect.poll(() => [...told]).toEqual(['dataset']);

  told.clear();
  const training = startCommand(home, [
    ...['train', '--dataset', 'Places', '--base', 'tiny', '--name', 'Answers', '--max-steps', '100000'],
    ...['--sample-rows', '0', '--patience', 'never'],
  ]);
  const states = async () => (await client.runs.list()).map(({ state }) => state);
  await expect.poll(states, { timeout: 60_000 }).toEqual(['running']);
  // The command before may be told of once more: the file that tells of it goes when it ends.
  await expect.poll(() => [...told]).toContain('run');
  const [run] = await client.runs.list();
  const id = run?.id ?? '';
  for (const act of [client.runs.stop, client.runs.pause]) {
    await expect(act({ id })).rejects.toMatchObject({ code: 'WORK_ELSEWHERE' });
  }
  const steps: number[] = [];
  let end = '';
  for await (const event of await client.runs.watch({ id })) {
    if (event.kind === 'finished') end = event.state;
    if (event.kind !== 'step') continue;
    steps.push(event.step);
    if (event.step === 20) training.kill('SIGKILL');
  }
  expect(steps.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect([end, ...(await states())]).toEqual(['interrupted', 'interrupted']);
});
