import { expect, test } from 'vitest';
import { answerOf, temporaryFolder } from './command-line.ts';

test('a bench tells what it measured, beside what, on which machine', { timeout: 180_000 }, async () => {
  const { name, cases, machine } = await answerOf(temporaryFolder(), [
    'bench',
    'switch',
    '--times',
    '8',
    '--many',
    '4',
  ]);
  expect({ name, machine }).toEqual({ name: 'switch', machine: expect.stringMatching(/, \d+ threads, \d+ GiB$/) });
  const figure = expect.any(Number);
  const ends = { ours: figure, low: figure, high: figure };
  expect(cases).toEqual([
    { case: 'switch of the adapter', unit: 'ms', ...ends, peer: null, ratio: null, n: 8 },
    { case: '4 adapters in turn, beside one', unit: 'tokens a second', ...ends, peer: figure, ratio: figure, n: 1 },
  ]);
  for (const { ours } of cases) expect(ours).toBeGreaterThan(0);
});
