import { expect, test } from 'vitest';
import { mergedSize } from './merged-size.ts';

// SmolLM2-135M, whose matrices are Q4_1: files of 270.9 and 144.8 MB were written, 1.8 MB of each the vocabulary.
test('the size told for a merged file is that of its weights, in whole bits a weight', () => {
  const smol = { parameters: 134_515_008, dtype: 'Q4_1' };
  expect(mergedSize(smol, 'same')).toEqual({ bits: 16, sizeBytes: 269_030_016 });
  expect(mergedSize(smol, 'Q8_0')).toEqual({ bits: 8, sizeBytes: 142_922_196 });
  expect(mergedSize({ ...smol, dtype: 'F32' }, 'same')).toEqual({ bits: 32, sizeBytes: 538_060_032 });
});
