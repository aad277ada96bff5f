import { expect, test } from 'vitest';
import type { LabExperiment } from '../../../src-contract/lab.ts';
import { sayIn } from '../words/say.ts';
import { table1Finding } from './table1-finding.ts';

const measured = (merged: number, margin: number, trials = 15) =>
  table1Finding({ experiment: experiment(merged, margin, trials), say: sayIn('en') });

test('on a quiet machine, merged LoRA is either as fast as the base or not', () => {
  expect(measured(1.004, 0.008).verdict).toBe('holds');
  expect(measured(1.06, 0.01).verdict).toBe('not');
});

// On a busy machine, all variants took a quarter longer than the base, give or take a fifth.
test('a difference measured on a busy machine gives no verdict', () => {
  expect(measured(1.25, 0.19).verdict).toBe('unclear');
  expect(measured(1.0, 0.05).verdict).toBe('unclear');
  // Regression: the card still claimed “merged +25 %”.
  expect(measured(1.25, 0.19).short).toBe('too noisy to tell');
  expect(measured(1.06, 0.01).short).toMatch(/^merged \+6/);
});

// Regression: 1.9 ± 3 % was “takes no time”, although it may be five per cent.
test('merged LoRA is as fast as the base only if its whole interval is within three per cent', () => {
  expect(measured(1.019, 0.01).verdict).toBe('holds');
  expect(measured(1.019, 0.03).verdict).toBe('unclear');
  // Faster than the same graph can only be noise.
  expect(measured(0.94, 0.01).verdict).toBe('unclear');
  // Too few rounds have no interval.
  expect(measured(1.0, Number.NaN).verdict).toBe('unclear');
});

// Regression: it said “+0.0 % ± –”.
test('too few rounds for an interval are told as that', () => {
  const finding = measured(1.01, Number.NaN, 5);
  expect(finding.reading).toContain('measure at least six times');
  expect(finding.because).toContain('merged +1.0 %, LoRA beside W +10.0 %');
  expect(JSON.stringify([finding.tables[0], finding.pictures])).not.toContain('± –');
});

test('the table gives the width of the adapter layers, of which Adapter-H has two', () => {
  const names = measured(1, 0.01).tables[0]?.rows.map(([name]) => name?.text);
  expect(names).toEqual([
    'base',
    'LoRA, merged, r 4',
    'LoRA, beside W, r 4',
    'Adapter-L, width 16',
    'Adapter-H, width 2 × 8',
  ]);
});

function experiment(merged: number, margin: number, trials: number): LabExperiment {
  const ratios = { base: 1, merged, unmerged: 1.1, 'adapter-l': 1.2, 'adapter-h': 1.3 };
  const timings = Object.fromEntries(
    Object.entries(ratios).flatMap(([name, ratio]) => [
      [`${name} ms`, 10 * ratio],
      [`${name} spread`, 0.1],
      [`${name} difference`, 10 * (ratio - 1)],
      [`${name} ratio`, ratio],
      [`${name} ratioInterval`, margin],
    ]),
  );
  const values = { rows: 1, tokens: 16, bottleneck: 16, rank: 4, trials };
  // Sound here: the finding reads no other field.
  return {
    options: { bottlenecks: [16], passes: [{ rows: 1, tokens: 16 }], ranks: [4] },
    cells: [{ key: '1 × 16, width 16', values, timings }],
  } as unknown as LabExperiment;
}
