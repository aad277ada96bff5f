import { expect, test } from 'vitest';
import { LoadingProgress } from './loading-progress.ts';

const large = 100e6;

test('progress is reported only while something waits for the base', async () => {
  const loading = new LoadingProgress();
  const unawaited = loading.reading(large);
  unawaited(large / 4);
  expect(loading.share).toBeUndefined();
  await loading.during(async () => {
    expect(loading.share).toBeUndefined();
    const read = loading.reading(large);
    unawaited(large / 4);
    expect(loading.share).toBe(0);
    read(large / 2);
    const half = loading.share as number;
    expect(half).toBeGreaterThan(0.2);
    read(large / 2);
    expect(loading.share).toBeCloseTo(2 * half);
    expect(loading.share).toBeLessThan(1);
  });
  expect(loading.share).toBeUndefined();
});

test('a small base reports no progress', async () => {
  const loading = new LoadingProgress();
  await loading.during(async () => {
    loading.reading(5e6);
    expect(loading.share).toBeUndefined();
  });
});

test('a load that fails ends its progress', async () => {
  const loading = new LoadingProgress();
  const failing = loading.during(async () => {
    loading.reading(large);
    throw new Error('the file ends here');
  });
  await expect(failing).rejects.toThrow('the file ends here');
  expect(loading.share).toBeUndefined();
});
