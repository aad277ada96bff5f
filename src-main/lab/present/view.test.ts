import { expect, test, vi } from 'vitest';
import type { Target } from '../../../src-contract/adapter.ts';
import type { LabCell, LabExperiment } from '../../../src-contract/lab.ts';
import { largestDifference } from '../conduct.ts';
import { sayIn } from '../words/say.ts';
import { findingOf, viewOf } from './view.ts';

// Regressions: of one seed it said that it holds; two that happened to agree made a difference clear.
test.each([
  [[0], 'one'],
  [[0, 1], 'two'],
])('losses of seeds %o are a hint and no verdict', (seeds, named) => {
  const { verdict, reading, because, short } = findingOf({ experiment: table5(seeds), say: sayIn('en') });
  expect(verdict).toBe('unclear');
  expect(reading).toMatch(/^It seems to hold here: several matrices/);
  expect(because).toMatch(/how much of this is chance: run at least 3 seeds\.$/);
  expect(short).toBe(`q,v is best; ${named} seed${seeds.length > 1 ? 's' : ''}`);
});

test('three seeds that agree are a verdict', () => {
  const { verdict, reading, because } = findingOf({ experiment: table5([0, 1, 2]), say: sayIn('en') });
  expect(verdict).toBe('holds');
  expect(reading).toMatch(/^It holds here: \S/);
  expect(because).toMatch(
    /Seeds: 3; rows for the loss: 5\. Hardest to tell from q,v is q: behind by 0.200, with an interval from 0.200 to 0.200\.$/,
  );
});

test('a difference that three seeds do not agree on is not clear', () => {
  const swings = (targets: string, seed: number) => (targets === 'q,v' ? [0.9, 1.3, 1.0][seed] : 1.2) as number;
  expect(findingOf({ experiment: table5([0, 1, 2], undefined, swings), say: sayIn('en') })).toMatchObject({
    verdict: 'unclear',
    reading:
      'It is unclear here: whether several matrices do better than any one is not settled; more seeds may settle it.',
    short: 'no clear winner',
  });
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
    'loss on 5 validation rows. Of the 48 training rows wanted, 47 were there and short enough, so some were read more than once.',
  );
});

// Regression: in Seoul, what was run before nine in the morning had the day before in its caption.
test('a caption has the day of the calendar on the wall', () => {
  vi.stubEnv('TZ', 'Asia/Seoul');
  const experiment = { ...table5([0]), createdAt: Date.UTC(2026, 10, 29, 23, 30) };
  expect(viewOf({ experiment, say: sayIn('en') }, []).caption).toContain('2026-11-30');
  vi.unstubAllEnvs();
});

// Regression: what too few seeds could not tell apart was taken for equal, so that the fewer there were, the more held.
test('a low rank is enough only if every seed shows it to be, and not if a higher one is clearly ahead', () => {
  const found = (low: readonly number[], high: readonly number[]) => {
    const cells = [0, 1, 2].flatMap((seed) =>
      [
        { targets: 'q', rank: 1, loss: 1.8 },
        { targets: 'q,v', rank: 1, loss: low[seed] ?? 0 },
        { targets: 'q,v', rank: 8, loss: high[seed] ?? 0 },
      ].map(({ targets, rank, loss }) => ({
        key: `${targets} r${rank} seed ${seed}`,
        values: { targets, rank, seed, baseLoss: 2, validationLoss: loss },
        timings: {},
      })),
    );
    const { options, ...rest } = table5([0, 1, 2]);
    const experiment = { ...rest, kind: 'table6' as const, options: { ...options, ranks: [1, 8] }, cells };
    return findingOf({ experiment, say: sayIn('en') }).verdict;
  };
  expect(found([1.01, 1.02, 1.01], [1, 1.01, 1.01])).toBe('holds');
  // A difference that is missed, since one seed is far off, is not a difference that is not there.
  expect(found([1, 1.4, 1.1], [1, 1.01, 1.01])).toBe('unclear');
  expect(found([1.3, 1.31, 1.32], [1, 1.01, 1.01])).toBe('not');
});

// Regression: while the second seed was being trained, or after a stop, the mean of two seeds at rank 1 was compared with
// that of one at rank 8: 74 %, where the only seed that both had gave 92 %, and all were said to be means over three seeds.
test('of ranks that are not trained with the same seeds yet, the shared seeds are compared', () => {
  const cells = [
    { targets: 'q', rank: 1, seed: 0, loss: 1.8 },
    { targets: 'q,v', rank: 1, seed: 0, loss: 1.06 },
    { targets: 'q,v', rank: 8, seed: 0, loss: 1 },
    { targets: 'q,v', rank: 1, seed: 1, loss: 1.5 },
  ].map(({ targets, rank, seed, loss }) => ({
    key: `${targets} r${rank} seed ${seed}`,
    values: { targets, rank, seed, baseLoss: 2, validationLoss: loss },
    timings: {},
  }));
  const { options, ...rest } = table5([0, 1]);
  const of = (some: typeof cells) => {
    const experiment = { ...rest, kind: 'table6' as const, options: { ...options, ranks: [1, 8] }, cells: some };
    return findingOf({ experiment, say: sayIn('en') });
  };
  expect(of(cells).because).toContain('rank 1 gives 94 % of all that rank 8 takes off');
  expect(of(cells).because).toContain('the best and the worst rank of a seed are 0.0600 apart on average. Seeds: 1;');
  expect(of(cells.slice(1)).verdict).toBe('open');
  const noteOf = (some: typeof cells) => of(some).tables[0]?.note;
  expect(noteOf(cells)).toContain('over 1–2 seeds');
  expect(noteOf(cells.slice(0, 3))).toContain('one seed');
});

test('a rank is compared with all weights only if training all weights learned anything', () => {
  const found = (loras: Record<number, number>, full: number) => {
    const seeds = [0, 1, 2];
    const ranks = Object.keys(loras).map(Number);
    const cells = [...ranks, 0].flatMap((rank) =>
      seeds.map((seed) => ({
        key: `r${rank} seed ${seed}`,
        values: { rank, seed, learningRate: 0.001, baseLoss: 2, validationLoss: (loras[rank] ?? full) + seed / 100 },
        timings: {},
      })),
    );
    const { options, ...rest } = table5(seeds);
    const experiment = { ...rest, kind: 'ranktofull' as const, options: { ...options, ranks }, cells };
    return findingOf({ experiment, say: sayIn('en') });
  };
  expect(found({ 1: 1.5, 64: 1.02 }, 1).verdict).toBe('holds');
  expect(found({ 1: 1.5, 64: 1.2 }, 1).verdict).toBe('partly');
  expect(found({ 1: 1.2, 64: 1.2 }, 1).verdict).toBe('not');
  expect(found({ 1: 1.5, 64: 1.2 }, 2.4)).toMatchObject({
    verdict: 'unclear',
    reading: expect.stringContaining('training all weights did not bring the loss clearly below'),
  });
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

// Regression: of a finished experiment it said that not enough had been measured yet, and nobody was told why.
test('a finished experiment on a single set of matrices says what it would take', () => {
  const begun = { ...table5([0, 1, 2]), options: { ...table5([0]).options, targetSets: [['q', 'v'] as Target[]] } };
  const alone = { ...begun, cells: begun.cells.filter(({ values }) => values.targets === 'q,v') };
  const told = (experiment: LabExperiment) => findingOf({ experiment, say: sayIn('en') });
  expect(told({ ...alone, state: 'running' })).toMatchObject({
    reading: 'Not enough has been measured yet.',
    short: '',
  });
  expect(told({ ...alone, state: 'finished' })).toMatchObject({
    ...{ verdict: 'open', short: 'nothing to compare' },
    reading: expect.stringContaining('that takes a set of one matrix and a set of several'),
  });
  expect(
    told({ ...alone, kind: 'table6', options: { ...alone.options, ranks: [8] }, state: 'finished' }),
  ).toMatchObject({
    reading: expect.stringContaining('that takes two ranks and two sets of matrices'),
  });
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

function table5(
  seeds: readonly number[],
  losses: Record<string, number> = { q: 1.2, 'q,v': 1 },
  lossOf = (targets: string, seed: number) => (losses[targets] ?? 0) + seed / 100,
): LabExperiment {
  const cells = Object.keys(losses).flatMap((targets) =>
    seeds.map((seed) => ({
      key: `${targets} seed ${seed}`,
      values: { targets, rank: 8, seed, parameters: 100, baseLoss: 2, validationLoss: lossOf(targets, seed) },
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
