import { describe, expect, test } from 'vitest';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { evaluate } from '../../src-main/engine/backends/reference/reference-backend.ts';
import { type Expression, input, type NdArray, type OpName } from '../../src-main/engine/graph/expression.ts';
import { gradient } from '../../src-main/engine/graph/gradient.ts';
import { opTable } from '../../src-main/engine/graph/op-table.ts';
import { add } from '../../src-main/engine/graph/ops/add.ts';
import { after } from '../../src-main/engine/graph/ops/after.ts';
import { attend } from '../../src-main/engine/graph/ops/attend.ts';
import { expand, sumTo } from '../../src-main/engine/graph/ops/broadcast.ts';
import { concat } from '../../src-main/engine/graph/ops/concat.ts';
import { gather, scatterAdd } from '../../src-main/engine/graph/ops/gather.ts';
import { ifAny } from '../../src-main/engine/graph/ops/if-any.ts';
import { inverseRms, layerNorm } from '../../src-main/engine/graph/ops/inverse-rms.ts';
import { matmul } from '../../src-main/engine/graph/ops/matmul.ts';
import { matmulBlocks } from '../../src-main/engine/graph/ops/matmul-blocks.ts';
import { matmulInt4 } from '../../src-main/engine/graph/ops/matmul-int4.ts';
import { matmulInt8 } from '../../src-main/engine/graph/ops/matmul-int8.ts';
import { multiply } from '../../src-main/engine/graph/ops/multiply.ts';
import { pick, spread } from '../../src-main/engine/graph/ops/pick.ts';
import { relu, step } from '../../src-main/engine/graph/ops/relu.ts';
import { reshape } from '../../src-main/engine/graph/ops/reshape.ts';
import { rotate } from '../../src-main/engine/graph/ops/rotate.ts';
import { scale } from '../../src-main/engine/graph/ops/scale.ts';
import { scoresInt8 } from '../../src-main/engine/graph/ops/scores-int8.ts';
import { gelu, sigmoid } from '../../src-main/engine/graph/ops/sigmoid.ts';
import { silu } from '../../src-main/engine/graph/ops/silu.ts';
import { pad, slice } from '../../src-main/engine/graph/ops/slice.ts';
import { exp, logSoftmax, softmax } from '../../src-main/engine/graph/ops/softmax.ts';
import { subtract } from '../../src-main/engine/graph/ops/subtract.ts';
import { transpose } from '../../src-main/engine/graph/ops/transpose.ts';
import type { Tensor } from '../../src-main/engine/tensor.ts';
import { backends } from '../fixtures/backends.ts';

interface Case {
  readonly op: OpName;
  readonly name: string;
  /** Sizes of the differentiable operands a, b, c; a name in a shape stands for the size given here. */
  readonly operands: readonly (readonly number[])[];
  readonly build: (...operands: Expression[]) => Expression;
  /** If onnxruntime rounds on purpose. */
  readonly tolerance?: number;
  /** For answers only: there is no gradient. */
  readonly isFrozen?: boolean;
}

const index = input('index', ['n'], 'int32');
const indexValues = [2, 0, 2];
const x = [3, 4];
const int8Matrix = {
  integers: input('integers', [4, 5], 'int8'),
  transposed: input('transposed', [5, 4], 'int8'),
  scales: input('scales', [5]),
};
const scales = Float64Array.of(0.01, 0.004, 0.008, 0.002, 0.006);
const integers = { dims: [4, 5], data: Float64Array.from({ length: 20 }, (_, i) => ((i * 37) % 255) - 127) };

const cases: readonly Case[] = [
  { op: 'after', name: 'of what is made of it', operands: [x], build: (a) => after(a, scale(a, 2)) },
  { op: 'add', name: 'of equal shapes', operands: [x, x], build: (a, b) => add(a, b) },
  {
    op: 'add',
    name: 'with broadcasting',
    operands: [
      [2, 3, 4],
      [3, 1],
    ],
    build: (a, b) => add(a, b),
  },
  {
    op: 'subtract',
    name: 'with broadcasting',
    operands: [
      [2, 3, 4],
      [3, 1],
    ],
    build: (a, b) => subtract(a, b),
  },
  { op: 'multiply', name: 'of equal shapes', operands: [x, x], build: (a, b) => multiply(a, b) },
  {
    op: 'multiply',
    name: 'with broadcasting',
    operands: [
      [1, 4],
      [2, 3, 1],
    ],
    build: (a, b) => multiply(a, b),
  },
  { op: 'multiply', name: 'of a value with itself', operands: [x], build: (a) => multiply(a, a) },
  { op: 'scale', name: 'by a constant', operands: [x], build: (a) => scale(a, -2.5) },
  { op: 'sumTo', name: 'over kept and vanishing axes', operands: [[2, 3, 4]], build: (a) => sumTo(a, [3, 1]) },
  { op: 'expand', name: 'of a column', operands: [[3, 1]], build: (a) => expand(a, [2, 3, 4]) },
  ...[false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({
      op: 'matmul' as const,
      name: `transposeA ${transposeA}, transposeB ${transposeB}`,
      operands: [transposeA ? [2, 4, 3] : [2, 3, 4], transposeB ? [2, 5, 4] : [2, 4, 5]],
      build: (a: Expression, b: Expression) => matmul(a, b, { transposeA, transposeB }),
    })),
  ),
  {
    op: 'matmul',
    name: 'of many by one',
    operands: [
      [2, 3, 4],
      [5, 4],
    ],
    build: (a, b) => matmul(a, b, { transposeB: true }),
  },
  {
    op: 'matmul',
    name: 'with broadcast leading axes',
    operands: [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
    build: (a, b) => matmul(a, b),
  },
  // Each of these three is a single kernel of onnxruntime (fusions.ts).
  {
    op: 'matmul',
    name: 'added to something as wide',
    operands: [
      [3, 4],
      [5, 4],
      [3, 5],
    ],
    build: (a, b, c) => add(c, matmul(a, b, { transposeB: true, factor: 0.5 })),
  },
  {
    op: 'slice',
    name: 'into parts that leave nothing out',
    operands: [[3, 6]],
    build: (a) => concat([scale(slice(a, 1, 4, 6), 2), slice(a, 1, 0, 1), slice(a, 1, 1, 4)], 1),
  },
  {
    op: 'rotate',
    name: 'of neighbours in one matrix',
    operands: [[3, 20]],
    build: (a) => {
      const angles = [input('cos_of_each', [3, 1, 1, 2]), input('sin_of_each', [3, 1, 1, 2])] as const;
      const [queries, keys] = [slice(a, 1, 0, 8), slice(a, 1, 8, 12)].map((x, i) =>
        reshape(rotate(reshape(x, [3, 1, 2 - i, 4]), ...angles), [3, 8 - 4 * i]),
      );
      return concat([slice(a, 1, 12, 20), keys as Expression, queries as Expression], 1);
    },
  },
  { op: 'reshape', name: 'to another rank', operands: [[2, 6]], build: (a) => reshape(a, [3, 2, 2]) },
  { op: 'transpose', name: 'of three axes', operands: [[2, 3, 4]], build: (a) => transpose(a, [2, 0, 1]) },
  {
    op: 'concat',
    name: 'along the last axis',
    operands: [
      [2, 3],
      [2, 1],
      [2, 4],
    ],
    build: (a, b, c) => concat([a, b, c], 1),
  },
  { op: 'slice', name: 'from the middle', operands: [[3, 5]], build: (a) => slice(a, 1, 1, 4) },
  { op: 'pad', name: 'on both sides', operands: [[3, 2]], build: (a) => pad(a, 1, 1, 2) },
  { op: 'gather', name: 'with an index that comes twice', operands: [[4, 3]], build: (a) => gather(a, index) },
  {
    op: 'scatterAdd',
    name: 'with an index that comes twice',
    operands: [[3, 2]],
    build: (a) => scatterAdd(reshape(a, ['n', 2]), index, 4),
  },
  { op: 'pick', name: 'one of each row', operands: [[3, 5]], build: (a) => pick(reshape(a, ['n', 5]), index) },
  { op: 'spread', name: 'one in each row', operands: [[3]], build: (a) => spread(reshape(a, ['n']), index, 5) },
  { op: 'sigmoid', name: 'element by element', operands: [x], build: (a) => sigmoid(a) },
  { op: 'silu', name: 'element by element', operands: [x], build: (a) => silu(a) },
  { op: 'relu', name: 'element by element', operands: [x], build: (a) => relu(a) },
  // Its gradient is zero wherever it exists, so only the other factor's comes through.
  { op: 'step', name: 'times what it is taken of', operands: [x], build: (a) => multiply(a, step(a)) },
  ...[false, true].map((turned) => ({
    op: 'matmulInt8' as const,
    name: turned ? 'turned round' : 'with a scale for each column',
    operands: [[3, turned ? 5 : 4]],
    build: (a: Expression) => {
      const value = matmulInt8(turned ? input('b', [3, 4]) : a, int8Matrix);
      return turned ? (gradient(value, a, [value.inputs[0] as Expression])[0] as Expression) : value;
    },
    // int8 of a row whose largest value is near 1.
    tolerance: 5e-2,
  })),
  {
    op: 'scoresInt8',
    name: 'with the gradient of the floats',
    operands: [[3, 4]],
    build: (a) => {
      const matrix = {
        integers: input('integers', [4, 5], 'int8'),
        scales: input('scales', [5]),
        floats: input('floats', [5, 4]),
      };
      return scoresInt8(a, a, matrix);
    },
    tolerance: 5e-2,
  },
  ...[false, true].map((turned) => ({
    op: 'matmulInt4' as const,
    name: turned ? 'by the matrix as it is' : 'by the matrix transposed',
    operands: [[3, turned ? 5 : 64]],
    build: (a: Expression) => {
      const [scales, minima] = [input('block_scales', [10]), input('block_minima', [10])];
      const matrix = { integers: input('blocks4', [5, 2, 16], 'uint8'), scales, minima };
      const value = matmulInt4(turned ? input('wide', [3, 64]) : a, matrix);
      return turned ? (gradient(value, a, [value.inputs[0] as Expression])[0] as Expression) : value;
    },
  })),
  ...([8, 4] as const).map((bits) => ({
    op: 'matmulBlocks' as const,
    name: `of ${bits} bits, with a block that is not full`,
    operands: [[3, bits === 8 ? 40 : 64]],
    build: (a: Expression) =>
      matmulBlocks(a, {
        bits,
        integers: input(`blocks${bits}`, [5, 2, 4 * bits], 'uint8'),
        scales: input('block_scales', [10]),
      }),
    // int8 of each block of x.
    tolerance: 5e-2,
    isFrozen: true,
  })),
  ...[1, 2].map((group) => ({
    op: 'attend' as const,
    name: `with ${group} heads of queries to one of keys`,
    operands: [
      [4, 4 * group],
      [4, 4],
      [4, 4],
    ],
    build: (a: Expression, b: Expression, c: Expression) =>
      attend(a, {
        fresh: { keys: b, values: c },
        kept: { keys: input('kept_keys', ['keys', 4, 2]), values: input('kept_values', ['keys', 4, 2]) },
        mask: input('mask', [1, 2 * group, 'keys']),
        ...{ factor: 0.7, group },
      }),
    isFrozen: true,
  })),
  ...[0, 2].flatMap((size) => [
    {
      op: 'ifAny' as const,
      name: `of ${size} numbers`,
      operands: [x, [2, 4], [size]],
      build: (a: Expression, b: Expression, c: Expression) =>
        ifAny(c, { some: slice(concat([b, a], 0), 0, 0, 3), none: a }),
      isFrozen: true,
    },
    {
      op: 'ifAny' as const,
      name: `of ${size} numbers, after a product of integers`,
      operands: [x, [3, 5], [size]],
      build(a: Expression, b: Expression, c: Expression) {
        const none = matmulInt8(a, int8Matrix);
        return ifAny(c, { some: add(none, b), none });
      },
      tolerance: 2e-2,
      isFrozen: true,
    },
  ]),
  ...['something', 'nothing'].map((sized) => ({
    op: 'ifAny' as const,
    name: `within a branch, by ${sized}`,
    operands: [x, [3, 5], [2]],
    build(a: Expression, b: Expression, c: Expression) {
      const none = matmulInt8(a, int8Matrix);
      // Both inner branches read it, and nothing else.
      const grown = exp(b);
      const inner = { some: add(none, multiply(grown, b)), none: add(none, grown) };
      return ifAny(c, { some: ifAny(input(sized, [sized]), inner), none });
    },
    tolerance: 2e-2,
    isFrozen: true,
  })),
  { op: 'softmax', name: 'along the last axis', operands: [x], build: (a) => softmax(a) },
  { op: 'logSoftmax', name: 'along the last axis', operands: [x], build: (a) => logSoftmax(a) },
  { op: 'exp', name: 'element by element', operands: [x], build: (a) => exp(a) },
  { op: 'inverseRms', name: 'along the last axis', operands: [x], build: (a) => inverseRms(a, 1e-5) },
  {
    op: 'inverseRms',
    name: 'in a LayerNorm',
    operands: [x, [4], [4]],
    build: (a, b, c) => layerNorm(a, b, c, 1e-5),
  },
  { op: 'sigmoid', name: 'in a GELU', operands: [x], build: (a) => gelu(a) },
  {
    op: 'rotate',
    name: 'by broadcast angles',
    operands: [[2, 3, 4]],
    build: (a) => rotate(a, input('cos', [3, 2]), input('sin', [3, 2])),
  },
];

test('every op has a case', () => {
  expect(new Set(cases.map((c) => c.op))).toEqual(new Set(Object.keys(opTable)));
});

describe.each(cases)('$op $name', ({ operands, build, tolerance, isFrozen = false }) => {
  const names = ['a', 'b', 'c'];
  const inputs = operands.map((dims, i) => input(names[i] as string, dims));
  const output = build(...inputs);
  const feeds = new Map<string, NdArray>([
    ['index', { dims: [indexValues.length], data: Float64Array.from(indexValues) }],
    ['something', random([1], 24)],
    ['nothing', { dims: [0], data: new Float64Array() }],
    ['integers', integers],
    [
      'transposed',
      {
        dims: [5, 4],
        data: Float64Array.from({ length: 20 }, (_, i) => integers.data[(i % 4) * 5 + Math.floor(i / 4)] as number),
      },
    ],
    ['scales', { dims: [5], data: scales }],
    // The integers transposed, with their scales.
    [
      'floats',
      {
        dims: [5, 4],
        data: Float64Array.from({ length: 20 }, (_, i) => {
          const column = Math.floor(i / 4);
          return (integers.data[(i % 4) * 5 + column] as number) * (scales[column] as number);
        }),
      },
    ],
    ['cos', random([3, 2], 7)],
    ['sin', random([3, 2], 8)],
    ['cos_of_each', random([3, 1, 1, 2], 7)],
    ['sin_of_each', random([3, 1, 1, 2], 8)],
    ['blocks8', bytes([5, 2, 32])],
    ['blocks4', bytes([5, 2, 16])],
    ['block_minima', random([10], 23)],
    ['block_scales', { dims: [10], data: Float64Array.from({ length: 10 }, (_, i) => 0.002 + 0.001 * i) }],
    ...operands.map((dims, i) => [names[i] as string, random(dims, i + 1)] as const),
  ]);
  // Five positions kept, the last two of which belong to this pass.
  for (const [i, kind] of ['keys', 'values'].entries()) {
    const kept = random([5, 4, 2], 20 + i);
    if (isFrozen) kept.data.set(feeds.get(names[i + 1] as string)?.data.subarray(0, 16) ?? [], 24);
    feeds.set(`kept_${kind}`, kept);
  }
  const tokenRows = operands.length === 3 && isFrozen ? ((operands[0] as readonly number[])[1] as number) / 2 : 1;
  feeds.set('mask', random([1, tokenRows, 5], 22));
  const [value] = evaluate([output], feeds) as [NdArray];
  feeds.set('cotangent', random(value.dims, 9));
  const cotangent = reshape(input('cotangent', value.dims), output.shape);
  const gradients = isFrozen ? [] : gradient(output, cotangent, inputs);

  test.skipIf(isFrozen)('its gradient matches finite differences', () => {
    const analytic = evaluate(gradients, feeds);
    inputs.forEach((_, i) => {
      const numeric = finiteDifferences(output, feeds, names[i] as string);
      // Central differences in float64 with a step of 1e-5 are accurate to about 1e-9 for values near 1.
      expectClose((analytic[i] as NdArray).data, numeric, 1e-7);
    });
  });

  test.each(backends)('$name gives the same value and gradient as the reference', async ({ name: backend, open }) => {
    const outputs = { value: output, ...Object.fromEntries(gradients.map((g, i) => [`gradient${i}`, g])) };
    const executable = await (await open()).compile(outputs);
    const results = await executable.run(new Map([...feeds].map(([name, array]) => [name, toTensor(name, array)])));
    const expected = evaluate([output, ...gradients], feeds);
    Object.values(results).forEach((result, i) => {
      expect(result.dims).toEqual((expected[i] as NdArray).dims);
      const allowed = backend === 'tfjs' ? undefined : tolerance;
      expectClose(Float64Array.from(result.data), (expected[i] as NdArray).data, allowed ?? 1e-5);
    });
    await executable.release();
  });
});

// ONNX's ScatterND lost additions here: onnxruntime runs it in parallel without a lock (microsoft/onnxruntime#18048),
// so with two threads the gradient of an embedding came out too small wherever a token was frequent.
test('scatterAdd on several threads loses no additions when indices repeat', async () => {
  const [rows, width, entries] = [4096, 128, 10];
  const output = scatterAdd(input('rows', ['n', width]), input('index', ['n'], 'int32'), entries);
  const executable = await onnxruntimeBackend({ threads: 2 }).compile({ output });
  const feeds = new Map<string, Tensor>([
    ['rows', { type: 'float32', dims: [rows, width], data: new Float32Array(rows * width).fill(1) }],
    [
      'index',
      { type: 'int32', dims: [rows], data: Int32Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 3 : 7)) },
    ],
  ]);
  for (let run = 0; run < 20; run++) {
    const { output: table } = await executable.run(feeds);
    const sums = Array.from({ length: entries }, (_, entry) => table.data[entry * width + (run % width)]);
    expect(sums).toEqual([0, 0, 0, 2048, 0, 0, 0, 2048, 0, 0]);
  }
  await executable.release();
});

function finiteDifferences(output: Expression, feeds: ReadonlyMap<string, NdArray>, name: string): Float64Array {
  const step = 1e-5;
  const point = feeds.get(name) as NdArray;
  const cotangent = (feeds.get('cotangent') as NdArray).data;
  const at = (i: number, delta: number) => {
    const data = point.data.slice();
    data[i] = (data[i] as number) + delta;
    const [value] = evaluate([output], new Map(feeds).set(name, { dims: point.dims, data })) as [NdArray];
    return value.data.reduce((sum, v, k) => sum + v * (cotangent[k] as number), 0);
  };
  return point.data.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
}

function bytes(dims: readonly number[]): NdArray {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return { dims, data: Float64Array.from({ length: size }, (_, i) => (i * 89) % 256) };
}

function expectClose(actual: Float64Array, expected: Float64Array, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const worst = actual.reduce(
    (max, v, i) => Math.max(max, Math.abs(v - (expected[i] as number)) / (1 + Math.abs(expected[i] as number))),
    0,
  );
  expect(worst).toBeLessThan(tolerance);
}

function toTensor(name: string, { dims, data }: NdArray): Tensor {
  if (name === 'integers' || name === 'transposed') return { type: 'int8', dims, data: Int8Array.from(data) };
  if (name.startsWith('blocks')) return { type: 'uint8', dims, data: Uint8Array.from(data) };
  return name === 'index'
    ? { type: 'int32', dims, data: Int32Array.from(data) }
    : { type: 'float32', dims, data: Float32Array.from(data) };
}

/** Fixed values in [−1, 1): a sine in large steps is spread enough for a test of smooth functions. */
function random(dims: readonly number[], seed: number): NdArray {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return { dims, data: Float64Array.from({ length: size }, (_, i) => Math.sin((i + 1) * 12.9898 * seed)) };
}
