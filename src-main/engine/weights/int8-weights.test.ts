import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { type MatrixRows, toInt8 } from './int8-weights.ts';

test('each output channel has its own scale, which maps its largest magnitude to 127', () => {
  const parts = toInt8('m', [rows([2, 3], Float32Array.of(0.5, -1, 0.25, 2.54, 0.02, -0.03))]);
  expect(Array.from(parts.get('m.int8_scales')?.data ?? [], (scale) => scale.toFixed(6))).toEqual([
    (1 / 127).toFixed(6),
    (2.54 / 127).toFixed(6),
  ]);
  // 0.5 · 127 = 63.5 is rounded up; 0.02 ÷ 0.02 = 1; −0.03 ÷ 0.02 = −1.5 is rounded up to −1.
  expect([...(parts.get('m.int8_transposed')?.data ?? [])]).toEqual([64, -127, 32, 127, 1, -1]);
  expect(parts.get('m.int8')).toMatchObject({ type: 'int8', dims: [3, 2] });
  expect([...(parts.get('m.int8')?.data ?? [])]).toEqual([64, 127, -127, 1, 32, -1]);
});

test('an output channel with only zero weights stays zero', () => {
  const parts = toInt8('m', [rows([1, 2], Float32Array.of(0, 0))]);
  expect([...(parts.get('m.int8')?.data ?? [])]).toEqual([0, 0]);
  expect([...(parts.get('m.int8_scales')?.data ?? [])]).toEqual([0]);
});

// Rows are rounded 256 at a time.
test.each([[[300, 20]], [[257, 3]]])('matrices of %j rows are stacked, and transposed alike', (all) => {
  const random = new Random(1);
  const matrices = all.map((count) =>
    rows(
      [count, 128],
      Float32Array.from({ length: 128 * count }, () => random.normal()),
    ),
  );
  const parts = toInt8('m', matrices);
  const out = all.reduce((sum, count) => sum + count, 0);
  const [columns, transposed] = ['m.int8', 'm.int8_transposed'].map((name) => parts.get(name)?.data);
  expect(parts.get('m.int8')?.dims).toEqual([128, out]);
  for (let row = 0; row < out; row++)
    for (let column = 0; column < 128; column++)
      if (columns?.[column * out + row] !== transposed?.[row * 128 + column])
        expect.fail(`row ${row}, column ${column}`);
});

function rows(dims: MatrixRows['dims'], numbers: Float32Array): MatrixRows {
  return { dims, rows: (from, to) => numbers.subarray(from * dims[1], to * dims[1]) };
}
