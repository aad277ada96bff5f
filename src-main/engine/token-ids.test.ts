import { expect, test } from 'vitest';
import { checkTokenIds } from './token-ids.ts';

const model = { contextLength: 4, vocabulary: 10 };

test('accepts ids from 0 to the last of the vocabulary, up to the context length', () => {
  expect(() => checkTokenIds([0, 9, 9, 0], model)).not.toThrow();
  expect(() => checkTokenIds(Int32Array.of(), model)).not.toThrow();
});

test('a text that is too long is refused with its length', () => {
  expect(() => checkTokenIds([1, 2, 3, 4, 5], model)).toThrow(
    expect.objectContaining({ code: 'CONTEXT_TOO_LONG', data: { tokens: 5, limit: 4 } }),
  );
});

test.each([10, -1, 1.5, Number.NaN])('the id %d is refused', (id) => {
  expect(() => checkTokenIds([1, id], model)).toThrow(
    expect.objectContaining({ code: 'MODEL_FILE_INVALID', data: expect.objectContaining({ file: 'tokenizer.json' }) }),
  );
});
