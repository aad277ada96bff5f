import { type Code, f32, f32x4, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { weightedSums } from './floats.ts';
import { asLocals, exponential, kernel, locals, partAt } from './kernel.ts';

/** Marks a place that may not be seen: `masked` of the cache, and anything near it. */
const leastSeen = -1e29;

/** The products of a query with four keys, or with as many as there are bytes left, four for each: the last one again in place of others. */
function fourProducts(
  f: WasmFunction,
  { query, key, column, bytes, left }: { query: Local; key: Local; column: Local; bytes: Local; left: Code },
): Local {
  const places = [f.let('i32', key)];
  const remaining = f.let('i32', left);
  for (const n of [1, 2, 3]) {
    const before = places[n - 1] as Local;
    const place = f.let('i32', before);
    f.if(i32.less(4 * n, remaining), () => f.increase(place, column));
    places.push(place);
  }
  const sums = places.map(() => f.let('v128', v128.zeros));
  const [from, end] = [f.let('i32', query), f.let('i32', i32.add(query, bytes))];
  const own = f.local('v128');
  /** Of so many vectors, and on to those behind them. */
  const step = (vectors: number) => {
    for (let n = 0; n < vectors; n++) {
      f.set(own, v128.load(from, 16 * n));
      for (const [k, place] of places.entries()) {
        const sum = sums[k] as Local;
        f.set(sum, f32x4.add(sum, f32x4.multiply(own, v128.load(place, 16 * n))));
      }
    }
    for (const place of [from, ...places]) f.increase(place, 16 * vectors);
  };
  f.while(i32.atLeast(end, i32.add(from, 64)), () => step(4));
  f.while(i32.atLeast(end, i32.add(from, 16)), () => step(1));
  const [a, b, c, d] = asLocals(sums);
  const pairs = (x: Local, y: Local) =>
    f32x4.add(v128.shuffle32(x, y, [0, 4, 1, 5]), v128.shuffle32(x, y, [2, 6, 3, 7]));
  f.set(a, pairs(a, b));
  f.set(c, pairs(c, d));
  const all = f.let('v128', f32x4.add(v128.shuffle32(a, c, [0, 1, 4, 5]), v128.shuffle32(a, c, [2, 3, 6, 7])));
  // What heads have more than whole vectors.
  f.while(i32.less(from, end), () => {
    const [first, second, third, fourth] = places.map((place) => v128.splat32(place)) as [Code, Code, Code, Code];
    f.set(a, v128.shuffle32(first, second, [0, 4, 0, 4]));
    f.set(c, v128.shuffle32(third, fourth, [0, 4, 0, 4]));
    f.set(all, f32x4.add(all, f32x4.multiply(v128.splat32(from), v128.shuffle32(a, c, [0, 1, 4, 5]))));
    for (const place of [from, ...places]) f.increase(place, 4);
  });
  return all;
}

/**
 * out, queries, fresh keys, fresh values, row of queries, row of keys, row of values, positions, key heads, group, size of a head,
 * scores, factor in bits, layer, pass: grouped-query attention (`attend`) over the copy of what is kept, behind which each thread puts the new places first. Threads
 * share the heads of queries. `pass` is the address of what differs from pass to pass (`#copy` of `wasm-runtime.ts`).
 */
export function attend(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, queries, freshKeys, freshValues, queryRow, keyRow, valueRow, positions, keyHeads] = locals(9, take);
    const [group, size, scores, factorBits, layer, pass] = locals(6, take);
    const cell = (n: number) => f.let('i32', i32.load(pass, 4 * n));
    const [keys, keysAt, valuesAt, layerBytes, mask, maskStream, maskQuery, rows] = locals(8, cell);
    const headBytes = f.let('i32', i32.shiftLeft(size, 2));
    const width = f.let('i32', i32.multiply(headBytes, keyHeads));
    const column = f.let('i32', i32.multiply(width, rows));
    const allKeys = f.let('i32', i32.add(keysAt, i32.multiply(layer, layerBytes)));
    const allValues = f.let('i32', i32.add(valuesAt, i32.multiply(layer, layerBytes)));
    // All threads write the same.
    const before = i32.multiply(i32.subtract(i32.multiply(keys, rows), positions), width);
    for (const [fresh, row, kept] of [
      [freshKeys, keyRow, allKeys],
      [freshValues, valueRow, allValues],
    ] as const) {
      const into = f.let('i32', i32.add(kept, before));
      f.for(0, positions, 1, () => {
        f.for(0, width, 4, (i) => {
          f.do(i32.store(i32.add(into, i), i32.load(i32.add(fresh, i))));
        });
        f.increase(into, width);
        f.increase(fresh, row);
      });
    }
    const factor = f.let('v128', i32x4.splat(factorBits));
    const one = f.let('v128', f32x4.splat(f32.constant(1)));
    const heads = f.let('i32', i32.multiply(keyHeads, group));
    const units = f.let('i32', i32.multiply(positions, heads));
    const most = f.local('v128');
    const total = f.local('f32');
    const keyBytes = f.let('i32', i32.shiftLeft(keys, 2));
    const perStream = f.let('i32', i32.multiply(i32.divide(positions, rows), group));
    const [position, head, stream, queryNumber, query, key, masks] = locals(7, () => f.local('i32'));
    f.for(partAt(units, number, of), partAt(units, i32.add(number, 1), of), 1, (unit) => {
      // All queries of a stream one after the other: its keys and values stay near.
      f.set(stream, i32.divide(unit, perStream));
      f.set(queryNumber, i32.remainder(unit, perStream));
      f.set(position, i32.add(i32.multiply(i32.divide(queryNumber, group), rows), i32.divide(stream, keyHeads)));
      f.set(head, i32.add(i32.multiply(i32.remainder(stream, keyHeads), group), i32.remainder(queryNumber, group)));
      f.set(query, i32.add(queries, i32.add(i32.multiply(position, queryRow), i32.multiply(head, headBytes))));
      f.set(masks, i32.add(mask, i32.add(i32.multiply(stream, maskStream), i32.multiply(queryNumber, maskQuery))));
      f.set(key, i32.add(allKeys, i32.multiply(stream, headBytes)));
      f.for(0, keyBytes, 16, (i) => {
        const products = fourProducts(f, { query, key, column, bytes: headBytes, left: i32.subtract(keyBytes, i) });
        const score = f32x4.add(v128.load(i32.add(masks, i)), f32x4.multiply(products, factor));
        f.do(v128.store(i32.add(scores, i), score));
        f.increase(key, i32.shiftLeft(column, 2));
      });
      // Behind the last one up to whole vectors there is nothing to be seen.
      f.for(keyBytes, i32.and(i32.add(keyBytes, 12), -16), 4, (i) => {
        f.do(f32.store(i32.add(scores, i), f32.constant(-1e30)));
      });
      f.set(most, f32x4.splat(f32.constant(-3e38)));
      f.for(0, keyBytes, 16, (i) => f.set(most, f32x4.greaterOf(most, v128.load(i32.add(scores, i)))));
      for (const lanes of [
        [2, 3, 0, 1],
        [1, 0, 3, 2],
      ] as const)
        f.set(most, f32x4.greaterOf(most, v128.shuffle32(most, most, lanes)));
      f.set(total, f32.constant(0));
      f.for(0, keyBytes, 16, (i) => {
        const four = f.let('v128', v128.load(i32.add(scores, i)));
        const power = exponential(f, f32x4.subtract(four, most));
        f.set(power, v128.and(power, f32x4.greater(four, f32x4.splat(f32.constant(leastSeen)))));
        f.do(v128.store(i32.add(scores, i), power));
        // In the order of keys: zeros between them change nothing.
        for (const lane of [0, 1, 2, 3]) f.set(total, f32.add(total, f32x4.lane(power, lane)));
      });
      const values = f.let('i32', i32.add(allValues, i32.multiply(stream, headBytes)));
      const into = f.let(
        'i32',
        i32.add(out, i32.add(i32.multiply(position, i32.multiply(heads, headBytes)), i32.multiply(head, headBytes))),
      );
      weightedSums(f, {
        ...{ weights: scores, count: keys, values, row: column, into, bytes: headBytes },
        // What sees nothing is zeros; what sees anything has one at least.
        factor: f.let('v128', f32x4.divide(one, f32x4.splat(f32.max(total, f32.constant(1))))),
      });
    });
  });
}
