import { expect, test } from 'vitest';
import type { LabExperiment } from '../../../src-contract/lab.ts';
import { sayIn } from '../words/say.ts';
import { oneBatchFinding } from './one-batch-finding.ts';

test('a mixed batch is judged against a single adapter and against merging', () => {
  expect(findingOf({ mixed: 95, single: 100, swap: 20 }).verdict).toBe('holds');
  expect(findingOf({ mixed: 50, single: 100, swap: 20 }).verdict).toBe('partly');
  expect(findingOf({ mixed: 15, single: 100, swap: 20 }).verdict).toBe('not');
});

// Regression: on a busy machine 3,390 tokens a second against 421 were “about as fast”.
test('a mixed batch that seems far faster than one adapter gives no verdict', () => {
  expect(findingOf({ mixed: 3390, single: 421, swap: 90 }).verdict).toBe('unclear');
  expect(findingOf({ mixed: 3390, single: 421, swap: 90 }).short).toBe('too noisy to tell');
});

// Regression: the verdict was the same however far the rounds were apart.
test('where the rounds are too far apart for one of them, there is no verdict', () => {
  expect(findingOf({ mixed: 95, single: 100, swap: 20 }, 0.3).verdict).toBe('unclear');
  expect(findingOf({ mixed: 95, single: 100, swap: 90 }, 0.1).verdict).toBe('unclear');
  // Results of earlier versions, and of too few rounds, have no interval.
  expect(findingOf({ mixed: 95, single: 100, swap: 20 }, Number.NaN).verdict).toBe('unclear');
});

// Regression: it said “63 % ± – of the time”, and that the computer should be idle.
test('too few rounds for an interval are told as that', () => {
  const finding = findingOf({ mixed: 95, single: 100, swap: 20 }, Number.NaN, 5);
  expect(finding.verdict).toBe('unclear');
  expect(finding.reading).toContain('measure at least six times');
  expect(finding.short).toBe('too few rounds to tell');
  expect(finding.because).toContain(
    'takes 105 % of the time of one adapter and 21 % of merge and swap, round by round',
  );
  expect(finding.because).toContain('without an interval');
});

function findingOf(speeds: Readonly<Record<'mixed' | 'single' | 'swap', number>>, margin = 0.02, trials = 15) {
  const timings = Object.fromEntries(
    Object.entries(speeds).flatMap(([name, speed]) => [
      [`${name} ms`, 1000 / speed],
      [`${name} spread`, 0.1],
      [`${name} tokensPerSecond`, speed],
      [`${name} ratio`, speed / speeds.mixed],
      [`${name} ratioInterval`, margin],
    ]),
  );
  const cells = [{ key: '8 × 16', values: { rows: 8, tokens: 16, adapters: 8, trials }, timings }];
  // Sound here: the finding reads no other field.
  return oneBatchFinding({ experiment: { cells } as unknown as LabExperiment, say: sayIn('en') });
}
