import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Random } from '../random.ts';
import { float32 } from '../tensor.ts';
import type { RoundingJob } from './rounding.ts';
import { roundAll } from './rounding-threads.ts';

/** What threads run instead of their program. */
let otherProgram: string | undefined;
vi.mock('../../async/own-program.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../async/own-program.ts')>();
  const ownProgram: typeof original.ownProgram = (...asked) =>
    otherProgram === undefined ? original.ownProgram(...asked) : new URL(`data:text/javascript,${otherProgram}`);
  return { ownProgram };
});

/** Two sizes: small matrices are copied between threads, large ones transferred. */
async function* jobs(): AsyncGenerator<RoundingJob> {
  const random = new Random(1);
  for (const [i, [out, inFeatures]] of [[8, 64] as const, [256, 192] as const, [64, 64] as const].entries()) {
    const matrix = () =>
      float32(
        [out, inFeatures],
        Float32Array.from({ length: out * inFeatures }, () => random.normal()),
      );
    yield { kind: 'training', module: `${i}.int8`, weight: matrix(), precision: 'int8', forwardOnly: i === 0 };
    yield { kind: 'training', module: `${i}.int4`, weight: matrix(), precision: 'int4', forwardOnly: false };
    yield { kind: 'integers', name: `${i}.group`, matrices: [matrix(), matrix()] };
    yield { kind: 'blocks', name: `${i}.blocks`, matrices: [matrix(), matrix()], fourBits: true };
  }
}

test.each([1, 3])('rounding in %i threads gives the same tensors as on the main thread', async (threads) => {
  const here = await roundAll(jobs(), { threads: 0 });
  expect(here.size).toBeGreaterThan(20);
  const there = await roundAll(jobs(), { threads });
  expect([...there.keys()].toSorted()).toEqual([...here.keys()].toSorted());
  for (const [name, tensor] of here) expect(there.get(name), name).toEqual(tensor);
});

test('reports an unreadable file and an unroundable matrix', async () => {
  async function* unreadable(): AsyncGenerator<RoundingJob> {
    yield* jobs();
    throw new Error('the file ends here');
  }
  await expect(roundAll(unreadable(), { threads: 2 })).rejects.toThrow('the file ends here');
  async function* impossible(): AsyncGenerator<RoundingJob> {
    yield { kind: 'integers', name: 'none', matrices: [] };
  }
  await expect(roundAll(impossible(), { threads: 1 })).rejects.toThrow();
});

// Regression: a matrix given to a thread that had exited was awaited forever, and with it every answer.
test.each([
  ['throw new Error("no memory")', 'no memory'],
  ['process.exit(3)', 'exited with code 3'],
])('reports a thread that exits before it gets a job: %s', async (program, why) => {
  otherProgram = program;
  onTestFinished(() => {
    otherProgram = undefined;
  });
  const ended = once(process, 'worker').then(([worker]: Worker[]) => new Promise((end) => worker?.once('exit', end)));
  async function* late(): AsyncGenerator<RoundingJob> {
    await ended;
    yield* jobs();
  }
  await expect(roundAll(late(), { threads: 1 })).rejects.toThrow(why);
});
