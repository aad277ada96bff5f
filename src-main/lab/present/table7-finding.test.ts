import { expect, test } from 'vitest';
import type { LabExperiment } from '../../../src-contract/lab.ts';
import { sayIn } from '../words/say.ts';
import { table7Finding } from './table7-finding.ts';

// Regression: directions that are W's own strong ones were said to have no more to do with W than random ones.
test.each([
  [{ byDelta: 0.32, factor: 21 }, 'holds', 'works in directions that W has but does not emphasise'],
  [{ byDelta: 0.32, factor: 1.5 }, 'partly', 'does not yet raise them'],
  [{ byDelta: 0.022, factor: 21 }, 'not', 'little more to do with W than random ones'],
  [{ byDelta: 18, factor: 1 }, 'not', 'works in the directions that W itself emphasises'],
])('%o gives the verdict “%s”', (found, verdict, words) => {
  const finding = table7Finding({ experiment: experiment(found), say: sayIn('en') });
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

function experiment({ byDelta, factor }: { byDelta: number; factor: number }): LabExperiment {
  const values = {
    target: 'q',
    layer: 0,
    rank: 4,
    byDelta,
    factor,
    byRandom: 0.02,
    byWeight: 21.67,
    deltaNorm: 6.91,
    weightNorm: 61.95,
  };
  // Sound here: the finding reads no other field.
  return { kind: 'table7', cells: [{ key: 'r4 q layer 0', values, timings: {} }] } as unknown as LabExperiment;
}
