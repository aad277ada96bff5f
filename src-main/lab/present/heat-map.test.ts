import { expect, test } from 'vitest';
import { heatMaps } from './heat-map.ts';

const words = { described: 'shared', i: 'i', j: 'j', none: 'none', all: 'all' };

/** The rightmost end of all lines and cells in the picture. */
function rightmost(svg: string): number {
  const points = [...svg.matchAll(/[ML ]?(\d+(?:\.\d+)?)[, ](\d+(?:\.\d+)?)(?=[ L"Z])/g)].map(([, x]) => Number(x));
  return Math.max(...points);
}

// Regression: the frame of the corner was eight columns wide even if there were two, and ran out of the picture.
test('a map no wider than the corner has no corner beside it', () => {
  const { svg } = heatMaps([{ name: 'q', values: [[0.1, 0.2]] }], words, 8);
  const width = Number(/viewBox="0 0 (\d+(?:\.\d+)?)/.exec(svg)?.[1]);
  expect(svg).not.toContain('i ≤ j ≤ 8');
  expect(width).toBeGreaterThan(0);
  expect(rightmost(svg.replace(/viewBox="[^"]*"/, ''))).toBeLessThanOrEqual(width);
});

test('the labels of a one-row map do not overlap', () => {
  const { placed } = heatMaps([{ name: 'q', values: [[0.1, 0.2]] }], words, 8);
  expect(placed[0]?.cellHeight).toBeGreaterThanOrEqual(28);
});

test('a wide map has its corner beside it', () => {
  const row = Array.from({ length: 64 }, () => 0.5);
  expect(heatMaps([{ name: 'q', values: [row, row] }], words, 8).svg).toContain('i ≤ j ≤ 8');
});

// Regression: with two rows the corner had two columns, with the label for eight far below it.
test('the corner of a map with few rows has all its columns, and its label right below', () => {
  const row = Array.from({ length: 16 }, () => 0.5);
  const { svg } = heatMaps([{ name: 'q', values: [row, row] }], words, 8);
  expect(svg.match(/width="13.5"/g)).toHaveLength(8 + 7);
  const [map] = heatMaps([{ name: 'q', values: [row, row] }], words, 8).placed;
  const label = Number(/y="([\d.]+)"[^>]*>i ≤ j ≤ 8/.exec(svg)?.[1]);
  expect(label).toBe((map?.y ?? 0) + 2 * 14 + 16);
});
