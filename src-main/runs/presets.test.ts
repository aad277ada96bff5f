import { expect, test } from 'vitest';
import { type Occasion, resolveOptions } from './presets.ts';

const large: Occasion = {
  ...{ trainRows: 800, parameters: 135e6, contextLength: 2048 },
  targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'],
};
const small: Occasion = { ...large, parameters: 6e6, contextLength: 512 };

test('the default preset is balanced', () => {
  expect(resolveOptions({}, large)).toEqual(resolveOptions({ preset: 'balanced' }, large));
});

test('a quick run adapts the attention of a large model in one epoch', () => {
  expect(resolveOptions({ preset: 'quick' }, large)).toMatchObject({
    ...{ rank: 8, alpha: 16, targets: ['q', 'k', 'v', 'o'], epochs: 1, maxSteps: 100, batchSize: 8 },
    ...{ maxLength: 512, warmupSteps: 6 },
  });
});

test('the larger the model, the lower the learning rate, down to the paper’s, but for the smallest', () => {
  const rates = [6e6, 135e6, 500e6, 1.2e9, 7e9].map(
    (parameters) => resolveOptions({}, { ...large, parameters }).learningRate,
  );
  expect(rates).toEqual([1e-3, 2e-3, 5e-4, 5e-4, 2e-4]);
});

test('a small model has all its matrices adapted', () => {
  const options = resolveOptions({ preset: 'quick' }, small);
  expect(options.targets).toEqual(['q', 'k', 'v', 'o', 'gate', 'up', 'down']);
  expect(options).toMatchObject({ rank: 16, alpha: 32, learningRate: 1e-3, maxLength: 512 });
});

test('few rows are repeated until there are enough steps', () => {
  // 40 rows in batches of 4 make 10 steps; 100 steps are wanted.
  expect(resolveOptions({}, { ...large, trainRows: 40 })).toMatchObject({ batchSize: 4, epochs: 10 });
});

test('options that were set are kept, and the rest are derived from them', () => {
  expect(resolveOptions({ options: { rank: 4, epochs: 2, seed: 7 } }, large)).toMatchObject({
    ...{ rank: 4, alpha: 8, epochs: 2, maxSteps: null, seed: 7, warmupSteps: 12 },
  });
  expect(resolveOptions({ options: { alpha: 5, shuffle: false } }, large)).toMatchObject({ alpha: 5, shuffle: false });
});

test('if only maxSteps is set, there are enough epochs to reach it', () => {
  const { epochs, maxSteps, batchSize } = resolveOptions({ options: { maxSteps: 900 } }, large);
  expect(maxSteps).toBe(900);
  expect((epochs * 800) / batchSize).toBeGreaterThanOrEqual(900);
});
