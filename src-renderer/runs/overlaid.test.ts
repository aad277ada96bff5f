import { expect, test } from 'vitest';
import { overlaid } from './overlaid.ts';
import { RunCurve } from './run-curve.ts';

function curve(...validations: readonly [step: number, loss: number][]): RunCurve {
  const made = new RunCurve();
  for (const [step, loss] of validations) made.push({ kind: 'validation', step, loss, best: false });
  return made;
}

test('runs measured at different steps share one axis, with gaps where they have no measurement', () => {
  const [steps, , , own, , theirs] = overlaid(curve([0, 3], [10, 2]), [curve([0, 3], [5, 1])]);
  expect(steps).toEqual([0, 5, 10]);
  expect(own).toEqual([3, null, 2]);
  expect(theirs).toEqual([3, 1, null]);
});

test('a single run keeps its own columns', () => {
  expect(overlaid(curve([0, 3]), [])).toHaveLength(4);
});
