import { expect, test } from 'vitest';
import { besideCurves, curvePlaces, freeOf, tickLabels } from './loss-chart.ts';

test('unlabelled ticks of a logarithmic axis stay unlabelled', () => {
  // Each of them used to get a “0”, all on top of one another.
  const labels = tickLabels([0.039_773_62, 0.1, null, 1, 10], written, { even: false });
  expect(labels).toEqual(['0.04', '0.1', '', '1.0', '10.0']);
});

test('all tick labels of a linear axis have the decimals that the finest needs', () => {
  // 1, 1.25, 1.5 and 1.75 used to be “1.0”, “1.3”, “1.5” and “1.8”.
  expect(tickLabels([0, 0.25, 1.5], written, { even: true })).toEqual(['0.00', '0.25', '1.50']);
  expect(tickLabels([0, 0.2, 0.1 + 0.2], written, { even: true })).toEqual(['0.0', '0.2', '0.3']);
  expect(tickLabels([0, 2, 4], written, { even: true })).toEqual(['0.0', '2.0', '4.0']);
});

test('a label moves to its next position when its first is taken, unless all are', () => {
  expect(freeOf([undefined, 50], [100, 122], 14)).toBe(100);
  expect(freeOf([95, 50], [100, 122], 14)).toBe(122);
  expect(freeOf([95, 125], [100, 122], 14)).toBe(100);
});

test('labels at the end of the curves go on both sides of them, or below where the base’s line is in the way', () => {
  const foot = 300;
  expect(besideCurves({ train: 100, validation: 104, base: undefined, foot }, 1)).toEqual([84, 122]);
  expect(besideCurves({ train: 104, validation: 100, base: 60, foot }, 1)).toEqual([122, 84]);
  expect(besideCurves({ train: 104, validation: 100, base: 80, foot }, 1)).toEqual([140, 122]);
});

// Kept inside the chart, the words of the training covered the last points of the validation.
test('labels of curves that end just above the foot of the chart both go above them', () => {
  expect(besideCurves({ train: 300, validation: 287, base: 50, foot: 294 }, 1)).toEqual([271, 253]);
  expect(besideCurves({ train: 287, validation: 300, base: 50, foot: 294 }, 1)).toEqual([253, 271]);
  expect(besideCurves({ train: 300, validation: 200, base: 50, foot: 294 }, 1)).toEqual([318, 184]);
});

// Moved off the base's line, the words of the training covered those of the validation.
test('the labels of both curves keep apart, even when the base’s line moves one', () => {
  expect(curvePlaces(100, 104, undefined, 1)).toEqual([93, 111]);
  expect(curvePlaces(100, 104, 90, 1)).toEqual([106.8, 124.8]);
  expect(curvePlaces(104, 60, 100, 1)).toEqual([116.8, 60]);
  // The first measurement is the base's own: its words were struck through.
  expect(curvePlaces(undefined, 104, 100, 1)).toEqual([undefined, 116.8]);
  expect(curvePlaces(130, 104, 100, 1)).toEqual([134.8, 116.8]);
});

function written(loss: number, decimals: number): string {
  return loss.toFixed(decimals);
}
