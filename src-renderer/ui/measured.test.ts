import { expect, test } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { measured } from './measured.ts';

// Only the fields that are read are given; the casts are sound as nothing else is looked at.
const adapter = { id: 'a' } as Adapter;
const evaluation = (id: string, own: number, state = 'finished') =>
  ({
    ...{ id, state, mainMetric: 'exactMatch' },
    results: [
      { adapterId: null, metrics: { exactMatch: 0.1 } },
      { adapterId: 'a', metrics: { exactMatch: own } },
    ],
  }) as unknown as Evaluation;

test('the base stands beside the adapter under the main metric', () => {
  expect(measured(adapter, [evaluation('e', 0.6)])).toEqual({
    ...{ evaluationId: 'e', metric: 'exactMatch', base: 0.1, adapter: 0.6 },
  });
});

test('the newest evaluation that is over counts', () => {
  const evaluations = [evaluation('going on', 0, 'running'), evaluation('new', 0.7), evaluation('old', 0.2)];
  expect(measured(adapter, evaluations)?.evaluationId).toBe('new');
});

test('an adapter that no evaluation has is not measured', () => {
  expect(measured({ id: 'b' } as Adapter, [evaluation('e', 0.6)])).toBeUndefined();
});
