import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { LatencyJob } from '../engine.ts';
import { localEngine } from '../local-engine.ts';
import { float32 } from '../tensor.ts';
import { mergedWeights } from './latency.ts';

const job: LatencyJob = {
  modelFolder: fileURLToPath(new URL('../../../test/numerics/golden/llama-tiny', import.meta.url)),
  ...{ rows: 2, tokens: 16, trials: 3, seed: 0 },
  variants: [
    { kind: 'base' },
    { kind: 'merged', rank: 2, targets: ['q', 'v'] },
    { kind: 'beside', rank: 2, targets: ['q', 'v'] },
    { kind: 'adapter-layers', design: 'lin', bottleneck: 8 },
    { kind: 'adapter-layers', design: 'houlsby', bottleneck: 4 },
  ],
};

test('every variant is timed in every round', async () => {
  const rounds = await Array.fromAsync(localEngine().latency(job, new AbortController().signal));
  expect(rounds).toHaveLength(3);
  for (const round of rounds) {
    expect(round).toHaveLength(5);
    for (const time of round) expect(time).toBeGreaterThan(0);
  }
});

test('an aborted measurement yields no further round', async () => {
  const abort = new AbortController();
  let rounds = 0;
  for await (const _ of localEngine().latency({ ...job, trials: 1000 }, abort.signal)) {
    rounds++;
    abort.abort();
  }
  expect(rounds).toBe(1);
});

test('merging adds scale · B · A to a copy and leaves the base weight unchanged', () => {
  const weight = float32([2, 2], Float32Array.of(1, 0, 0, 1));
  const architecture = {
    layers: 1,
    moduleOf: () => 'm',
    parameters: new Map([['m.weight', [2, 2]]]),
  } as unknown as Parameters<typeof mergedWeights>[0]['architecture'];
  const tensors = new Map([
    ['m.lora_A', float32([1, 2], Float32Array.of(1, 2))],
    ['m.lora_B', float32([2, 1], Float32Array.of(3, 4))],
  ]);
  const weights = { kind: 'lora', rank: 1, alpha: 2, scale: 2, targets: ['q'], tensors } as const;
  const merged = mergedWeights({ architecture, weights: new Map([['m.weight', weight]]) }, { weights, scale: 2 });
  expect([...(merged.get('m.weight')?.data ?? [])]).toEqual([7, 12, 8, 17]);
  expect([...weight.data]).toEqual([1, 0, 0, 1]);
});
