import { expect, test } from 'vitest';
import type { LabExperiment, LabFacts } from '../../../src-contract/lab.ts';
import { sayIn } from '../words/say.ts';
import { table7Finding } from './table7-finding.ts';
import { findingOf } from './view.ts';

// Regression: directions that are W's own strong ones were said to have no more to do with W than random ones.
test.each([
  [{ byDelta: 0.32, factor: 21 }, 'holds', 'works in directions that W has but does not emphasise'],
  [{ byDelta: 0.32, factor: 1.5 }, 'partly', 'adds less than twice of what W has there'],
  [{ byDelta: 0.022, factor: 21 }, 'not', 'less than half as much again in the adapter’s directions as in random ones'],
  [{ byDelta: 18, factor: 1 }, 'not', 'works in the directions that W itself emphasises'],
])('%o gives the verdict “%s”', (found, verdict, words) => {
  const finding = table7Finding({ experiment: experiment(found, found, found), say: sayIn('en') });
  expect(finding.verdict).toBe(verdict);
  expect(finding.reading).toContain(words);
});

test('the paper’s numbers are shown as printed', () => {
  const paper = table7Finding({ experiment: experiment({ byDelta: 1, factor: 1 }), say: sayIn('en') }).tables[1];
  expect(paper?.rows.map((row) => row.map(({ text }) => text))).toEqual([
    ['4', '0.32', '0.02', '21.67', '6.91', '21.5'],
    ['64', '1.90', '0.33', '37.71', '3.57', '1.9'],
  ]);
});

// Regression: one matrix, or matrices that disagree, made a verdict on the model.
test('the median is not enough where the matrices disagree or are too few', () => {
  const matrices = [0.32, 0.32, 0.32, 0.001, 0.0005].map((byDelta) => ({ byDelta, factor: 21 }));
  expect(table7Finding({ experiment: experiment(...matrices), say: sayIn('en') }).verdict).toBe('unclear');
  expect(table7Finding({ experiment: experiment(...matrices.slice(0, 2)), say: sayIn('en') }).verdict).toBe('unclear');
});

// Regression: an adapter that had learned nothing had “little more to do with W than random directions”.
test.each([
  ['trained here', { validationLoss: 1.99 }, {}, 'the adapter did not learn, '],
  ['from a run', { adapter: { name: 'dull', sha256: '', baseLoss: 2, loss: 2.1 } }, {}, 'the adapter did not learn, '],
  ['of no update', {}, { deltaNorm: 0, byDelta: 0, factor: null }, 'the adapter adds next to nothing to W'],
  ['of next to no update', {}, { deltaNorm: 0.001 }, 'the adapter adds next to nothing to W'],
])('no conclusion is drawn from an adapter %s that learned nothing', (_, about, values, words) => {
  const { adapter, validationLoss = 1.5 } = about as { adapter?: LabFacts['adapter']; validationLoss?: number };
  const { cells, ...rest } = experiment(...[0.32, 0.32, 0.32].map((byDelta) => ({ byDelta, factor: 21 })));
  const trained = { key: 'trained r4 seed 0', values: { rank: 4, baseLoss: 2, validationLoss }, timings: {} };
  const matrices = cells.map((cell) => ({ ...cell, values: { ...cell.values, ...values } }));
  const options = { ...rest.options, ranks: [64, 4] };
  const facts = { ...rest.facts, adapter };
  const found = findingOf({ experiment: { ...rest, options, facts, cells: [trained, ...matrices] }, say: sayIn('en') });
  expect(found.verdict).toBe('unclear');
  expect(found.reading).toContain(words);
});

function experiment(...matrices: { byDelta: number; factor: number }[]): LabExperiment {
  const cells = matrices.map(({ byDelta, factor }, layer) => ({
    key: `r4 q layer ${layer}`,
    values: {
      ...{ target: 'q', layer, rank: 4, byDelta, factor, byRandom: 0.02 },
      ...{ byWeight: 21.67, deltaNorm: 6.91, weightNorm: 61.95 },
    },
    timings: {},
  }));
  // Sound here: the finding reads no other field.
  return { kind: 'table7', cells } as unknown as LabExperiment;
}
