import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { ModelText } from '../base-models/model-text.ts';
import type { Engine } from '../engine/engine.ts';
import { scorePair, scoreRows } from './score.ts';

// Regression: the base was blamed for an adapter whose weights are far too large.
test.each([
  ['rivers', { name: 'rivers', path: '/a' }],
  ['small', null],
])('a NaN loss is attributed to “%s”', async (model, adapter) => {
  const engine = { score: async () => ({ logprobs: [[Number.NaN]] }) } as Partial<Engine> as Engine;
  const text = await ModelText.read(join(import.meta.dirname, '../../resources/starter-model'), [0]);
  // No other fields are read.
  const base = { name: 'small', path: '/m', contextLength: 64 } as BaseModel;
  const answerer = { adapter: adapter as Adapter | null, strength: 1, mix: [] };
  const parts = { engine, text, base, answerer, precision: 'auto' } as const;
  const pair = { context: 'the river', target: 'flows' };
  const { signal } = new AbortController();
  const failure = { code: 'MODEL_WITHOUT_NUMBERS', data: { model } };
  await expect(scorePair(pair, parts, signal)).rejects.toMatchObject(failure);
  await expect(scoreRows([pair], parts, signal)).rejects.toMatchObject(failure);
});
