import { type Code, f32, f32x4, i32, i32x4, type Local, type Operand, v128, type WasmFunction } from '../code.ts';
import { addWeighted, fourProducts, replace } from './floats.ts';
import { addresses, asLocals, copy, exponential, kernel, locals, partAt, scratchOf, writeRow } from './kernel.ts';
import { queriesAtOnce } from './layout.ts';

// Grouped-query attention (`attend`) over the copy of what is kept, in two kernels: scores, of which threads share the keys, and mixes of values,
// of which they share the columns. So what memory gives is read once, and no sum depends on how many threads there are.

/** Marks a place that may not be seen: `masked` of the cache, and anything near it. */
const leastSeen = -1e29;

/** So many values are added for some queries before the next ones: they stay near. */
const valuesAtOnce = 64;

/** Floats of a head that a thread mixes: its smallest part. */
const chunk = 16;

/** What differs from pass to pass, told by `#copy` of `wasm-runtime.ts`. */
function cellsOf(f: WasmFunction, pass: Local) {
  const cell = (n: number) => f.let('i32', i32.load(pass, 4 * n));
  const [keys, keysAt, valuesAt, layerBytes, mask, maskStream, maskQuery, rows] = locals(8, cell);
  return { keys, keysAt, valuesAt, layerBytes, mask, maskStream, maskQuery, rows };
}

type Kept = Record<'into' | 'from' | 'row' | 'rows' | 'keyHeads' | 'headBytes' | 'streamBytes', Local>;

/** Copies places [rows, heads, size], `row` bytes from one row to the next, to where each stream has its own side by side. */
function keep(
  f: WasmFunction,
  places: Operand,
  { into, from, row, rows, keyHeads, headBytes, streamBytes }: Kept,
): void {
  const [stream, head] = locals(2, () => f.local('i32'));
  f.for(0, places, 1, () => {
    f.set(stream, into);
    f.for(0, rows, 1, () => {
      f.set(head, from);
      f.for(0, keyHeads, 1, () => {
        copy(f, { into: stream, from: head, bytes: headBytes });
        f.increase(head, headBytes);
        f.increase(stream, streamBytes);
      });
      f.increase(from, row);
    });
    f.increase(into, headBytes);
  });
}

/** into, from, places, rows, key heads, size of a head, bytes of a stream: what is kept of a layer, for `attend`. Threads share the places. */
export function keepPlaces(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [into, from, places, rows, keyHeads, size, streamBytes] = locals(7, take);
    const headBytes = f.let('i32', i32.shiftLeft(size, 2));
    const row = f.let('i32', i32.multiply(headBytes, keyHeads));
    const first = f.let('i32', partAt(places, number, of));
    const count = f.let('i32', i32.subtract(partAt(places, i32.add(number, 1), of), first));
    f.increase(into, i32.multiply(first, headBytes));
    f.increase(from, i32.multiply(i32.multiply(first, rows), row));
    keep(f, count, { into, from, row, rows, keyHeads, headBytes, streamBytes });
  });
}

type Fresh = Record<
  'fresh' | 'row' | 'positions' | 'keyHeads' | 'size' | 'layer' | 'keys' | 'rows' | 'layerBytes' | 'kept',
  Local
>;

/** Puts the new keys, or values, behind those that are kept of the layer; gives where these begin, and their sizes. */
function keepFresh(
  f: WasmFunction,
  { fresh, row, positions, keyHeads, size, layer, keys, rows, layerBytes, kept }: Fresh,
) {
  const headBytes = f.let('i32', i32.shiftLeft(size, 2));
  const streamBytes = f.let('i32', i32.divide(layerBytes, i32.multiply(rows, keyHeads)));
  const all = f.let('i32', i32.add(kept, i32.multiply(layer, layerBytes)));
  const tokens = f.let('i32', i32.divide(positions, rows));
  const into = f.let('i32', i32.add(all, i32.multiply(i32.subtract(keys, tokens), headBytes)));
  // All threads write the same.
  keep(f, tokens, { into, from: fresh, row, rows, keyHeads, headBytes, streamBytes });
  return { all, tokens, headBytes, streamBytes };
}

/**
 * scores, queries, fresh keys, row of queries, row of keys, positions, key heads, group, size of a head, bytes of a query's scores,
 * factor in bits, layer, pass: [streams, queries of a stream, keys], with the mask added.
 */
export function attendScores(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [scores, queries, fresh, queryRow, row, positions, keyHeads, group, size] = locals(9, take);
    const [room, factorBits, layer, pass] = locals(4, take);
    const { keys, keysAt, layerBytes, mask, maskStream, maskQuery, rows } = cellsOf(f, pass);
    const { all, tokens, headBytes, streamBytes } = keepFresh(f, {
      ...{ fresh, row, positions, keyHeads, size, layer },
      ...{ keys, rows, layerBytes, kept: keysAt },
    });
    const factor = f.let('v128', i32x4.splat(factorBits));
    const fours = f.let('i32', i32.shiftRight(i32.add(keys, 3), 2));
    const start = f.let('i32', partAt(fours, number, of));
    const end = f.let('i32', partAt(fours, i32.add(number, 1), of));
    const meeting = f.let('i32', scratchOf(number));
    const tokenRow = f.let('i32', i32.multiply(rows, queryRow));
    const [score, seen, scoresOf, masksOf, query, ofRow, ofHead, ofToken, left] = locals(9, () => f.local('i32'));
    f.set(scoresOf, scores);
    f.set(masksOf, mask);
    f.set(ofRow, queries);
    f.for(0, rows, 1, () => {
      f.set(ofHead, ofRow);
      f.for(0, keyHeads, 1, () => {
        f.for(start, end, 1, (place) => {
          // Behind the last key up to whole vectors lies something, of which nothing is seen.
          const first = f.let('i32', i32.add(all, i32.multiply(headBytes, i32.shiftLeft(place, 2))));
          const four = addresses(f, first, headBytes, 4);
          const together = (count: number) => {
            const several = addresses(f, query, headBytes, count);
            for (const products of fourProducts(f, several, { others: four, bytes: headBytes, meeting })) {
              f.do(v128.store(score, f32x4.add(v128.load(seen), f32x4.multiply(products, factor))));
              f.increase(score, room);
              f.increase(seen, maskQuery);
            }
            f.increase(query, i32.multiply(headBytes, count));
            f.increase(left, -count);
          };
          f.set(score, i32.add(scoresOf, i32.shiftLeft(place, 4)));
          f.set(seen, i32.add(masksOf, i32.shiftLeft(place, 4)));
          f.set(ofToken, ofHead);
          f.for(0, tokens, 1, () => {
            f.set(query, ofToken);
            f.set(left, group);
            for (const count of [2, 1]) f.while(i32.atLeast(left, count), () => together(count));
            f.increase(ofToken, tokenRow);
          });
        });
        f.increase(ofHead, i32.multiply(group, headBytes));
        f.increase(scoresOf, i32.multiply(i32.multiply(tokens, group), room));
        f.increase(masksOf, maskStream);
        f.increase(all, streamBytes);
      });
      f.increase(ofRow, queryRow);
    });
  });
}

/** Weights of keys by their scores; gives their sum. */
function softmax(
  f: WasmFunction,
  exp: (power: Code) => Local,
  { scores, weights, keyBytes }: Record<'scores' | 'weights' | 'keyBytes', Local>,
): Local {
  // Behind the last one up to whole vectors there is nothing to be seen.
  const padded = f.let('i32', i32.and(i32.add(keyBytes, 12), -16));
  f.for(keyBytes, padded, 4, (i) => {
    f.do(f32.store(i32.add(scores, i), f32.constant(-1e30)));
  });
  const most = f.let('v128', f32x4.splat(f32.constant(-3e38)));
  f.for(0, keyBytes, 16, (i) => f.set(most, f32x4.greaterOf(most, v128.load(i32.add(scores, i)))));
  for (const lanes of [
    [2, 3, 0, 1],
    [1, 0, 3, 2],
  ] as const)
    f.set(most, f32x4.greaterOf(most, v128.shuffle32(most, most, lanes)));
  const total = f.let('f32', f32.constant(0));
  const seen = f.let('v128', f32x4.splat(f32.constant(leastSeen)));
  writeRow(f, { at: weights, bytes: padded, from: [scores] }, (vectors) => {
    const [four] = asLocals(vectors);
    return v128.and(exp(f32x4.subtract(four, most)), f32x4.greater(four, seen));
  });
  // In the order of keys: zeros between them change nothing.
  f.for(0, padded, 16, (i) => {
    const four = f.let('v128', v128.load(i32.add(weights, i)));
    for (const lane of [0, 1, 2, 3]) f.set(total, f32.add(total, f32x4.lane(four, lane)));
  });
  return total;
}

/**
 * out, scores, fresh values, row of values, positions, key heads, group, size of a head, weights, bytes of a query's scores, layer, pass:
 * means of values by the scores. `weights` is memory of the thread, for `queriesAtOnce` queries and a vector behind each.
 */
export function attendValues(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, scores, fresh, row, positions, keyHeads, group, size, weights] = locals(9, take);
    const [room, layer, pass] = locals(3, take);
    const { keys, valuesAt, layerBytes, rows } = cellsOf(f, pass);
    const { all, tokens, headBytes, streamBytes } = keepFresh(f, {
      ...{ fresh, row, positions, keyHeads, size, layer },
      ...{ keys, rows, layerBytes, kept: valuesAt },
    });
    const keyBytes = f.let('i32', i32.shiftLeft(keys, 2));
    const one = f.let('v128', f32x4.splat(f32.constant(1)));
    const exp = exponential(f);
    const heads = f.let('i32', i32.multiply(group, keyHeads));
    const perStream = f.let('i32', i32.multiply(tokens, group));
    const chunks = f.let('i32', i32.divide(i32.add(size, chunk - 1), chunk));
    const units = f.let('i32', i32.multiply(i32.multiply(rows, keyHeads), chunks));
    const unit = f.let('i32', partAt(units, number, of));
    const end = f.let('i32', partAt(units, i32.add(number, 1), of));
    const [stream, skipped, from, bytes, score, values, next] = locals(7, () => f.local('i32'));
    const [position, into, weight, at, until] = locals(5, () => f.local('i32'));
    /** For each query at hand: where its part of what comes out lies, and where its weights do. */
    const eachOf = (first: Local, body: () => void) => {
      f.set(weight, weights);
      f.for(first, next, 1, (query) => {
        f.set(position, i32.add(i32.multiply(i32.divide(query, group), rows), i32.divide(stream, keyHeads)));
        const head = i32.add(i32.multiply(i32.remainder(stream, keyHeads), group), i32.remainder(query, group));
        f.set(into, i32.add(i32.multiply(i32.add(i32.multiply(position, heads), head), headBytes), i32.add(out, from)));
        body();
        f.increase(weight, i32.add(room, 16));
      });
    };
    f.while(i32.less(unit, end), () => {
      f.set(stream, i32.divide(unit, chunks));
      f.set(skipped, i32.remainder(unit, chunks));
      f.set(from, i32.shiftLeft(skipped, 6));
      f.set(bytes, i32.shiftLeft(i32.subtract(i32.add(skipped, end), unit), 6));
      f.if(i32.less(headBytes, bytes), () => f.set(bytes, headBytes));
      f.set(bytes, i32.subtract(bytes, from));
      f.set(score, i32.add(scores, i32.multiply(i32.multiply(stream, perStream), room)));
      f.for(0, perStream, queriesAtOnce, (query) => {
        f.set(next, i32.add(query, queriesAtOnce));
        f.if(i32.less(perStream, next), () => f.set(next, perStream));
        eachOf(query, () => {
          const total = softmax(f, exp, { scores: score, weights: weight, keyBytes });
          // What sees nothing is zeros; what sees anything has one at least.
          const factor = f32x4.divide(one, f32x4.splat(f32.max(total, f32.constant(1))));
          f.do(v128.store(i32.add(weight, room), factor));
          replace(f, into, bytes, () => v128.zeros);
          f.increase(score, room);
        });
        f.set(values, i32.add(all, i32.add(i32.multiply(stream, streamBytes), from)));
        f.for(0, keyBytes, 4 * valuesAtOnce, (first) => {
          f.set(until, i32.add(first, 4 * valuesAtOnce));
          f.if(i32.less(keyBytes, until), () => f.set(until, keyBytes));
          eachOf(query, () => {
            f.set(at, i32.add(weight, first));
            const end = f.let('i32', i32.add(weight, until));
            addWeighted(f, { weights: at, end, values, row: headBytes, into, bytes });
          });
          f.increase(values, i32.multiply(headBytes, valuesAtOnce));
        });
        eachOf(query, () => {
          const factor = f.let('v128', v128.load(i32.add(weight, room)));
          replace(f, into, bytes, (four) => f32x4.multiply(four, factor));
        });
      });
      f.increase(unit, i32.subtract(chunks, skipped));
    });
  });
}
