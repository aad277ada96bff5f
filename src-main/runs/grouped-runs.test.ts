import { expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import {
  client,
  engine,
  importRivers,
  patient,
  stepsOf,
  studioForEachTest,
} from '../../test/fixtures/studio-on-fake-engine.ts';

studioForEachTest();

test('grouped runs are queued, paused, resumed, evaluated and repeated together', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', options: { maxSteps: 4, rank: 2 }, evaluateAfter: true };
  const also = { ranks: [4, 8], seeds: [7] };
  const [one, six] = [await client.runs.estimate(about), await client.runs.estimate({ ...about, also })];
  expect(six.group).toMatchObject({ runs: 6, together: 6, alone: { seconds: one.time.seconds } });
  expect(six.time.seconds).toBeLessThan(6 * one.time.seconds);
  expect([one.trainableParameters, six.trainableParameters].map((n) => n / one.trainableParameters)).toEqual([1, 14]);
  const { id: other } = await client.runs.start({ ...about, name: 'other' });
  const first = await client.runs.start({ ...about, name: 'r', also: { ranks: [4] } });
  const { id: last } = await client.runs.start({ ...about, name: 'last' });
  const placesOf = async () => {
    const runs = await client.runs.list();
    return Object.fromEntries(runs.map(({ name, queuePlace }) => [name, queuePlace]));
  };
  expect(await placesOf()).toEqual({ other: null, r: 1, 'r · r 4': 1, last: 2 });
  await client.runs.move({ id: first.id, to: 2 });
  expect(await placesOf()).toEqual({ other: null, last: 1, r: 2, 'r · r 4': 2 });
  await client.runs.stop({ id: last });
  await client.runs.stop({ id: other });

  const statesOf = async () => {
    const group = (await client.runs.list()).filter((run) => run.group?.id === first.id);
    return Object.fromEntries(group.map((run) => [run.name, `${run.state} ${run.step}`]));
  };
  for await (const event of await client.runs.watch({ id: first.id }))
    if (event.kind === 'step' && event.step === 2) break;
  await client.runs.pause({ id: first.id });
  expect(await statesOf()).toEqual({ r: 'paused 2', 'r · r 4': 'paused 0' });
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  const second = (await client.runs.list()).find(({ name }) => name === 'r · r 4')?.id ?? '';
  await client.runs.resume({ id: second });
  for (const id of [first.id, second]) {
    expect(stepsOf(await Array.fromAsync(await client.runs.watch({ id })))).toEqual([1, 2, 3, 4]);
  }
  expect(await statesOf()).toEqual({ r: 'finished 4', 'r · r 4': 'finished 4' });
  const made = (await client.runs.list()).filter((run) => run.group?.id === first.id).map((run) => run.adapterId);
  await vi.waitFor(async () => expect((await client.evaluations.list())[0]?.state).toBe('finished'), patient);
  const [evaluation] = await client.evaluations.list();
  expect(evaluation?.results.map(({ adapterId }) => adapterId)).toEqual([null, ...made.toReversed()]);

  // A repeat covers the whole group: what a run trains with affects its last digits.
  const again = await client.runs.repeat({ id: second });
  await Array.fromAsync(await client.runs.watch({ id: again.id }));
  expect(again).toMatchObject({ name: 'r · r 4 2', repeats: second, group: { size: 2 } });
  // Without duplicates.
  expect((await client.runs.estimate({ ...about, also: { seeds: [3, 3] } })).group?.runs).toBe(2);
});

// Regression: a run whose turn came after another's was said to be reading its rows.
test('a run that was started with others and waits for its turn is told so', async () => {
  engine.pauseAfter = 2;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4, rank: 2 } };
  const { id } = await client.runs.start({ ...about, name: 'r', also: { ranks: [4] } });
  const second = (await client.runs.list()).find((run) => run.id !== id)?.id ?? '';
  for await (const event of await client.runs.watch({ id: second })) {
    expect(event).toEqual({ kind: 'loading', share: 1 });
    break;
  }
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await client.runs.stop({ id });
});

// Regression: the first was reported as diverged, and from the second on they ended silently without an adapter.
test('in a group trained one by one, a diverging run fails and the rest continue', async () => {
  const train = engine.train.bind(engine);
  const rows = { rows: '0', split: 'train' as const };
  engine.train = async function* (job, signal) {
    if (job.method.kind === 'lora' && job.method.rank === 4)
      throw new StudioError('RUN_DIVERGED', { step: 1, ...rows });
    yield* train(job, signal);
  };
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 2, backend: 'tfjs' } };
  const { id } = await client.runs.start({ ...about, name: 'r', also: { ranks: [4, 2] } } as never);
  const runs = (await client.runs.list()).filter(({ group }) => group?.id === id).toReversed();
  for (const run of runs) await Array.fromAsync(await client.runs.watch({ id: run.id }));
  const ended = await Promise.all(runs.map((run) => client.runs.get({ id: run.id })));
  expect(ended.map(({ name, state, adapterId }) => [name, state, adapterId !== null])).toEqual([
    ['r', 'finished', true],
    ['r · r 4', 'failed', false],
    ['r · r 2', 'finished', true],
  ]);
  expect(ended[1]?.error).toMatchObject({ code: 'RUN_DIVERGED', data: { split: 'train' } });
});

// Regression: the base was loaded for each of the others, only to be stopped at once.
test('in a group trained one by one, stopping one run skips the rest', async () => {
  engine.pauseAfter = 2;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4, backend: 'tfjs' } };
  const { id } = await client.runs.start({ ...about, name: 'r', also: { ranks: [4, 2] } } as never);
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.stop({ id });
  expect(engine.trained).toHaveLength(1);
  const runs = (await client.runs.list()).filter(({ group }) => group?.id === id).toReversed();
  expect(runs.map(({ state, adapterId }) => [state, adapterId !== null])).toEqual([
    ['stopped', true],
    ['stopped', false],
    ['stopped', false],
  ]);
});
