import { expect, test } from 'vitest';
import type { EvaluationRow } from '../../src-contract/evaluation.ts';
import { compareResults } from './compare-results.ts';

const answer = (exactMatch: number, nats: number) => ({
  ...{ text: '', score: exactMatch, marks: { exactMatch, words: 9 } },
  target: { nats, tokens: 2 },
});
const rows: EvaluationRow[] = Array.from({ length: 24 }, (_, i) => ({
  ...{ exampleId: `r${i}`, context: '', target: '' },
  answers: [answer(0, 8), answer(i < 18 ? 1 : 0, 4), answer(1, 4)],
}));

test('adapters are compared with the base by every ranking metric, with each other by the main one', async () => {
  const comparisons = await compareResults(rows, 'exactMatch');
  expect(comparisons.map(({ metric, of, against }) => [metric, of, against])).toEqual([
    ['exactMatch', 1, 0],
    ['loss', 1, 0],
    ['exactMatch', 2, 0],
    ['loss', 2, 0],
    ['exactMatch', 2, 1],
  ]);
  expect(comparisons[0]).toMatchObject({ difference: 0.75, better: 18, worse: 0, same: 6, sure: true });
  expect(comparisons[4]).toMatchObject({ difference: 0.25, better: 6, worse: 0, same: 18, sure: true });
});

test('a lower loss is better: nats per token over all rows', async () => {
  expect((await compareResults(rows, 'exactMatch'))[1]).toMatchObject({
    difference: -2,
    better: 24,
    worse: 0,
    sure: true,
  });
});
