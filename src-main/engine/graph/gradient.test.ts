import { expect, test } from 'vitest';
import { evaluate } from '../backends/reference/reference-backend.ts';
import { type Expression, input, topologicalOrder } from './expression.ts';
import { gradient } from './gradient.ts';
import { add } from './ops/add.ts';
import { concat } from './ops/concat.ts';
import { matmul } from './ops/matmul.ts';
import { multiply } from './ops/multiply.ts';
import { scale } from './ops/scale.ts';
import { slice } from './ops/slice.ts';

const a = input('a', [1]);
const b = input('b', [1]);
const one = input('one', [1]);

test('y = a · b + 3a has the gradients b + 3 for a and a for b', () => {
  const y = add(multiply(a, b), scale(a, 3));
  expect(valuesAt({ a: 2, b: 5 }, [y, ...gradient(y, one, [a, b])])).toEqual([16, 8, 2]);
});

test('the gradients of a value used twice are summed', () => {
  const square = multiply(a, a);
  const y = add(multiply(square, square), square);
  // y = a⁴ + a², so 4a³ + 2a
  expect(valuesAt({ a: 3 }, gradient(y, one, [a]))).toEqual([114]);
});

test('the cotangent weights the gradient', () => {
  const y = multiply(a, b);
  expect(valuesAt({ a: 2, b: 5 }, gradient(y, scale(one, -0.5), [a]))).toEqual([-2.5]);
});

test('gradients of adjacent slices are concatenated into that of their source', () => {
  const x = input('x', ['n', 4, 2]);
  const parts = [slice(x, 1, 0, 1), slice(x, 1, 1, 3), slice(x, 1, 3, 4)];
  const factors = [2, 3, 5];
  const y = concat(
    parts.map((part, i) => scale(part, factors[i] as number)),
    1,
  );
  const [byX] = gradient(y, input('cotangent', ['n', 4, 2]), [x]) as [Expression];
  expect(topologicalOrder([byX]).some(({ op }) => op === 'add' || op === 'pad')).toBe(false);
  const cotangent = { dims: [1, 4, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  const [value] = evaluate([byX], new Map([['cotangent', cotangent]]));
  expect([...(value?.data ?? [])]).toEqual([2, 4, 9, 12, 15, 18, 35, 40]);
});

test('a gradient of a gradient is the second derivative', () => {
  const y = multiply(multiply(a, a), a);
  const [first] = gradient(y, one, [a]) as [Expression];
  expect(valuesAt({ a: 2 }, [first, ...gradient(first, one, [a])])).toEqual([12, 12]);
});

test('no gradient of a frozen weight is built', () => {
  const x = input('x', ['n', 3]);
  const frozen = input('frozen', [4, 3]);
  const trained = input('trained', [4, 4]);
  const y = matmul(matmul(x, frozen, { transposeB: true }), trained, { transposeB: true });
  const [byTrained] = gradient(y, input('cotangent', ['n', 4]), [trained]) as [Expression];
  expect(byTrained.shape).toEqual([4, 4]);
  const forward = new Set(topologicalOrder([y]));
  const built = topologicalOrder([byTrained]).filter((node) => !forward.has(node) && node.op !== 'input');
  // One product, dWᵀ = dYᵀ X; and the backward pass goes no further down than the trained weight.
  expect(built.map((node) => [node.op, node.shape])).toEqual([['matmul', [4, 4]]]);
});

test('the gradient passes through a frozen weight with one product only', () => {
  const x = input('x', ['n', 3]);
  const trained = input('trained', [4, 3]);
  const frozen = input('frozen', [2, 4]);
  const y = matmul(matmul(x, trained, { transposeB: true }), frozen, { transposeB: true });
  const [byTrained] = gradient(y, input('cotangent', ['n', 2]), [trained]) as [Expression];
  const forward = new Set(topologicalOrder([y]));
  const built = topologicalOrder([byTrained]).filter((node) => !forward.has(node) && node.op !== 'input');
  expect(built.map((node) => node.shape)).toEqual([
    ['n', 4],
    [4, 3],
  ]);
});

test('differentiating with respect to an input that the output does not depend on throws', () => {
  expect(() => gradient(a, one, [b])).toThrow('does not depend');
});

test('a cotangent of another shape throws', () => {
  expect(() => gradient(a, input('two', [2]), [a])).toThrow('cotangent [2] of output [1]');
});

function valuesAt(point: Readonly<Record<string, number>>, outputs: readonly Expression[]): number[] {
  const feeds = new Map(
    Object.entries({ one: 1, ...point }).map(([name, value]) => [name, { dims: [1], data: Float64Array.of(value) }]),
  );
  return evaluate(outputs, feeds).map(({ data }) => data[0] as number);
}
