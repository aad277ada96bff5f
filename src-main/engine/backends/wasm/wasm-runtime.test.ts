import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type KeptColumns, KeyValueCache } from '../../answering/key-value-cache.ts';
import { architectureOf } from '../../architectures/by-model-type.ts';
import { ModelConfig } from '../../architectures/model-config.ts';
import { type Expression, input } from '../../graph/expression.ts';
import { add } from '../../graph/ops/add.ts';
import { attend } from '../../graph/ops/attend.ts';
import { gather } from '../../graph/ops/gather.ts';
import { inverseRms } from '../../graph/ops/inverse-rms.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import { matmulInt4 } from '../../graph/ops/matmul-int4.ts';
import { matmulInt8 } from '../../graph/ops/matmul-int8.ts';
import { multiply } from '../../graph/ops/multiply.ts';
import { reshape } from '../../graph/ops/reshape.ts';
import { rotate } from '../../graph/ops/rotate.ts';
import { scale } from '../../graph/ops/scale.ts';
import { sigmoid } from '../../graph/ops/sigmoid.ts';
import { silu } from '../../graph/ops/silu.ts';
import { slice } from '../../graph/ops/slice.ts';
import { subtract } from '../../graph/ops/subtract.ts';
import { transpose } from '../../graph/ops/transpose.ts';
import { Random } from '../../random.ts';
import { elements, float32, int32, type Tensor } from '../../tensor.ts';
import { forKernels } from '../../weights/four-bit-multiples.ts';
import { hadamardFeed, hadamardTransform } from '../../weights/hadamard.ts';
import { evaluate } from '../reference/reference-backend.ts';
import { CannotRun } from './cannot-run.ts';
import { Machine } from './machine.ts';
import { MemoryOrder } from './memory-order.ts';
import { attendsMany } from './op-writers.ts';
import type { RowViews } from './placed-program.ts';
import type { PassKind } from './program-writer.ts';
import { shortTiles } from './short-matrices.ts';
import type { WasmExecutable } from './wasm-graph.ts';
import { WasmRuntime } from './wasm-runtime.ts';

const random = new Random(5, 1);
let runtime: WasmRuntime;

beforeAll(async () => {
  runtime = new WasmRuntime({ threads: 3 });
  await runtime.load(new Map());
  // All that this one takes is behind two gibibytes, where addresses are negative as signed numbers.
  runtime.machine.take(2 ** 31);
});

afterAll(() => runtime.release());

function floats(...dims: number[]): Tensor<'float32'> {
  return float32(
    dims,
    Float32Array.from({ length: elements(dims) }, () => random.normal()),
  );
}

/** A copy of the rows, concatenated. */
function numbersOf(rows: RowViews = []): Float32Array {
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

interface How {
  readonly kept?: KeptColumns;
  readonly kind?: PassKind;
  readonly by?: WasmRuntime;
}

/** The output of a graph on a runtime. */
function given(y: Expression, feeds: ReadonlyMap<string, Tensor>, { by = runtime, ...how }: How = {}): Float32Array {
  return numbersOf(by.compile({ y })?.run(feeds, how).get('y'));
}

/** The largest difference from the reference, and the reference's largest number. */
function compare(y: Expression, feeds: Readonly<Record<string, Tensor>>, how?: How): [error: number, of: number] {
  const map = new Map(Object.entries(feeds));
  const own = given(y, map, how);
  const [exact] = evaluate(
    [y],
    new Map(Array.from(map, ([name, { dims, data }]) => [name, { dims, data: Float64Array.from(data) }])),
  );
  const numbers = exact?.data as Float64Array;
  expect(own).toHaveLength(numbers.length);
  const errors = Array.from(numbers, (value, i) => Math.abs(value - (own[i] as number)));
  return [Math.max(...errors), Math.max(...numbers.map(Math.abs))];
}

const x = input('x', ['positions', 40]);

test.each<[string, Expression, Readonly<Record<string, Tensor>>]>([
  ['add', add(x, input('b', ['positions', 40])), { b: floats(3, 40) }],
  ['one number per column', add(x, input('b', [40])), { b: floats(40) }],
  ['the operands swapped', multiply(input('b', [40]), x), { b: floats(40) }],
  ['one number per row', multiply(x, input('b', ['positions', 1])), { b: floats(3, 1) }],
  ['of heads', multiply(reshape(x, ['positions', 1, 4, 10]), input('b', [10])), { b: floats(10) }],
  ['of slices', subtract(slice(x, 1, 0, 20), slice(x, 1, 20, 40)), {}],
  ['scale', scale(slice(x, 1, 8, 31), 0.3), {}],
  ['sigmoid', sigmoid(scale(x, 9)), {}],
  ['silu', silu(scale(x, 30)), {}],
  ['inverseRms', inverseRms(reshape(slice(x, 1, 0, 30), ['positions', 1, 3, 10]), 1e-5), {}],
  [
    'a gather of computed values',
    gather(scale(x, 2), input('of', ['some'], 'int32')),
    { of: int32([2], Int32Array.of(2, 0)) },
  ],
  ['a gather of fed values', gather(x, input('of', ['some'], 'int32')), { of: int32([2], Int32Array.of(2, 0)) }],
  [
    'rotate',
    rotate(
      reshape(slice(x, 1, 0, 30), ['positions', 1, 3, 10]),
      input('cos', ['positions', 1, 1, 5]),
      input('sin', ['positions', 1, 1, 5]),
    ),
    { cos: floats(3, 1, 1, 5), sin: floats(3, 1, 1, 5) },
  ],
  ['a product', matmul(x, input('b', [40, 23]), { factor: 0.5 }), { b: floats(40, 23) }],
  ['a product with columns', matmul(x, input('b', [7, 40]), { transposeB: true }), { b: floats(7, 40) }],
  [
    'products of blocks of shares',
    transpose(
      matmul(reshape(x, ['shares', 1, 1, 40]), input('b', ['shares', 2, 5, 40]), { transposeB: true, factor: 2 }),
      [0, 2, 1, 3],
    ),
    { b: floats(3, 2, 5, 40) },
  ],
  [
    'blocks of one share',
    transpose(
      matmul(reshape(x, [1, 1, 'positions', 40]), input('b', [1, 2, 5, 40]), { transposeB: true }),
      [0, 2, 1, 3],
    ),
    { b: floats(1, 2, 5, 40) },
  ],
])('%s', (_name, y, feeds) => {
  const [error, of] = compare(y, { x: floats(3, 40), ...feeds });
  expect(error).toBeLessThan(2e-6 * Math.max(1, of));
});

test.each([8, 16, 32, 20, 64, 192, 512, 6, 5])('rows of %d get the Hadamard transform', (width) => {
  const y = hadamardTransform(input('x', ['positions', width]));
  const [name, matrix] = hadamardFeed(width);
  const [error] = compare(y, { x: floats(3, width), [name]: matrix });
  expect(error).toBeLessThan(2e-6);
});

test.each([
  [1, 40, 24],
  [5, 40, 23],
  [2, 576, 64],
  [3, 1100, 8],
])('int8 products of %d rows of %d with %d outputs match the reference', async (rows, inFeatures, out) => {
  const name = `m${rows}`;
  const integers: Tensor<'int8'> = {
    type: 'int8',
    dims: [inFeatures, out],
    data: Int8Array.from({ length: inFeatures * out }, () =>
      Math.max(-127, Math.min(127, Math.round(60 * random.normal()))),
    ),
  };
  const scales = floats(out);
  await runtime.load(
    new Map<string, Tensor>([
      [`${name}.int8`, integers],
      [`${name}.int8_scales`, scales],
    ]),
  );
  const y = matmulInt8(input('x', ['positions', inFeatures]), {
    integers: input(`${name}.int8`, [inFeatures, out], 'int8'),
    scales: input(`${name}.int8_scales`, [out]),
  });
  const feeds = { x: floats(rows, inFeatures), [`${name}.int8`]: integers, [`${name}.int8_scales`]: scales };
  const [error, of] = compare(y, feeds);
  expect(error).toBeLessThan(2e-2 * of);
});

/** A random four-bit matrix in the forms for the kernels and for the reference, and a product by it. */
function int4Matrix(name: string, [inFeatures, out]: readonly [number, number], x: Expression) {
  const count = (inFeatures * out) / 32;
  const blocks = {
    integers: Uint8Array.from({ length: 16 * count }, () => Math.floor(256 * random.uniform())),
    scales: floats(count).data,
    minima: floats(count).data.map((value) => 8 * value),
  };
  const [integers, scales, minima] = [`${name}.int4`, `${name}.int4_scales`, `${name}.int4_minima`] as const;
  return {
    loaded: forKernels(name, blocks, [out, inFeatures]),
    feeds: {
      [integers]: { type: 'uint8', dims: [out, inFeatures / 32, 16], data: blocks.integers },
      [scales]: float32([count], blocks.scales),
      [minima]: float32([count], blocks.minima),
    } satisfies Record<string, Tensor>,
    product: matmulInt4(x, {
      integers: input(integers, [out, inFeatures / 32, 16], 'uint8'),
      scales: input(scales, [count]),
      minima: input(minima, [count]),
    }),
  };
}

// Rows of 96 are one and a half of the kernels' blocks.
test.each([
  [1, 96, 24],
  [5, 96, 23],
  [2, 576, 64],
  [8, 1088, 8],
  [17, 64, 40],
])('int4 products of %d rows of %d with %d outputs match the reference', async (rows, inFeatures, out) => {
  const { loaded, feeds, product } = int4Matrix(`f${rows}`, [inFeatures, out], input('x', ['positions', inFeatures]));
  await runtime.load(loaded);
  const [error, of] = compare(product, { x: floats(rows, inFeatures), ...feeds });
  expect(error).toBeLessThan(1e-2 * of);
});

test('an int4 product of rows that eight bits hold exactly is as exact as its scales', async () => {
  const { loaded, feeds, product } = int4Matrix('exact', [192, 48], input('x', ['positions', 192]));
  await runtime.load(loaded);
  const x = floats(3, 192);
  x.data.forEach((value, i) => {
    // In each block the largest is 127.
    x.data[i] = i % 64 === 5 ? 127 : Math.max(-127, Math.min(127, Math.round(40 * value)));
  });
  const [error, of] = compare(product, { x, ...feeds });
  expect(error).toBeLessThan(3e-4 * of);
});

interface Heads {
  readonly rows: number;
  readonly tokens: number;
  readonly keyHeads: number;
  readonly group: number;
  readonly size: number;
  readonly columns: number;
}

/** An attention in which every fifth column is masked for everyone, and so are the `hidden` first ones. */
function attention({ rows, tokens, keyHeads, group, size, columns }: Heads, hidden = 0) {
  const positions = rows * tokens;
  const streams = rows * keyHeads;
  const fresh = (name: string) => input(name, ['positions', keyHeads * size]);
  const kept = (name: string) => input(name, ['keys', 'streams', size]);
  const y = attend(input('queries', ['positions', keyHeads * group * size]), {
    fresh: { keys: fresh('fresh_keys'), values: fresh('fresh_values') },
    kept: { keys: kept('kept_keys.0'), values: kept('kept_values.0') },
    mask: input('mask', ['mask_streams', 'mask_queries', 'keys']),
    ...{ factor: 0.3, group },
  });
  const mask = floats(streams, tokens * group, columns);
  mask.data.forEach((_, i) => {
    if (i % 5 === 1 || i % columns < hidden) mask.data[i] = -1e30;
  });
  const feeds = {
    queries: floats(positions, keyHeads * group * size),
    fresh_keys: floats(positions, keyHeads * size),
    fresh_values: floats(positions, keyHeads * size),
    'kept_keys.0': floats(columns, streams, size),
    'kept_values.0': floats(columns, streams, size),
    mask,
  };
  const [keys, values] = [feeds['kept_keys.0'].data, feeds['kept_values.0'].data];
  return { y, feeds, kept: keptOf({ keys, values, rows, tokens, columns }) };
}

/** What a cache of one layer reports for a pass over its last columns. */
function keptOf(of: { keys: Float32Array; values: Float32Array; rows: number; tokens: number; columns: number }) {
  const { keys, values, rows, tokens, columns } = of;
  return {
    ...{ keys: [keys], values: [values], rows },
    ...{ before: columns - tokens, all: columns, same: 0, written: () => {} },
  };
}

test.each<Heads & { kind: PassKind }>([
  { kind: 'decode', rows: 1, tokens: 1, keyHeads: 3, group: 3, size: 64, columns: 9 },
  { kind: 'decode', rows: 1, tokens: 4, keyHeads: 1, group: 4, size: 10, columns: 7 },
  { kind: 'decode', rows: 3, tokens: 2, keyHeads: 2, group: 1, size: 4, columns: 12 },
  { kind: 'decode', rows: 1, tokens: 2, keyHeads: 2, group: 7, size: 128, columns: 201 },
  { kind: 'decode', rows: 2, tokens: 1, keyHeads: 4, group: 2, size: 80, columns: 130 },
  // A single token; a last group of few queries; more queries than lanes; several texts; more positions than a program
  // covers.
  { kind: 'prefill', rows: 1, tokens: 1, keyHeads: 3, group: 3, size: 64, columns: 9 },
  { kind: 'prefill', rows: 1, tokens: 40, keyHeads: 1, group: 5, size: 16, columns: 70 },
  { kind: 'prefill', rows: 3, tokens: 20, keyHeads: 2, group: 1, size: 32, columns: 100 },
  { kind: 'prefill', rows: 1, tokens: 33, keyHeads: 2, group: 3, size: 80, columns: 201 },
  { kind: 'prefill', rows: 2, tokens: 9, keyHeads: 2, group: 7, size: 128, columns: 30 },
  { kind: 'prefill', rows: 1, tokens: 200, keyHeads: 1, group: 2, size: 16, columns: 200 },
  { kind: 'prefill', rows: 1, tokens: 5, keyHeads: 2, group: 2, size: 10, columns: 30 },
])('attention: %o', ({ kind, ...heads }) => {
  const { y, feeds, kept } = attention(heads, 3);
  const [error, of] = compare(y, feeds, { kept, kind });
  // Otherwise keys and values are read in 16 bits.
  const most = attendsMany(kind, heads.size) ? 2e-6 : 1e-4;
  expect(error).toBeLessThan(most * Math.max(1, of));
});

test.each<[PassKind, number]>([
  ['decode', 2],
  ['prefill', 2],
  ['prefill', 30],
])(
  'attention gives the same bits for any threads and memory order, whatever is masked: %s, %d tokens',
  async (kind, tokens) => {
    const size = kind === 'prefill' ? 16 : 24;
    const { y, feeds, kept } = attention({ rows: 2, tokens, keyHeads: 3, group: 3, size, columns: 150 }, 8);
    const order = vi.spyOn(MemoryOrder.prototype, 'readsApart');
    onTestFinished(() => order.mockRestore());
    const results = [];
    for (const threads of [1, 2, 3, 8]) {
      const by = new WasmRuntime({ threads });
      await by.load(new Map());
      for (const isApart of [false, true]) {
        order.mockReturnValue(isApart);
        results.push(given(y, new Map(Object.entries(feeds)), { kept, kind, by }));
      }
      by.release();
      for (const kept of [feeds['kept_keys.0'], feeds['kept_values.0']])
        kept.data.fill(threads === 1 ? Number.NaN : threads, 0, 8 * 6 * size);
    }
    const [one, ...others] = results;
    expect(one).toHaveLength(2 * tokens * 9 * size);
    for (const other of others) expect(other).toEqual(one);
  },
);

test('prefill gives each position the same bits, whatever other positions are in the pass', () => {
  const shape = { rows: 1, keyHeads: 2, group: 3, size: 32 };
  const { y, feeds, kept } = attention({ ...shape, tokens: 50, columns: 90 });
  feeds.mask.data.forEach((_, i) => {
    if (i % 90 > 40 + Math.floor((Math.floor(i / 90) % 150) / 3)) feeds.mask.data[i] = -1e30;
  });
  const together = given(y, new Map(Object.entries(feeds)), { kept, kind: 'prefill' });
  // The new positions are in the cache now.
  for (const kind of ['keys', 'values'] as const)
    feeds[`kept_${kind}.0`].data.set(feeds[`fresh_${kind}`].data, 40 * 64);
  for (let from = 0; from < 50; from += from < 40 ? 7 : 1) {
    const tokens = Math.min(from < 40 ? 7 : 1, 50 - from);
    const columns = 40 + from + tokens;
    const part = (name: keyof typeof feeds, width: number) => {
      const { data } = feeds[name];
      return [name, float32([tokens, width], data.slice(from * width, (from + tokens) * width))] as const;
    };
    const mask = float32([2, tokens * 3, columns]);
    for (let row = 0; row < 2 * tokens * 3; row++) {
      const stream = Math.floor(row / (tokens * 3));
      const start = (stream * 150 + from * 3 + (row % (tokens * 3))) * 90;
      mask.data.set(feeds.mask.data.slice(start, start + columns), row * columns);
    }
    const own = new Map<string, Tensor>([
      ...[part('queries', 192), part('fresh_keys', 64), part('fresh_values', 64)],
      ...([
        ['kept_keys.0', feeds['kept_keys.0']],
        ['kept_values.0', feeds['kept_values.0']],
        ['mask', mask],
      ] as const),
    ]);
    const [keys, values] = [feeds['kept_keys.0'].data, feeds['kept_values.0'].data];
    const alone = given(y, own, { kept: keptOf({ keys, values, rows: 1, tokens, columns }), kind: 'prefill' });
    expect(alone).toEqual(together.slice(from * 192, (from + tokens) * 192));
  }
});

test.each([1, 3])(
  'a prefill program for %d threads serves any number of positions, to the same bits as decode programs',
  async (threads) => {
    const by = new WasmRuntime({ threads });
    await by.load(new Map());
    const executable = by.compile({
      y: silu(add(x, input('b', ['positions', 40]))),
      last: scale(gather(scale(x, 2), input('of', ['some'], 'int32')), 3),
    });
    const takes = vi.spyOn(by.machine, 'take');
    for (const [i, positions] of [30, 1, 191, 5, 190, 192, 400].entries()) {
      const of = int32([2], Int32Array.of(0, positions - 1));
      const feeds = new Map<string, Tensor>([
        ['x', floats(positions, 40)],
        ['b', floats(positions, 40)],
        ['of', of],
      ]);
      takes.mockClear();
      const [prefilled, decoded] = (['prefill', 'decode'] as const).map((kind) => {
        const outputs = executable?.run(feeds, { kind });
        // With several threads, one may have to run alone, with its own program.
        if (kind === 'prefill' && i > 0 && positions < 192 && threads === 1) expect(takes).not.toHaveBeenCalled();
        return [numbersOf(outputs?.get('y')), numbersOf(outputs?.get('last'))];
      });
      expect(prefilled?.[0]).toHaveLength(40 * positions);
      expect(prefilled).toEqual(decoded);
    }
    by.release();
  },
);

describe.each([20, 16])('attention over KV caches in kernel memory and elsewhere, head size %d', (size) => {
  const [keyHeads, group] = [2, 3];
  const shape = { num_attention_heads: keyHeads * group, num_key_value_heads: keyHeads, head_dim: size };
  const sizes = { vocab_size: 4, hidden_size: keyHeads * group * size, intermediate_size: 4, num_hidden_layers: 2 };
  const architecture = architectureOf(new ModelConfig({ model_type: 'llama', ...sizes, ...shape }, 'config.json'));
  const layers = [0, 1].map((layer) => {
    const fresh = (kind: string) => scale(input(`${kind}.${layer}`, ['positions', keyHeads * size]), 1);
    const own = { keys: fresh('new_keys'), values: fresh('new_values') };
    const kept = (kind: string) => input(`kept_${kind}.${layer}`, ['keys', 'streams', size]);
    const y = attend(input('queries', ['positions', keyHeads * group * size]), {
      ...{ fresh: own, kept: { keys: kept('keys'), values: kept('values') } },
      ...{ mask: input('mask', ['mask_streams', 'mask_queries', 'keys']), factor: 0.3, group },
    });
    return { [`y.${layer}`]: y, [`keys.${layer}`]: own.keys, [`values.${layer}`]: own.values };
  });
  const outputs = Object.assign({}, ...layers) as Record<string, Expression>;

  /** Writes new positions into a cache, and returns what both layers see. */
  function write(executable: WasmExecutable | undefined, cache: KeyValueCache, feeds: ReadonlyMap<string, Tensor>) {
    const tokens = (feeds.get('queries')?.dims[0] as number) / cache.rows;
    const pass = cache.pass(tokens, new Array<number>(cache.rows).fill(tokens));
    const kind = tokens > 4 ? 'prefill' : 'decode';
    const given = executable?.run(new Map([...feeds, ...pass.masks]), { kind, kept: pass.kept });
    return [0, 1].map((layer) => numbersOf(given?.get(`y.${layer}`)));
  }

  function fresh(positions: number): ReadonlyMap<string, Tensor> {
    const kept = ['new_keys.0', 'new_keys.1', 'new_values.0', 'new_values.1'];
    return new Map([
      ['queries', floats(positions, keyHeads * group * size)],
      ...kept.map((name) => [name, floats(positions, keyHeads * size)] as const),
    ]);
  }

  // In place at first, then through a copy, with prompts read in place alongside; with wrong guesses and growth in
  // either, and another cache in between.
  test.each([
    [1, 1],
    [3, 1],
    [1, 900],
  ])('gives the same bits for both, with %d rows and room for %d at first', (rows, room) => {
    const executable = runtime.compile(outputs);
    const near = { memory: runtime.caches };
    const [own, other, far] = [near, near, {}].map(
      (where) => new KeyValueCache(architecture, rows, { ...where, room }),
    ) as [KeyValueCache, KeyValueCache, KeyValueCache];
    const passes = [40, 1, 3, 1, 2, 60, 1, 30, 1, 1, 4, 1, 2, 1, 9, 1, 120, 1, 1, 3, 200, 1, 2, 7, 1].map(
      (tokens, i) => ({
        feeds: fresh(rows * tokens),
        kept: new Array<number>(rows).fill(tokens > 1 && i % 2 === 0 ? tokens - 1 : tokens),
      }),
    );
    // All of one before the other: there is only one copy.
    const [first, second] = [own, far].map((cache) =>
      passes.map(({ feeds, kept }, i) => {
        const given = write(executable, cache, feeds);
        cache.keep(kept);
        if (cache === own && i === 4) {
          write(executable, other, fresh(rows));
          other.keep(new Array<number>(rows).fill(1));
        }
        return given[1];
      }),
    );
    expect(first?.at(-1)).toHaveLength(rows * keyHeads * group * size);
    expect(first).toEqual(second);
    for (let row = 0; row < rows; row++) expect(own.read(row)).toEqual(far.read(row));
    for (const cache of [own, other]) cache.release();
  });

  test('caches lie in kernel memory only while it has as much free again', () => {
    const { machine } = runtime;
    const { free } = machine;
    const some = Array.from({ length: 12 }, () => runtime.caches.take(2 ** 25));
    const near = some.map((numbers) => machine.addressOf(numbers) !== undefined);
    expect(near).toEqual(near.map((_, i) => i < Math.floor(free / 2 / 2 ** 27)));
    expect(near).toContain(false);
    expect(machine.addressOf(runtime.caches.take(2 ** 25 + 1))).toBeUndefined();
    for (const numbers of some) runtime.caches.give(numbers);
    expect(machine.free).toBe(free);
  });
});

test('standing feeds are placed again when they come in another map', () => {
  const executable = runtime.compile({ y: add(x, input('b', ['positions', 40])) });
  const [one, two] = [floats(2, 40), floats(2, 40)];
  const run = (of: Tensor, standing: ReadonlyMap<string, Tensor>) =>
    numbersOf(executable?.run(new Map([['x', of]]), { standing }).get('y'));
  const sum = (a: Tensor, b: Tensor) => Float32Array.from(a.data, (value, i) => value + (b.data[i] as number));
  const [first, second] = [one, two].map((b) => new Map<string, Tensor>([['b', b]])) as [
    Map<string, Tensor>,
    Map<string, Tensor>,
  ];
  for (const [of, standing, b] of [
    [one, first, one],
    [two, first, one],
    [one, second, two],
    [one, first, one],
  ] as const)
    expect(run(of, standing)).toEqual(sum(of, b));
  const larger = new Map<string, Tensor>([['b', floats(20, 40)]]);
  const wide = floats(20, 40);
  expect(run(wide, larger)).toEqual(sum(wide, larger.get('b') as Tensor));
  expect(run(two, second)).toEqual(sum(two, two));
});

test('programs are not rebuilt if more logits are requested, even after a long prompt', () => {
  const last = input('last', ['last'], 'int32');
  const executable = runtime.compile({ y: gather(scale(x, 2), last) });
  const run = (positions: number, asked: number, kind: PassKind = 'decode') => {
    const places = int32(
      [asked],
      Int32Array.from({ length: asked }, (_, i) => positions - 1 - i),
    );
    const feeds = [
      ['x', floats(positions, 40)],
      ['last', places],
    ] as const;
    return executable?.run(new Map<string, Tensor>(feeds), { kind });
  };
  run(150, 1, 'prefill');
  run(1, 1);
  const gives = vi.spyOn(runtime.machine, 'give');
  run(5, 5);
  expect(gives).not.toHaveBeenCalled();
  gives.mockRestore();
});

test('only a few prefill programs are kept, as each is large', () => {
  const executable = runtime.compile({ y: gather(scale(x, 2), input('last', ['last'], 'int32')) });
  const free = () => runtime.machine.free;
  const run = (asked: number) =>
    executable?.run(
      new Map<string, Tensor>([
        ['x', floats(30, 40)],
        ['last', int32([asked], new Int32Array(asked))],
      ]),
      { kind: 'prefill' },
    );
  for (const asked of [1, 2, 3, 4]) run(asked);
  const before = free();
  for (const asked of [5, 6, 7, 8, 9, 10]) run(asked);
  expect(before - free()).toBeLessThan(10_000);
});

test('zeros of either sign are skipped, so that other rows’ adapters cost a row no time', () => {
  const { machine } = runtime;
  const [rows, ranks, columns] = [2, 8, 16];
  const { pairs, steps, ranksOf, tiles, bytes } = shortTiles.layout(ranks, columns);
  const [out, low, up, weights] = [4 * rows * columns, 4 * rows * ranks, bytes, 3 * 64].map((size) =>
    machine.take(size),
  ) as [number, number, number, number];
  machine.floats(out, rows * columns).fill(1);
  machine.floats(low, rows * ranks).set(Array.from({ length: rows * ranks }, (_, i) => (i < ranks ? -0 : 0.5)));
  // If these were added, the sum of the first row would be NaN.
  const matrix = new Float32Array(ranks * columns).fill(Number.POSITIVE_INFINITY);
  shortTiles.put(machine, matrix, { rows: ranks, columns, into: up });
  const parts = [0, steps, ranksOf, tiles].map((part) => up + part);
  machine.runAll('addTimes', [[out, low, ...parts, rows, ranks, pairs, 4 * columns, 0x3f800000, weights]]);
  const sums = [...machine.floats(out, rows * columns)];
  expect(sums.slice(0, columns)).toEqual(new Array(columns).fill(1));
  expect(sums.slice(columns).some(Number.isFinite)).toBe(false);
  for (const address of [out, low, up, weights]) machine.give(address);
});

test.each([
  [1, 8, 192],
  [1, 6, 40],
  [3, 16, 192],
])('the adapter update for %d rows and %d ranks matches its float weights to some 10⁻⁵', async (rows, ranks, width) => {
  const own = new WasmRuntime({ threads: 2 });
  onTestFinished(() => own.release());
  const base = new Map<string, Tensor>([
    ['nothing.int8', { type: 'int8', dims: [width, 48], data: new Int8Array(48 * width) }],
    ['nothing.int8_scales', floats(48)],
  ]);
  await own.load(base);
  const table = input('x', ['positions', width]);
  const product = matmulInt8(table, {
    integers: input('nothing.int8', [width, 48], 'int8'),
    scales: input('nothing.int8_scales', [48]),
  });
  const low = matmul(table, input('down', [ranks, width]), { transposeB: true });
  const adds = matmul(low, input('up', [ranks, 48]));
  const feeds = new Map([
    ['x', floats(rows, width)],
    ['down', floats(ranks, width)],
    ['up', floats(ranks, 48)],
  ]);
  const numbers = given(add(product, adds), feeds, { by: own });
  const exact = Array.from(feeds, ([name, { dims, data }]) => [name, { dims, data: Float64Array.from(data) }] as const);
  const expected = evaluate([adds], new Map(exact))[0]?.data ?? [];
  const off = Math.hypot(...Array.from(expected, (value, i) => value - (numbers[i] as number)));
  expect(off).toBeLessThan(6e-5 * Math.hypot(...expected));
});

test('parts of a standing feed are placed side by side, and those already in place are not copied', () => {
  const [shares, ranks, width] = [3, 4, 8];
  const low = input('parts.low', [shares, 1, ranks]);
  const executable = runtime.compile({ y: matmul(low, input('parts.up', [shares, ranks, width])) });
  const feeds = new Map<string, Tensor>([['parts.low', floats(shares, 1, ranks)]]);
  const [first, second] = [floats(ranks, width).data, floats(2, width).data];
  const standingOf = (...parts: Float32Array[]) =>
    new Map([['parts.up', { type: 'float32' as const, dims: [shares, ranks, width], parts }]]);
  const expected = (...parts: Float32Array[]) => {
    const whole = float32([shares, ranks, width]);
    for (const [i, part] of parts.entries()) whole.data.set(part, i * ranks * width);
    return given(
      matmul(low, input('parts.whole', [shares, ranks, width])),
      new Map([...feeds, ['parts.whole', whole]]),
    );
  };
  const none = new Float32Array();
  const run = (...parts: Float32Array[]) =>
    numbersOf(executable?.run(feeds, { standing: standingOf(...parts) }).get('y'));
  expect(run(first, second, none)).toEqual(expected(first, second, none));
  // Changes within the same array are not noticed where it is already placed, but are where it is placed anew.
  const before = first.slice();
  first.fill(1);
  expect(run(first, first, second)).toEqual(expected(before, first, second));
});

test('programs for small and large numbers of positions are kept', () => {
  const executable = runtime.compile({ y: add(x, input('b', ['positions', 40])) });
  const run = (positions: number) =>
    executable?.run(new Map(['x', 'b'].map((name) => [name, floats(positions, 40)] as const)));
  run(1);
  run(5);
  const takes = vi.spyOn(runtime.machine, 'take');
  run(1);
  run(5);
  expect(takes).not.toHaveBeenCalled();
  takes.mockRestore();
});

test('a program that accesses memory out of bounds throws CannotRun', () => {
  const machine = new Machine({ threads: 1 });
  const behindTheEnd = 0x7fff0000;
  expect(() => machine.runAll('copyRows', [[behindTheEnd, 4096, 1, 4, 16, 16]])).toThrow(CannotRun);
});

test.each([1, 2, 5, 16, 17])('%d rows of int4 products give the same bits however they are run', async (positions) => {
  const x = input('x', ['positions', 352]);
  const { loaded, product } = int4Matrix('any', [352, 200], x);
  const feeds = new Map<string, Tensor>([['x', floats(positions, 352)]]);
  const runs = [
    ...[1, 2, 3, 5].map((threads) => ({ threads })),
    ...(['fours', 'pairs', 'single'] as const).map((products) => ({ threads: 2, products })),
  ];
  const results = [];
  for (const options of runs) {
    const own = new WasmRuntime(options);
    onTestFinished(() => own.release());
    await own.load(loaded);
    results.push(given(product, feeds, { by: own }));
  }
  const [one, ...others] = results;
  expect(Math.hypot(...(one as Float32Array))).toBeGreaterThan(1);
  for (const other of others) expect(other).toEqual(one);
  // Each row as if it were alone.
  const { data } = feeds.get('x') as Tensor<'float32'>;
  const alone = new WasmRuntime({ threads: 2 });
  onTestFinished(() => alone.release());
  await alone.load(loaded);
  const rows = Array.from({ length: positions }, (_, row) => {
    const own = float32([1, 352], data.slice(row * 352, (row + 1) * 352));
    return [...given(product, new Map([['x', own]]), { by: alone })];
  });
  expect([...(one as Float32Array)]).toEqual(rows.flat());
});

test('a matrix across two gibibytes is multiplied like any other', async () => {
  const { loaded, product } = int4Matrix('across', [640, 96], input('x', ['positions', 640]));
  const feeds = new Map<string, Tensor>([['x', floats(2, 640)]]);
  const results = [];
  for (const before of [64, 2 ** 31 - 36_000]) {
    const own = new WasmRuntime({ threads: 2 });
    onTestFinished(() => own.release());
    own.machine.take(before);
    await own.load(loaded);
    results.push(given(product, feeds, { by: own }));
  }
  expect(results[1]).toEqual(results[0]);
});

// Of twelve ranks each thread has some; of ten, all have all. Five and sixteen rows are multiplied piece by piece.
test.each([
  [1, 12],
  [1, 10],
  [5, 10],
  [16, 10],
  [17, 10],
])(
  '%d positions with %d ranks give the same bits for any threads and any kind of byte product',
  async (positions, ranks) => {
    const width = 192;
    const integers: Tensor<'int8'> = {
      type: 'int8',
      dims: [width, width],
      data: Int8Array.from({ length: width * width }, () =>
        Math.max(-127, Math.min(127, Math.round(60 * random.normal()))),
      ),
    };
    const scales = float32([width], new Float32Array(width).fill(0.01));
    const product = (of: Expression) =>
      matmulInt8(hadamardTransform(of), {
        integers: input('any.int8', [width, width], 'int8'),
        scales: input('any.int8_scales', [width]),
      });
    const table = input('x', ['positions', width]);
    const low = matmul(scale(table, 1), input('down', [ranks, width]), { transposeB: true });
    const first = add(product(scale(table, 1)), matmul(low, input('up', [ranks, width])));
    const y = product(silu(multiply(first, inverseRms(first, 1e-5))));
    const up = floats(ranks, width);
    // Some ranks have numbers only at the ends, others none at all.
    up.data
      .fill(0, 0, 100)
      .fill(0, width + 20, 2 * width)
      .fill(0, 2 * width, 3 * width)
      .fill(0, 4 * width, 8 * width);
    const feeds = new Map<string, Tensor>([
      ['x', floats(positions, width)],
      ['down', floats(ranks, width)],
      ['up', up],
    ]);
    const results = [];
    const products = (['fours', 'pairs', 'single'] as const).map((each) => ({ threads: 2, products: each }));
    for (const options of [...[1, 2, 4, 5, 7].map((threads) => ({ threads })), ...products]) {
      const own = new WasmRuntime(options);
      await own.load(
        new Map<string, Tensor>([
          ['any.int8', integers],
          ['any.int8_scales', scales],
        ]),
      );
      results.push(given(y, feeds, { by: own }));
      own.release();
    }
    const [one, ...others] = results;
    for (const other of others) expect(other).toEqual(one);
    const [name, matrix] = hadamardFeed(width);
    const exact = [...feeds, ['any.int8', integers], ['any.int8_scales', scales], [name, matrix]] as [string, Tensor][];
    const [expected] = evaluate(
      [y],
      new Map(exact.map(([each, { dims, data }]) => [each, { dims, data: Float64Array.from(data) }])),
    );
    const length = (numbers: Iterable<number>) => Math.hypot(...numbers);
    const off = length(Array.from(expected?.data ?? [], (value, i) => value - (one?.[i] as number)));
    expect(off).toBeLessThan(0.02 * length(expected?.data ?? []));
  },
);

// Twenty outputs are three groups: with an odd number, one is in two pairs.
test.each([
  [1, 20],
  [2, 192],
  [3, 20],
  [8, 192],
  [9, 196],
])('products of %d rows with %d outputs give the same bits in either memory order', async (positions, width) => {
  const integers: Tensor<'int8'> = {
    type: 'int8',
    dims: [192, width],
    data: Int8Array.from({ length: 192 * width }, () => Math.trunc(200 * random.uniform()) - 100),
  };
  const y = matmulInt8(input('x', ['positions', 192]), {
    integers: input('ordered.int8', [192, width], 'int8'),
    scales: input('ordered.int8_scales', [width]),
  });
  const own = new WasmRuntime({ threads: 2 });
  onTestFinished(() => own.release());
  await own.load(
    new Map<string, Tensor>([
      ['ordered.int8', integers],
      ['ordered.int8_scales', float32([width], new Float32Array(width).fill(0.01))],
    ]),
  );
  const feeds = new Map([['x', floats(positions, 192)]]);
  const order = vi.spyOn(MemoryOrder.prototype, 'readsApart');
  onTestFinished(() => order.mockRestore());
  const [first, other] = [false, true].map((isApart) => {
    order.mockReturnValue(isApart);
    return given(y, feeds, { by: own });
  }) as [Float32Array, Float32Array];
  expect(Math.hypot(...first)).toBeGreaterThan(1);
  expect(other).toEqual(first);
  expect(order).toHaveBeenCalledTimes(2);
});

test.each([1, 4])(
  'infinity in one of %d rows does not spread or fail, and fully masked attention gives zeros',
  async (rows) => {
    const integers: Tensor<'int8'> = { type: 'int8', dims: [64, 4], data: new Int8Array(256).fill(3) };
    const scales = float32([4], new Float32Array(4).fill(1));
    await runtime.load(
      new Map<string, Tensor>([
        ['none.int8', integers],
        ['none.int8_scales', scales],
      ]),
    );
    const y = matmulInt8(input('x', ['positions', 64]), {
      integers: input('none.int8', [64, 4], 'int8'),
      scales: input('none.int8_scales', [4]),
    });
    const x = floats(rows, 64);
    x.data[5] = Number.POSITIVE_INFINITY;
    const results = given(y, new Map([['x', x]]));
    expect(results).toHaveLength(4 * rows);
    for (const value of results.subarray(4)) expect(Number.isFinite(value)).toBe(true);

    const width = (name: string) => input(name, ['positions', 4]);
    const kept = (name: string) => input(name, ['keys', 'streams', 4]);
    const seen = attend(width('q'), {
      fresh: { keys: width('k'), values: width('v') },
      kept: { keys: kept('kept_keys.0'), values: kept('kept_values.0') },
      mask: input('mask', ['mask_streams', 'mask_queries', 'keys']),
      ...{ factor: 1, group: 1 },
    });
    const feeds = new Map<string, Tensor>([
      ...['q', 'k', 'v'].map((name) => [name, floats(rows, 4)] as const),
      ...['kept_keys.0', 'kept_values.0'].map((name) => [name, floats(rows + 2, 1, 4)] as const),
      ['mask', float32([1, rows, rows + 2], new Float32Array(rows * (rows + 2)).fill(-1e30))],
    ]);
    const columns = (kind: string) => feeds.get(`kept_${kind}.0`)?.data as Float32Array;
    const of = { keys: columns('keys'), values: columns('values'), rows: 1, tokens: rows, columns: rows + 2 };
    const nothing = given(seen, feeds, { kept: keptOf(of) });
    expect([...nothing]).toEqual(new Array(4 * rows).fill(0));
  },
);
