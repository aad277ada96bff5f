import { expect, test } from 'vitest';
import type { LabExperiment } from '../../../src-contract/lab.ts';
import { sayIn } from '../words/say.ts';
import { findingOf } from './view.ts';

const caution = sayIn('en')('because.oneSeed');

test('a verdict on losses of one seed warns that chance is unknown, one on two seeds does not', () => {
  const byOne = findingOf({ experiment: table5([0]), say: sayIn('en') });
  expect(byOne.because).toContain(caution);
  // Regression: the sentence above it claimed that it holds.
  expect(byOne.reading).toMatch(/^It seems to hold here: \S/);
  const byTwo = findingOf({ experiment: table5([0, 1]), say: sayIn('en') });
  expect(byTwo.because).not.toBe('');
  expect(byTwo.because).not.toContain(caution);
  expect(byTwo.reading).toMatch(/^It holds here: \S/);
});

test('a finding without results carries no warning', () => {
  const begun = { ...table5([0]), cells: [] };
  expect(findingOf({ experiment: begun, say: sayIn('en') }).because).toBe('');
});

function table5(seeds: readonly number[]): LabExperiment {
  const losses = { q: 1.2, 'q,v': 1 };
  const cells = Object.entries(losses).flatMap(([targets, loss]) =>
    seeds.map((seed) => ({
      key: `${targets} seed ${seed}`,
      values: { targets, rank: 8, seed, parameters: 100, baseLoss: 2, validationLoss: loss + seed / 100 },
      timings: {},
    })),
  );
  // Sound here: the finding reads no other field.
  return {
    kind: 'table5',
    options: { seeds, budgetRank: 8, targetSets: [['q'], ['q', 'v']], metricRows: 0 },
    facts: { metric: null },
    cells,
  } as unknown as LabExperiment;
}
