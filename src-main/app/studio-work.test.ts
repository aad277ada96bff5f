import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  app,
  client,
  engine,
  folder,
  holdAnswers,
  importRivers,
  open,
  openBeside,
  patient,
  reopen,
  studioForEachTest,
  train,
} from '../../test/fixtures/studio-on-fake-engine.ts';
import { openDatabase } from '../database/open.ts';
import { RunStore } from '../runs/run-store.ts';

studioForEachTest();

test('a run with evaluateAfter is evaluated as soon as it finishes', async () => {
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 4 }, evaluateAfter: true };
  const { id } = await client.runs.start(about);
  await Array.fromAsync(await client.runs.watch({ id }));
  await vi.waitFor(async () => expect((await client.evaluations.list())[0]?.state).toBe('finished'), patient);
  const [evaluation] = await client.evaluations.list();
  expect(evaluation?.results.map(({ adapterId }) => adapterId)).toEqual([
    null,
    (await client.runs.get({ id })).adapterId,
  ]);
});

// Regression: the wish was forgotten when the process ended between the end of the run and the evaluation's begin.
test.each(['finished', 'running'])(
  'the evaluation of a run whose process was killed as it ended (%s) is begun at the next start, and once',
  async (state) => {
    const { run } = await train('wanted');
    await train('not wanted');
    await app.close();
    const database = openDatabase(join(folder, 'data/studio.sqlite'));
    database.prepare('UPDATE run SET evaluate_after = 1 WHERE id = ?').run(run.id);
    database.prepare(`UPDATE job SET state = ?, owner = 'a process that is gone' WHERE id = ?`).run(state, run.id);
    database.close();
    const measured = async () => {
      const evaluations = await client.evaluations.list();
      return evaluations.map(({ results }) => results.map(({ adapterId }) => adapterId));
    };

    await open({ takesUpWork: true });
    await vi.waitFor(async () => expect(await measured()).toEqual([[null, run.adapterId]]), patient);
    for (let start = 0; start < 2; start++) {
      await reopen({ takesUpWork: true });
      expect(await measured()).toEqual([[null, run.adapterId]]);
    }
  },
);

// Regression: the evaluation was stored first, so that one killed in between was begun again beside it at the next
// start, and an error there ended the process.
test('the evaluation of a run is begun once, although it could not be noted that it was', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const noting = vi.spyOn(RunStore.prototype, 'setEvaluated').mockImplementation(() => {
    throw new Error('The disk is full.');
  });
  onTestFinished(() => [told, noting].forEach((spy) => void spy.mockRestore()));
  const about = { datasetId: await importRivers(), baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...about, evaluateAfter: true });
  await Array.fromAsync(await client.runs.watch({ id }));
  await vi.waitFor(() => expect(noting).toHaveBeenCalled(), patient);
  await app.close();
  noting.mockRestore();

  await open({ takesUpWork: true });
  const states = async () => (await client.evaluations.list()).map(({ state }) => state);
  await vi.waitFor(async () => expect(await states()).toEqual(['finished']), patient);
});

// Regression: what had finished was evaluated as soon as the other was paused, and again at the end.
test.each(['resumed', 'stopped', 'deleted'] as const)(
  'a run that finished before the one it trains with was paused is evaluated once that one is %s',
  async (goesOn) => {
    const train = engine.train.bind(engine);
    // The one that is stopped has nothing to keep, and ends without another event.
    const stepsOfOther = goesOn === 'stopped' ? 0 : 2;
    engine.train = (job, signal) => {
      engine.pauseAfter = job.method.kind === 'lora' && job.method.rank === 4 ? stepsOfOther : Infinity;
      return train(job, signal);
    };
    const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4, rank: 2 } };
    const { id } = await client.runs.start({ ...about, name: 'r', also: { ranks: [4] }, evaluateAfter: true });
    const other = (await client.runs.list()).find(({ name }) => name === 'r · r 4')?.id ?? '';
    await Array.fromAsync(await client.runs.watch({ id }));
    for await (const event of await client.runs.watch({ id: other })) if (event.kind === 'validation') break;
    await client.runs.pause({ id: other });
    expect(await client.evaluations.list()).toEqual([]);

    engine.train = train;
    engine.pauseAfter = Number.POSITIVE_INFINITY;
    if (goesOn === 'resumed') {
      await client.runs.resume({ id: other });
      await Array.fromAsync(await client.runs.watch({ id: other }));
    } else if (goesOn === 'stopped') await client.runs.stop({ id: other });
    else await client.runs.delete({ id: other });
    const states = async () => (await client.evaluations.list()).map(({ state }) => state);
    await vi.waitFor(async () => expect(await states()).toEqual(['finished']), patient);
    const [evaluation] = await client.evaluations.list();
    expect(evaluation?.results).toHaveLength(goesOn === 'resumed' ? 3 : 2);
  },
);

// Only the training was named: the pages took the evaluation beside it for ended.
test('the status names an evaluation beside a training', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const run = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } });
  const held = holdAnswers();
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const };
  const evaluation = await client.evaluations.start(about);
  expect((await client.studio.status()).jobs.map(({ id }) => id)).toEqual([run.id, evaluation.id]);
  held.resolve();
  await Array.fromAsync(await client.evaluations.watch({ id: evaluation.id }));
  await client.runs.stop({ id: run.id });
});

// Regression: only a training kept it from being measured, and the speed beside an evaluation stayed.
test('a speed is not measured beside an evaluation', async () => {
  const datasetId = await importRivers();
  const held = holdAnswers();
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const };
  const { id } = await client.evaluations.start(about);
  expect(await client.runs.probe({ datasetId, baseModelId: 'starter' })).toEqual({ measured: false });
  held.resolve();
  await Array.fromAsync(await client.evaluations.watch({ id }));
  expect(await client.runs.probe({ datasetId, baseModelId: 'starter' })).toEqual({ measured: true });
});

// Regression: it waited for the next start, and an evaluation was shown as running meanwhile.
test('work that another process leaves queued is taken up by a studio that is open', async () => {
  await reopen({ takesUpWork: true });
  const datasetId = await importRivers();
  engine.pauseAfter = 1;
  const other = await openBeside();
  const about = { datasetId, baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await other.client.runs.start({ ...about, name: 'going' });
  for await (const event of await other.client.runs.watch({ id })) if (event.kind === 'step') break;
  await other.client.runs.start({ ...about, name: 'left' });
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await other.close();
  const states = async () => (await client.runs.list()).map(({ name, state }) => `${name} ${state}`);
  await expect.poll(states).toEqual(['left finished', 'going interrupted']);
});
