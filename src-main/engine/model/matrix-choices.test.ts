import { expect, test, vi } from 'vitest';
import { onnxruntimeBackend } from '../backends/onnxruntime/onnxruntime-backend.ts';
import { answeringMatrices, kernelsPrefill } from './matrix-choices.ts';

const v8 = vi.hoisted(() => ({ makesWideVectors: true }));
vi.mock('../backends/wasm/wide-vectors.ts', () => ({ makesWideVectors: () => v8.makesWideVectors }));

const backend = onnxruntimeBackend({ threads: 1 });

test('where single-row integer products are slow, a base too large for the kernels uses blocks', async () => {
  const answersBy = (use: 'all' | 'reading', bytesOfKernels: number) =>
    answeringMatrices('int8', bytesOfKernels, { ...backend, integersFor: async () => use });
  expect(await answersBy('reading', 0.5e9)).toBe('integers');
  expect(await answersBy('reading', 3.8e9)).toBe('blocks');
  expect(await answersBy('all', 3.8e9)).toBe('integers');
});

test('where memory is scarce, or a base is rounded to four bits, the kernels hold the only matrices', async () => {
  v8.makesWideVectors = true;
  const on = { ...backend, integersFor: async () => 'reading' as const };
  const prefill = (precision: 'int8' | 'int4', numbers: number, memoryBytes = 8e9) =>
    kernelsPrefill({ precision, answersBy: precision === 'int8' ? 'integers' : 'blocks', numbers }, on, memoryBytes);
  expect(await prefill('int8', 0.6e9)).toBe(false);
  expect(await prefill('int8', 1.2e9)).toBe(true);
  expect(await prefill('int8', 1.2e9, 32e9)).toBe(false);
  expect(await prefill('int8', 2.8e9, 32e9)).toBe(true);
  expect(await prefill('int4', 1e6)).toBe(true);
  v8.makesWideVectors = false;
  expect(await prefill('int8', 1.2e9)).toBe(false);
});
