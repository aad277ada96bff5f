import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeCopyingTable } from '../fixtures/copying-table.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { answerOf, homeWithBoxes, reported, startCommand, temporaryFolder } from './command-line.ts';

const about = ['--dataset', 'boxes', '--base', 'tiny'];
const training = ['--rank', '4', '--lr', '0.01', '--batch', '4', '--max-steps', '300', '--validation-every', '100'];

/** Resolves when the command has reported its first step. */
const firstStepOf = (command: ReturnType<typeof startCommand>) => reported(command, /step/);

test('a killed or stopped run resumes to the same losses as an uninterrupted one', {
  timeout: 300_000,
}, async () => {
  const home = await homeWithBoxes();
  const whole = await answerOf(home, ['train', ...about, '--name', 'whole', ...training]);

  const command = startCommand(home, ['train', ...about, '--name', 'killed', ...training]);
  await firstStepOf(command);
  command.kill('SIGKILL');
  await command.outcome;

  const { runs } = await answerOf(home, ['runs', 'list']);
  const killed = runs.find((run: { name: string }) => run.name === 'killed');
  expect(killed).toMatchObject({ state: 'interrupted', adapterId: null });
  expect((await answerOf(home, ['adapters', 'list'])).adapters).toHaveLength(1);

  const resumed = await answerOf(home, ['train', '--resume', killed.id]);
  expect(resumed.run).toMatchObject({ id: killed.id, state: 'finished', steps: 300 });
  expect(resumed.run.losses).toEqual(whole.run.losses);
  expect(resumed.adapter.sha256).toBe(whole.adapter.sha256);

  const stopping = startCommand(home, ['train', ...about, '--name', 'stopped', ...training]);
  await firstStepOf(stopping);
  stopping.kill('SIGINT');
  const { status, json } = await stopping.outcome;
  expect(status).toBe(130);
  expect(json.error).toMatchObject({ code: 'INTERRUPTED', hint: expect.stringContaining(`--resume ${json.run.id}`) });
  expect(json.run).toMatchObject({ state: 'stopped' });
  expect(json.run.step).toBeLessThan(300);

  const continued = await answerOf(home, ['train', '--resume', json.run.id]);
  expect(continued.run).toMatchObject({ id: json.run.id, state: 'finished', steps: 300 });
  expect(continued.run.losses).toEqual(whole.run.losses);
  expect(continued.adapter.sha256).toBe(whole.adapter.sha256);
});

// Regression: status 0, as if the answer were whole.
test('an answer that is interrupted is told as far as it was written', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  writeTinyModel(join(folder, 'long'), { contextLength: 8192 });
  await answerOf(home, ['models', 'import', join(folder, 'long'), '--name', 'long']);
  const words = ['generate', '--base', 'long', '--prompt', 'box', '--max-tokens', '4096'];
  const stopping = startCommand(home, words);
  await reported(stopping, /Writing/);
  stopping.kill('SIGINT');
  const { status, json } = await stopping.outcome;
  expect(status).toBe(130);
  expect(json).toMatchObject({ error: { code: 'INTERRUPTED', message: 'The answer was stopped.' }, finish: 'stopped' });
  expect(json.tokens).toBeGreaterThan(0);
  expect(json.tokens).toBeLessThan(4096);
});

test('killed joint runs resume to the hashes of an uninterrupted group, whose losses match a run alone', {
  timeout: 300_000,
}, async () => {
  const home = await homeWithBoxes();
  const together = [
    ...about,
    '--rank',
    '4',
    '--lr',
    '0.01',
    '--batch',
    '4',
    '--max-steps',
    '200',
    '--sample-rows',
    '0',
  ];
  const more = ['--also-rank', '2', '--also-seed', '1'];
  const whole = await answerOf(home, ['train', ...together, '--name', 'whole', ...more]);
  expect(whole.also.map(({ adapter }: { adapter: { name: string } }) => adapter.name)).toEqual([
    'whole · seed 1',
    'whole · r 2',
    'whole · r 2 · seed 1',
  ]);
  const alone = await answerOf(home, ['train', ...together, '--name', 'alone', '--rank', '2', '--seed', '1']);
  // Only the sizes of products differ, and with them the order of sums.
  for (const [step, loss] of alone.run.losses.entries()) expect(whole.also[2].run.losses[step]).toBeCloseTo(loss, 2);
  expect(whole.also[2].run.bestValidationLoss).toBeCloseTo(alone.run.bestValidationLoss, 3);

  const command = startCommand(home, ['train', ...together, '--name', 'killed', ...more]);
  await firstStepOf(command);
  command.kill('SIGKILL');
  await command.outcome;
  // By the name of one: the others resume with it.
  const resumed = await answerOf(home, ['train', '--resume', 'killed · r 2']);
  const hashesOf = (answer: { adapter: unknown; also: { adapter: unknown }[] }) =>
    [answer, ...answer.also].map((each) => (each.adapter as { sha256: string }).sha256);
  expect(hashesOf(resumed)).toEqual(hashesOf(whole));
});

test('a table that is stopped, then killed, is answered to the same file as an uninterrupted one', {
  timeout: 300_000,
}, async () => {
  const home = await homeWithBoxes();
  const folder = temporaryFolder();
  const file = join(folder, 'asked.csv');
  writeCopyingTable(file, 600);
  const asked = ['answer', file, '--base', 'tiny', '--task', 'mrc', '--max-tokens', '8'];
  const out = (name: string) => ['--out', join(folder, name)];
  await answerOf(home, [...asked, ...out('whole.csv')]);

  const stopping = startCommand(home, [...asked, ...out('stopped.csv')]);
  await reported(stopping, /Answering/);
  stopping.kill('SIGINT');
  const { status, json } = await stopping.outcome;
  expect(status).toBe(130);
  const { id } = json.table;
  expect(json.error.hint).toContain(`--resume ${id}`);
  expect(json.table).toMatchObject({ state: 'stopped', rows: 600 });
  expect(json.table.answered).toBeLessThan(600);

  const command = startCommand(home, ['answer', '--resume', id, ...out('killed.csv')]);
  await reported(command, /Answering/);
  command.kill('SIGKILL');
  await command.outcome;
  // The killed command said nothing any more.
  const { tables } = await answerOf(home, ['answer', '--list']);
  expect(tables.find(({ state }: { state: string }) => state === 'interrupted')).toMatchObject({
    id,
    name: 'asked.csv',
  });
  const ended = await answerOf(home, ['answer', '--resume', id, ...out('resumed.csv')]);
  expect(ended).toMatchObject({ id, state: 'finished', answered: 600 });
  expect(readdirSync(folder).toSorted()).toEqual(['asked.csv', 'resumed.csv', 'whole.csv']);
  expect(readFileSync(join(folder, 'resumed.csv'), 'utf8')).toBe(readFileSync(join(folder, 'whole.csv'), 'utf8'));
});

test('an import leaves nothing behind when its process is killed', { timeout: 300_000 }, async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  writeCopyingTable(join(folder, 'large.csv'), 200_000);
  const command = startCommand(home, ['import', join(folder, 'large.csv'), '--task', 'mrc']);
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  command.stderr?.on('data', () => resolve());
  await begun;
  command.kill('SIGKILL');
  await command.outcome;
  expect((await answerOf(home, ['datasets', 'list'])).datasets).toEqual([]);
  expect(readdirSync(join(home, 'datasets'))).toEqual([]);
});
