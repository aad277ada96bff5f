import { expect, test, vi } from 'vitest';
import { architectureOf } from '../architectures/by-model-type.ts';
import { ModelConfig } from '../architectures/model-config.ts';
import type { Tensor } from '../tensor.ts';
import { KeyValueCache } from './key-value-cache.ts';

// One layer with two key heads of size 2: each cached position is four numbers.
const sizes = { vocab_size: 4, hidden_size: 4, intermediate_size: 4, num_hidden_layers: 1 };
const heads = { num_attention_heads: 2, num_key_value_heads: 2, head_dim: 2 };
const architecture = architectureOf(new ModelConfig({ model_type: 'llama', ...sizes, ...heads }, 'config.json'));

test('positions keep their order as the cache grows, and can be read back', () => {
  const cache = new KeyValueCache(architecture);
  for (const fresh of [3, 1, 130, 1, 200]) write(cache, fresh, [fresh]);
  expect(cache.held(0)).toBe(335);
  const { keys, length } = cache.read(0);
  expect(length).toBe(335);
  expect([...(keys[0] ?? [])]).toEqual(Array.from({ length: 335 * 4 }, (_, i) => Math.floor(i / 4)));
});

test('a new position attends to the cached ones and to new ones up to itself', () => {
  const cache = new KeyValueCache(architecture);
  write(cache, 2, [2]);
  const { feeds } = cache.pass(3, [3]).tensors();
  expect(feeds.get('kept_keys.0')?.dims).toEqual([5, 2, 2]);
  expect(seen(feeds.get('mask'))).toEqual([
    [0, 1, 2],
    [0, 1, 2, 3],
    [0, 1, 2, 3, 4],
  ]);
});

test('what one pass writes is where the next pass reads it', () => {
  const cache = new KeyValueCache(architecture);
  const { into } = cache.pass(2, [2]).tensors();
  into.get('keys.0')?.data.fill(7);
  cache.keep([2]);
  expect([...(cache.pass(1, [1]).tensors().feeds.get('kept_keys.0')?.data.subarray(0, 8) ?? [])]).toEqual(
    Array(8).fill(7),
  );
});

test('rejected guesses are overwritten', () => {
  const cache = new KeyValueCache(architecture);
  write(cache, 4, [1]);
  expect(cache.held(0)).toBe(1);
  expect(cache.pass(1, [1]).tensors().feeds.get('kept_keys.0')?.dims).toEqual([2, 2, 2]);
});

test('rows with texts of different lengths attend to their own positions only', () => {
  const cache = new KeyValueCache(architecture, 2);
  // Two new positions, of which the second row uses one; then one for each.
  write(cache, 2, [2, 1]);
  const { feeds } = cache.pass(1, [1, 1]).tensors();
  // Streams are rows times key heads: two for each row.
  expect(seen(feeds.get('mask'))).toEqual([
    [0, 1, 2],
    [0, 1, 2],
    [0, 2],
    [0, 2],
  ]);
  cache.keep([1, 1]);
  expect([cache.held(0), cache.held(1)]).toEqual([3, 2]);
  cache.clear(0);
  expect(seen(cache.pass(1, [0, 1]).tensors().feeds.get('mask')).slice(2)).toEqual([
    [0, 2, 3],
    [0, 2, 3],
  ]);
});

// Masks are added to scores: the unbounded numbers left by one adapter were visible to the next text in the row.
test('clearing a row leaves nothing behind for its next text', () => {
  const cache = new KeyValueCache(architecture, 2);
  write(cache, 3, [3, 3]);
  cache.clear(0);
  const next = new KeyValueCache(architecture);
  write(next, 1, [1]);
  cache.write(0, next.read(0));
  const { feeds } = cache.pass(1, [1, 1]).tensors();
  const { data, dims } = feeds.get('kept_keys.0') as Tensor<'float32'>;
  const row = data.length / (dims[0] as number) / 2;
  for (let column = 0; column < 3; column++) {
    const at = 2 * row * column;
    const filled = (value: number) => Array.from({ length: row }, () => value);
    expect([...data.subarray(at, at + 2 * row)]).toEqual([...filled(0), ...filled(column)]);
  }
});

test('columns without text hold finite numbers, whatever the memory held before', () => {
  const memory = { take: (count: number) => new Float32Array(count).fill(Number.NaN), give: () => {} };
  const [short, long] = [new KeyValueCache(architecture), new KeyValueCache(architecture)];
  write(short, 1, [1]);
  write(long, 3, [3]);
  for (const texts of [
    [short, long],
    [long, short],
  ]) {
    const cache = new KeyValueCache(architecture, 3, { memory });
    for (const [row, text] of texts.entries()) cache.write(row, text.read(0));
    const kept = cache.pass(1, [1, 1, 0]).kept;
    for (const numbers of [...kept.keys, ...kept.values])
      expect(numbers.subarray(0, kept.before * 3 * 4).every(Number.isFinite)).toBe(true);
  }
});

test('a text can be copied to a row of another cache', () => {
  const from = new KeyValueCache(architecture);
  write(from, 3, [3]);
  const into = new KeyValueCache(architecture, 4);
  into.write(2, from.read(0));
  expect(into.held(2)).toBe(3);
  expect(into.read(2)).toEqual(from.read(0));
  into.write(1, from.read(0), 2);
  expect(into.read(1)).toEqual(from.read(0, 2));
});

test('handing over a text in place empties its cache, and its memory is given back once', () => {
  const taken: Float32Array[] = [];
  const give = vi.fn();
  const memory = {
    take: (count: number) => {
      taken.push(new Float32Array(count));
      return taken.at(-1) as Float32Array;
    },
    give,
  };
  const cache = new KeyValueCache(architecture, 1, { memory, room: 200 });
  write(cache, 150, [150]);
  const copy = cache.read(0, 140);
  const text = cache.handOver(140);
  expect(taken).toHaveLength(1);
  expect(text.bytes).toBe(taken[0]?.byteLength);
  expect(cache.held(0)).toBe(0);
  cache.release();
  expect(give).not.toHaveBeenCalled();
  // A row of another cache may start with it, however long it is.
  const into = new KeyValueCache(architecture, 2);
  into.write(1, text, 140);
  expect(into.read(1)).toEqual(copy);
  // Another cache takes it over, in the same memory until there is no more room.
  const next = new KeyValueCache(architecture, 1, { memory, text });
  write(next, 100, [100]);
  expect(taken).toHaveLength(1);
  expect(next.held(0)).toBe(240);
  expect(next.read(0, 140)).toEqual(copy);
  write(next, 20, [20]);
  expect(taken).toHaveLength(2);
  expect(next.read(0, 140)).toEqual(copy);
  expect(give.mock.calls).toEqual([[taken[0]]]);
  next.release();
  expect(give.mock.calls).toEqual([[taken[0]], [taken[1]]]);
});

test('emptied columns are compacted before the memory grows', () => {
  const cache = new KeyValueCache(architecture, 2);
  // The rows alternate: each holds half of the columns, until one leaves.
  for (let i = 0; i < 120; i++) write(cache, 1, i % 2 === 0 ? [1, 0] : [0, 1]);
  const before = cache.read(1);
  cache.clear(0);
  const { bytes } = cache;
  for (let i = 0; i < 40; i++) write(cache, 1, [0, 1]);
  expect(cache.bytes).toBe(bytes);
  expect(cache.held(1)).toBe(100);
  expect(cache.read(1, 60)).toEqual(before);
});

test('with a sliding window of 4, a position attends to the last 4 only, cached or new', () => {
  const windowed = architectureOf(
    new ModelConfig({ model_type: 'mistral', sliding_window: 4, ...sizes, ...heads }, 'config.json'),
  );
  const cache = new KeyValueCache(windowed);
  write(cache, 6, [6]);
  expect(seen(cache.pass(6, [6]).tensors().feeds.get('local_mask'))).toEqual([
    [3, 4, 5, 6],
    [4, 5, 6, 7],
    [5, 6, 7, 8],
    [6, 7, 8, 9],
    [7, 8, 9, 10],
    [8, 9, 10, 11],
  ]);
});

/** Writes each row's position into what it holds there. */
function write(cache: KeyValueCache, tokens: number, counts: readonly number[]): void {
  const { into } = cache.pass(tokens, counts).tensors();
  for (const { data } of into.values()) {
    for (let token = 0; token < tokens; token++) {
      counts.forEach((_, row) => {
        const start = (token * counts.length + row) * 4;
        data.fill(cache.held(row) + token, start, start + 4);
      });
    }
  }
  cache.keep(counts);
}

/** The columns that each row of a mask lets through. */
function seen(mask: Tensor | undefined): number[][] {
  const [streams = 0, queries = 0, keys = 0] = mask?.dims ?? [];
  return Array.from({ length: streams * queries }, (_, i) =>
    Array.from({ length: keys }, (_, key) => key).filter((key) => mask?.data[i * keys + key] === 0),
  );
}
