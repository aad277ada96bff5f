import { expect, test } from 'vitest';
import { adamwUpdate, clipScale, globalNorm, type Moments } from './adamw.ts';

test('two steps match a calculation by hand', () => {
  const weights = Float32Array.of(1);
  const moments = zeros(1);
  const step = (gradient: number, n: number) =>
    adamwUpdate(weights, Float32Array.of(gradient), moments, {
      learningRate: 0.1,
      weightDecay: 0.01,
      step: n,
      gradientScale: 1,
    });
  step(0.5, 1);
  // m = 0.05, v = 0.00025; corrected 0.5 and 0.25, so the weight moves by 0.1 · 0.5 / √0.25 = 0.1 after losing 0.1 %.
  expect(weights[0]).toBeCloseTo(0.899, 6);
  expect(moments.first[0]).toBeCloseTo(0.05, 7);
  expect(moments.second[0]).toBeCloseTo(0.00025, 9);
  step(-0.5, 2);
  // m = −0.005, corrected by 1 − 0.81: −0.0263158; v corrected: 0.25. 0.899 · 0.999 + 0.1 · 0.0263158 / 0.5
  expect(weights[0]).toBeCloseTo(0.90336416, 6);
});

test('the first step moves by the learning rate, whatever the size of the gradient', () => {
  for (const gradient of [1e-3, 1, 1e3]) {
    const weights = Float32Array.of(0);
    adamwUpdate(weights, Float32Array.of(gradient), zeros(1), {
      learningRate: 0.1,
      weightDecay: 0,
      step: 1,
      gradientScale: 1,
    });
    expect(weights[0]).toBeCloseTo(-0.1, 5);
  }
});

test('weight decay shrinks the weight and leaves the moments alone', () => {
  const weights = Float32Array.of(2);
  const moments = zeros(1);
  adamwUpdate(weights, Float32Array.of(0), moments, { learningRate: 0.1, weightDecay: 0.5, step: 1, gradientScale: 1 });
  expect(weights[0]).toBeCloseTo(2 * (1 - 0.1 * 0.5), 6);
  expect(moments).toEqual(zeros(1));
});

test('a gradient scaled down has the effect of a smaller one', () => {
  const [clipped, small] = [zeros(1), zeros(1)];
  const settings = { learningRate: 0.1, weightDecay: 0, step: 1 };
  adamwUpdate(Float32Array.of(1), Float32Array.of(8), clipped, { ...settings, gradientScale: 0.25 });
  adamwUpdate(Float32Array.of(1), Float32Array.of(2), small, { ...settings, gradientScale: 1 });
  expect(clipped).toEqual(small);
});

test('the norm is over all tensors together', () => {
  expect(globalNorm([Float32Array.of(3, 0), Float32Array.of(4)])).toBe(5);
  expect(globalNorm([Float32Array.of(3e30), Float32Array.of(4e30)])).toBeCloseTo(5e30, -25);
  expect(globalNorm([Float32Array.of(Number.NaN)])).toBeNaN();
});

test('clipping scales down only gradients above the limit', () => {
  expect(clipScale(2, 1)).toBeCloseTo(0.5, 6);
  expect(clipScale(0.5, 1)).toBe(1);
  expect(clipScale(100, 0)).toBe(1);
});

function zeros(size: number): Moments {
  return { first: new Float32Array(size), second: new Float32Array(size) };
}
