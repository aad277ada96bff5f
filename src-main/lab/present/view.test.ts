import { expect, test } from 'vitest';
import type { Target } from '../../../src-contract/adapter.ts';
import type { LabCell, LabExperiment } from '../../../src-contract/lab.ts';
import { largestDifference } from '../conduct.ts';
import { sayIn } from '../words/say.ts';
import { findingOf, viewOf } from './view.ts';

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

// Regression: a table of the base's own loss, at a rate too low to learn, said that the paper's finding holds.
test('where no training learned anything, nothing is claimed', () => {
  const experiment = table5([0, 1], { q: 1.999, 'q,v': 1.99 });
  expect(findingOf({ experiment, say: sayIn('en') })).toMatchObject({
    verdict: 'unclear',
    reading: expect.stringMatching(/^It is unclear here: no training brought the loss clearly below/),
    because: 'The base has 2.00, the lowest loss is 1.99.',
  });
});

test('a caption names the rows that losses were measured on, and says if training rows had to be read again', () => {
  const captionOf = (splits: { train: number; validation: number; test: number }) => {
    const experiment = table5([0, 1]);
    return viewOf({ experiment: { ...experiment, facts: { ...experiment.facts, splits } }, say: sayIn('en') }, [])
      .caption;
  };
  expect(captionOf({ train: 48, validation: 5, test: 5 })).toContain('; loss on 5 validation rows. ');
  expect(captionOf({ train: 48, validation: 0, test: 5 })).toContain('; loss on 5 test rows. ');
  expect(captionOf({ train: 47, validation: 5, test: 5 })).toContain(
    'loss on 5 validation rows. The dataset has only 47 training rows, so they were read more than once.',
  );
});

// Regression: of a single rank it said that the matrices matter more than the rank, and that a low one is enough.
test('a table of one rank, or of one set of matrices, has no verdict', () => {
  const of = (ranks: readonly number[], sets: readonly string[]) => {
    const cells = ranks.flatMap((rank) =>
      sets.map((targets) => ({
        key: `${targets} r${rank}`,
        values: { targets, rank, seed: 0, baseLoss: 2, validationLoss: 1 + 0.1 / rank / targets.length },
        timings: {},
      })),
    );
    const options = {
      ...table5([0]).options,
      ranks: [...ranks],
      targetSets: sets.map((set) => set.split(',') as Target[]),
    };
    return findingOf({ experiment: { ...table5([0]), kind: 'table6', options, cells }, say: sayIn('en') }).verdict;
  };
  expect(of([1, 8], ['q', 'q,v'])).not.toBe('open');
  expect(of([1], ['q', 'q,v'])).toBe('open');
  expect(of([1, 8], ['q,v'])).toBe('open');
});

// Regression: 192 of 230 equal numbers looked as if the rest were others, not the same up to rounding.
test('a repeat whose numbers are not all the same says how far apart they are', () => {
  const experiment = { ...table5([0]), repeat: { of: 'x', equal: 8, compared: 10 } };
  const [q, qv] = experiment.cells as [LabCell, LabCell];
  const apart = largestDifference([q, qv], [q, { ...qv, values: { ...qv.values, validationLoss: 1 + 4e-8 } }]);
  expect(viewOf({ experiment, say: sayIn('en'), apart }, []).caption).toContain(
    'Repeated: 8 of 10 numbers came out the same (timings not counted). Where numbers differ, it is by less than one part in 10,000,000.',
  );
});

function table5(seeds: readonly number[], losses: Record<string, number> = { q: 1.2, 'q,v': 1 }): LabExperiment {
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
    options: {
      ...{ seeds, budgetRank: 8, targetSets: [['q'], ['q', 'v']], metricRows: 0, validationRows: 5 },
      ...{ steps: 12, batchSize: 4 },
    },
    facts: { metric: null, dataset: 'rivers', baseSha256: '', machine: { device: 'cpu' } },
    cells,
    ...{ total: cells.length, repeat: null, createdAt: 0 },
  } as unknown as LabExperiment;
}
