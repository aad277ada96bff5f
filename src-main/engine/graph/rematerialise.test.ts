import { expect, test } from 'vitest';
import { evaluate } from '../backends/reference/reference-backend.ts';
import { type Expression, input, type NdArray, topologicalOrder } from './expression.ts';
import { gradient } from './gradient.ts';
import { matmul } from './ops/matmul.ts';
import { multiply } from './ops/multiply.ts';
import { sigmoid } from './ops/sigmoid.ts';
import { peakMemory } from './peak-memory.ts';
import { rematerialise } from './rematerialise.ts';

// A chain of gated layers x ← (x ∘ sigmoid(x)) W, differentiated with respect to each W.
const [rows, width, layers] = [64, 8, 6];
const weights = Array.from({ length: layers }, (_, i) => input(`w${i}`, [width, width]));
const cotangent = input('cotangent', ['rows', width]);
const states = [input('x', ['rows', width]) as Expression];
for (const weight of weights) {
  const x = states.at(-1) as Expression;
  states.push(matmul(multiply(x, sigmoid(x)), weight));
}
const differentiated = states.at(-1) as Expression;
const kept = gradient(differentiated, cotangent, weights);

const feeds = new Map<string, NdArray>(
  [...weights, cotangent, states[0] as Expression].map((each, i) => {
    const dims = each.shape.map((dim) => (dim === 'rows' ? rows : Number(dim)));
    const data = Float64Array.from({ length: (dims[0] as number) * width }, (_, k) => Math.sin((k + 1) * (i + 2)));
    return [(each as Expression<'input'>).attributes.name, { dims, data }];
  }),
);
const sizes = new Map([['rows', rows]]);

test.each([
  ['cheap operations', ({ op }: Expression) => op === 'matmul'],
  ['all but every third state', (node: Expression) => states.indexOf(node) % 3 === 0 && states.includes(node)],
])('recomputing %s changes no number and lowers the peak memory', (_name, isKept) => {
  const again = rematerialise(kept, { differentiated, cotangent }, isKept);
  evaluate(again, feeds).forEach((values, i) => {
    expect(values.data).toEqual(evaluate([kept[i] as Expression], feeds)[0]?.data);
  });
  // From the last layer to the first, as gradients arrive.
  expect(peakMemory(again.toReversed(), sizes)).toBeLessThan(0.8 * peakMemory(kept.toReversed(), sizes));
});

test('values that the backward pass does not read are not recomputed', () => {
  const again = rematerialise(kept, { differentiated, cotangent }, ({ op }) => op === 'matmul');
  const products = topologicalOrder(again).filter(({ op }) => op === 'matmul');
  expect(products).toHaveLength(topologicalOrder(kept).filter(({ op }) => op === 'matmul').length);
});
