import { expect, test } from 'vitest';
import { runsThrough } from './runs-through.ts';

/** Falls from the left to a lowest point, then stays flat. */
const curve = [
  [0, 0],
  [100, 100],
  [200, 100],
] as const;

// The label of the best point was above it, where the curve comes down to it.
test('a curve that falls to its lowest point runs through a label above that point', () => {
  expect(runsThrough(curve, { left: 60, right: 140, top: 75, bottom: 90 })).toBe(true);
});

test('a curve leaves room below its lowest point and above its flat part', () => {
  expect(runsThrough(curve, { left: 60, right: 140, top: 105, bottom: 120 })).toBe(false);
  expect(runsThrough(curve, { left: 110, right: 190, top: 75, bottom: 90 })).toBe(false);
});
