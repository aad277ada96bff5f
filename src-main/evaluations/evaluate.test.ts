import { expect, test } from 'vitest';
import type { Example } from '../../src-contract/dataset.ts';
import type { BaseText } from '../base-models/base-text.ts';
import { type EvaluationJob, type EvaluationParts, evaluate } from './evaluate.ts';

// Regression: all targets were counted first, and a stop waited for that.
test('an evaluation stopped while its targets are counted ends there', async () => {
  const stopping = new AbortController();
  let counted = 0;
  const text = {
    targetIds: () => {
      if (++counted === 30) stopping.abort();
      return [1];
    },
  };
  const row = { id: 'a', context: 'b', target: 'c' };
  // Sound here: no other field is read before the first answer.
  const job = {
    ...{ base: { contextLength: 64 }, adapters: [], measured: [] },
    rows: Array.from({ length: 1000 }, () => row as Example),
  } as unknown as EvaluationJob;
  const began = () => expect.unreachable('it went on');
  const parts = { text: text as unknown as BaseText, began } as unknown as EvaluationParts;
  expect(await Array.fromAsync(evaluate(job, parts, stopping.signal))).toEqual([]);
  expect(counted).toBe(30);
});
