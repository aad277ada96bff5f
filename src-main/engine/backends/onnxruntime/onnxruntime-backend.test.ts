import { expect, test } from 'vitest';
import { input } from '../../graph/expression.ts';
import { add } from '../../graph/ops/add.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import { float32 } from '../../tensor.ts';
import { onnxruntimeBackend } from './onnxruntime-backend.ts';

test('constants are copied, the one that a kernel lays out anew and the one that is read as it is', async () => {
  const matrix = float32([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
  const bias = float32([3], Float32Array.of(0.5, 1, 2));
  const y = add(matmul(input('x', ['rows', 2]), input('matrix', [2, 3])), input('bias', [3]));
  const constants = new Map([
    ['matrix', matrix],
    ['bias', bias],
  ]);
  const executable = await onnxruntimeBackend({ threads: 1 }).compile({ y }, constants);
  expect([...executable.inputs]).toEqual(['x']);
  matrix.data.fill(0);
  bias.data.fill(0);
  const results = await executable.run(new Map([['x', float32([1, 2], Float32Array.of(10, 100))]]));
  expect([...results.y.data]).toEqual([410.5, 521, 632]);
  await executable.release();
});
