import { expect, test } from 'vitest';
import type { LabExperiment } from '../../../src-contract/lab.ts';
import { sayIn } from '../words/say.ts';
import { figureFinding } from './figure-finding.ts';
import { findingOf } from './view.ts';

const verdictOf = (shared: readonly number[], random: readonly number[]) =>
  figureFinding({ experiment: experiment(shared, random), say: sayIn('en') });

// Regression: a median a fifth above that of random matrices counted, however widely both were spread.
test('two seeds share more than chance only if the spread over matrices rules out chance', () => {
  expect(verdictOf([0.01, 0.03, 0.022, 0.02], [0.005, 0.03, 0.016, 0.016]).verdict).toBe('not');
  expect(verdictOf([0.021, 0.022, 0.022, 0.021], [0.015, 0.016, 0.016, 0.015]).verdict).toBe('partly');
});

test('the finding gives the numbers behind its verdict', () => {
  const { because } = verdictOf([0.021, 0.022, 0.022, 0.021], [0.015, 0.016, 0.016, 0.015]);
  expect(because).toContain('φ(4, 4): A 0.022, B · A 0.022, random matrices 0.016.');
});

// Regression: directions of an adapter that had learned nothing made a verdict like any other.
test('no conclusion is drawn from adapters of which one learned nothing', () => {
  const found = (losses: readonly number[]) => {
    const { cells, ...rest } = experiment([0.5, 0.5, 0.5, 0.5], [0.015, 0.016, 0.016, 0.015]);
    const trained = losses.map((validationLoss, seed) => ({
      key: `trained r8 seed ${seed}`,
      values: { rank: 8, seed, baseLoss: 2, validationLoss },
      timings: {},
    }));
    return findingOf({ experiment: { ...rest, cells: [...trained, ...cells] }, say: sayIn('en') });
  };
  expect(found([1.5, 1.4]).verdict).toBe('partly');
  expect(found([1.5, 1.99])).toMatchObject({
    verdict: 'unclear',
    reading: expect.stringMatching(/^It is unclear here: not both adapters learned, /),
    because: 'r 8, seed 0: loss 1.50, the base 2.00. r 8, seed 1: loss 1.99, the base 2.00.',
    short: 'nothing learned',
  });
});

test('two matrices are too few, and matrices that disagree too many ways, to tell sharing from chance', () => {
  expect(verdictOf([0.2, 0.2], [0.015, 0.016]).verdict).toBe('unclear');
  expect(verdictOf([0.001, 0.9, 0.002, 0.1], [0.015, 0.016, 0.016, 0.015]).verdict).toBe('unclear');
});

function experiment(shared: readonly number[], random: readonly number[]): LabExperiment {
  const cellsOf = (of: string, values: readonly number[]) =>
    values.map((fourth, layer) => ({
      key: `${of} layer ${layer}`,
      values: {
        of,
        target: layer % 2 === 0 ? 'q' : 'v',
        layer,
        width: 256,
        rows: 16,
        columns: 16,
        first: 0.004,
        fourth,
        all: 0.06,
      },
      timings: {},
    }));
  // Sound here: the finding reads no other field.
  return {
    kind: 'fig4',
    cells: [...cellsOf('A', shared), ...cellsOf('BA', shared), ...cellsOf('random', random)],
  } as unknown as LabExperiment;
}
