import { expect, test } from 'vitest';
import { KernelCaches } from './kernel-caches.ts';
import { Machine } from './machine.ts';

const width = 4;
const room = 8;

/** A cache of one layer in JavaScript memory, with this many columns filled. */
function cacheOf(before: number) {
  const numbers = Float32Array.from({ length: 2 * room * width }, (_, i) => i);
  const [keys, values] = [numbers.subarray(0, room * width), numbers.subarray(room * width)];
  const kept = { keys: [keys], values: [values], rows: 1, before, all: before + 1, same: 0, written() {} };
  return { numbers, kept };
}

test('a cache outside kernel memory is copied, then only its changes, and the copy is freed with it', () => {
  const machine = new Machine({ threads: 1 });
  const caches = new KernelCaches(machine);
  const { free } = machine;
  const { numbers, kept } = cacheOf(3);
  const { keysAt, valuesAt, layerBytes } = caches.of(kept, width);
  const columns = (at: number, count: number) => [...machine.floats(at, count * width)];
  expect(columns(keysAt, 3)).toEqual([...numbers.subarray(0, 3 * width)]);
  expect(columns(valuesAt, 3)).toEqual([...numbers.subarray(room * width, (room + 3) * width)]);
  expect(layerBytes).toBe(4 * room * width);
  // Unchanged columns are not copied again.
  const first = columns(keysAt, 1);
  numbers.fill(-1);
  expect(caches.of({ ...kept, before: 4, all: 5, same: 1 }, width).keysAt).toBe(keysAt);
  expect(columns(keysAt, 4)).toEqual([...first, ...new Array<number>(3 * width).fill(-1)]);
  expect(machine.free).toBeLessThan(free);
  caches.give(numbers);
  expect(machine.free).toBe(free);
});

test('the copy in 16 bits is of one cache, forgets the columns that changed, and is freed with it', () => {
  const machine = new Machine({ threads: 1 });
  const caches = new KernelCaches(machine);
  const sizes = { size: width, width };
  const { free } = machine;
  const { numbers, kept } = cacheOf(3);
  const copy = caches.shorts(kept, sizes);
  expect(copy.columns).toBe(0);
  copy.columns = 4;
  // A pass in between, of another kind, changes columns from the third on.
  caches.of({ ...kept, same: 2 }, width);
  expect(caches.shorts(kept, sizes)).toMatchObject({ at: copy.at, columns: 2 });
  const other = cacheOf(3);
  caches.of(other.kept, width);
  expect(caches.shorts(other.kept, sizes).columns).toBe(0);
  expect(caches.shorts(kept, sizes).columns).toBe(0);
  for (const each of [numbers, other.numbers]) caches.give(each);
  expect(machine.free).toBe(free);
});

test('a cache in kernel memory is read in place', () => {
  const machine = new Machine({ threads: 1 });
  const caches = new KernelCaches(machine);
  const numbers = caches.take(2 * room * width);
  const [keys, values] = [numbers.subarray(0, room * width), numbers.subarray(room * width)];
  const { free } = machine;
  const addresses = caches.of({ ...cacheOf(3).kept, keys: [keys], values: [values] }, width);
  expect(addresses.keysAt).toBe(machine.addressOf(keys));
  expect(addresses.valuesAt).toBe(machine.addressOf(values));
  expect(machine.free).toBe(free);
});
