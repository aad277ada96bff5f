import { expect, test } from 'vitest';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { measuredWeights } from './measured-weights.ts';

// A stopped run was evaluated, resumed and evaluated again: both results stood on its page as if of the same adapter.
test('results of earlier weights come last and are told apart', () => {
  const told = measuredWeights(
    [evaluation('before', ['other', 'mine'], ['x', 'old']), evaluation('after', ['mine'], ['new'])],
    { id: 'mine', sha256: 'new' },
  );
  expect(told.map(({ evaluation: { id }, isEarlier }) => [id, isEarlier])).toEqual([
    ['after', false],
    ['before', true],
  ]);
});

test('where the weights are not known, nothing is said about them', () => {
  const kept = [{ ...evaluation('a', ['mine'], []), provenance: null }, evaluation('b', ['mine'], ['old'])];
  const told = measuredWeights(kept, undefined);
  expect(told.map(({ isEarlier }) => isEarlier)).toEqual([false, false]);
  expect(measuredWeights(kept.slice(0, 1), { id: 'mine', sha256: 'new' })[0]?.isEarlier).toBe(false);
});

function evaluation(id: string, adapterIds: string[], hashes: string[]): Evaluation {
  // Sound: no other field is read.
  return { id, adapterIds, provenance: { adapters: hashes.map((sha256) => ({ sha256 })) } } as unknown as Evaluation;
}
