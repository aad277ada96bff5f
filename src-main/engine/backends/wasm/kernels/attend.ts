import { type Code, f32, f32x4, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { addWeighted, fourProducts, replace, type WeightedRow } from './floats.ts';
import {
  addresses,
  asLocals,
  bringNear,
  copy,
  exponential,
  kernel,
  locals,
  partAt,
  scratchOf,
  writeRow,
} from './kernel.ts';
import { roundRow } from './shorts.ts';

// Grouped-query attention (`attend`) over the cache, position by position (`kernel-caches.ts`), in three kernels:
// scores, where threads share the keys; weights, where they share the queries; and mixes of values, where they share
// the columns. So memory is read once and in order, and no sum depends on the number of threads. What is read is a copy
// of the cache in 16 bits, half as many bytes; scores and weights are multiplied by the steps (decision 0074).

/** Marks a masked position: `masked` of the cache, and anything near it. */
export const leastSeen = -1e29;
/** The score of such a position. */
export const notSeen = -1e30;

/** Keys and values are processed this much at a time, to stay in cache. */
const nearBytes = 32 * 1024;

/** Floats of a head that a thread mixes: its smallest unit of work. */
const chunk = 16;

/** Parameters that differ from pass to pass, in the order in which `#tellPass` of `wasm-graph.ts` writes them. */
export function cellsOf(f: WasmFunction, pass: Local) {
  const cell = (n: number) => f.let('i32', i32.load(pass, 4 * n));
  const [count, rows, keys, values, layerBytes, mask, maskStream, maskQuery] = locals(8, cell);
  return { count, rows, keys, values, layerBytes, mask, maskStream, maskQuery };
}

/** The others, of the copy in 16 bits: where it is, and how many of its positions are still those of the cache. */
function cellsOfShorts(f: WasmFunction, pass: Local) {
  return { shorts: f.let('i32', i32.load(pass, 32)), rounded: f.let('i32', i32.load(pass, 36)) };
}

/**
 * Bytes of a layer of the copy: keys and values as in the cache, then the steps of keys, and those of values, four
 * positions of a stream side by side: [positions / 4, streams, 4].
 */
export function shortLayerBytes(layerBytes: number, { streams, size }: Record<'streams' | 'size', number>): number {
  const places = layerBytes / (4 * size * streams);
  return layerBytes + 2 * 16 * streams * Math.ceil(places / 4);
}

type OfLayer = Record<'keyHeads' | 'size' | 'layer' | 'pass', Local>;

/** Where the layer's numbers of the copy in 16 bits are, and how far apart. */
function shortsOf(f: WasmFunction, { keyHeads, size, layer, pass }: OfLayer) {
  const { rows, layerBytes } = cellsOf(f, pass);
  const { shorts, rounded } = cellsOfShorts(f, pass);
  const streams = f.let('i32', i32.multiply(rows, keyHeads));
  const headBytes = f.let('i32', i32.shiftLeft(size, 1));
  const placeBytes = f.let('i32', i32.multiply(streams, headBytes));
  const fourSteps = f.let('i32', i32.shiftLeft(streams, 4));
  const places = i32.divide(i32.shiftRight(layerBytes, 1), placeBytes);
  const stepBytes = f.let('i32', i32.multiply(i32.shiftRight(i32.add(places, 3), 2), fourSteps));
  const ofLayer = i32.multiply(layer, i32.add(layerBytes, i32.shiftLeft(stepBytes, 1)));
  const keys = f.let('i32', i32.add(shorts, ofLayer));
  const values = f.let('i32', i32.add(keys, i32.shiftRight(layerBytes, 1)));
  const keySteps = f.let('i32', i32.add(keys, layerBytes));
  const valueSteps = f.let('i32', i32.add(keySteps, stepBytes));
  return { keys, values, keySteps, valueSteps, fourSteps, headBytes, placeBytes, streams, rounded };
}

type Fresh = OfLayer & Record<'fresh' | 'row' | 'positions', Local>;
type Range = Record<'first' | 'end', Local>;

/**
 * Appends new keys, or values, to the layer's cache, from the `first` new position up to, but not including, `end`.
 * Returns where the layer's begin, and how large a position of all rows is.
 */
function keepFresh(
  f: WasmFunction,
  kind: 'keys' | 'values',
  { fresh, row, positions, keyHeads, size, layer, pass }: Fresh,
  { first, end }: Range,
) {
  const { [kind]: kept, count, rows, layerBytes } = cellsOf(f, pass);
  const rowBytes = f.let('i32', i32.shiftLeft(i32.multiply(size, keyHeads), 2));
  const placeBytes = f.let('i32', i32.multiply(rowBytes, rows));
  const all = f.let('i32', i32.add(kept, i32.multiply(layer, layerBytes)));
  const before = i32.multiply(i32.subtract(count, i32.divide(positions, rows)), placeBytes);
  const into = f.let('i32', i32.add(i32.add(all, before), i32.multiply(first, rowBytes)));
  const from = f.let('i32', i32.add(fresh, i32.multiply(first, row)));
  f.for(first, end, 1, () => {
    copy(f, { into, from, bytes: rowBytes });
    f.increase(into, rowBytes);
    f.increase(from, row);
  });
  return { all, placeBytes };
}

/** Rounds positions from `first` up to, but not including, `end`, from the cache into its copy in 16 bits. */
function roundPlaces(
  f: WasmFunction,
  kind: 'keys' | 'values',
  { kept, shorts }: { kept: ReturnType<typeof keepFresh>; shorts: ReturnType<typeof shortsOf> },
  { first, end }: Range,
): void {
  const headBytes = f.let('i32', i32.shiftLeft(shorts.headBytes, 1));
  const from = f.let('i32', i32.add(kept.all, i32.multiply(kept.placeBytes, first)));
  const into = f.let('i32', i32.add(shorts[kind], i32.multiply(shorts.placeBytes, first)));
  const steps = kind === 'keys' ? shorts.keySteps : shorts.valueSteps;
  f.for(first, end, 1, (place) => {
    const ofFour = i32.multiply(i32.shiftRight(place, 2), shorts.fourSteps);
    const step = f.let('i32', i32.add(i32.add(steps, ofFour), i32.shiftLeft(i32.and(place, 3), 2)));
    f.for(0, shorts.streams, 1, () => {
      f.do(f32.store(step, roundRow(f, { from, into, bytes: headBytes })));
      f.increase(step, 16);
    });
  });
}

/** The number of positions, a multiple of four, that are prefetched at a time, `bytes` of each. */
function placesNear(f: WasmFunction, bytes: Local): Local {
  const places = f.let('i32', i32.and(i32.divide(nearBytes, bytes), -4));
  f.if(i32.equal(places, 0), () => f.set(places, 4));
  return places;
}

/**
 * keys, values, row of keys, row of values, positions, key heads, size of a head, layer, pass: appends the new ones to
 * the cache. Threads share the positions.
 */
export function keepMany(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [keys, values, keyRow, valueRow, positions, keyHeads, size, layer, pass] = locals(9, take);
    const given = { positions, keyHeads, size, layer, pass };
    const first = f.let('i32', partAt(positions, number, of));
    const end = f.let('i32', partAt(positions, i32.add(number, 1), of));
    keepFresh(f, 'keys', { ...given, fresh: keys, row: keyRow }, { first, end });
    keepFresh(f, 'values', { ...given, fresh: values, row: valueRow }, { first, end });
  });
}

/**
 * scores, queries, fresh keys and values, rows of queries, keys and values, positions, key heads, group, size of a head,
 * bytes of a query's scores, factor in bits, layer, pass: [streams, queries of a stream, keys], with the mask added.
 * Before that, what is new in the cache since the last such pass is rounded to 16 bits, values too.
 */
export function attendScores(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [scores, queries, freshKeys, values, queryRow, keyRow, valueRow, positions] = locals(8, take);
    const [keyHeads, group, size, room, factorBits, layer, pass] = locals(7, take);
    const ofLayer = { keyHeads, size, layer, pass };
    const { count: keys, rows, mask, maskStream, maskQuery } = cellsOf(f, pass);
    const shorts = shortsOf(f, ofLayer);
    const { keys: all, keySteps, fourSteps, placeBytes } = shorts;
    const tokens = f.let('i32', i32.divide(positions, rows));
    const headBytes = f.let('i32', i32.shiftLeft(size, 2));
    const factor = f.let('v128', i32x4.splat(factorBits));
    const fours = f.let('i32', i32.shiftRight(i32.add(keys, 3), 2));
    const start = f.let('i32', partAt(fours, number, of));
    const end = f.let('i32', partAt(fours, i32.add(number, 1), of));
    const before = f.let('i32', i32.subtract(keys, tokens));
    const roundOwn = (kind: 'keys' | 'values', fresh: { fresh: Local; row: Local }, from: Local, to: Local) => {
      const within = (four: Local, least: Local) => {
        const place = f.let('i32', i32.shiftLeft(four, 2));
        f.if(i32.less(keys, place), () => f.set(place, keys));
        f.if(i32.less(place, least), () => f.set(place, least));
        return place;
      };
      const freshAt = (four: Local) => f.let('i32', i32.multiply(i32.subtract(within(four, before), before), rows));
      const given = { ...fresh, positions, ...ofLayer };
      const kept = keepFresh(f, kind, given, { first: freshAt(from), end: freshAt(to) });
      const { rounded } = shorts;
      roundPlaces(f, kind, { kept, shorts }, { first: within(from, rounded), end: within(to, rounded) });
    };
    // A thread's own keys, so that it needs not wait for another. Values are read later: they are shared from the other
    // end, as what is new is mostly one position.
    roundOwn('keys', { fresh: freshKeys, row: keyRow }, start, end);
    const opposite = f.let('i32', i32.subtract(i32.subtract(of, number), 1));
    const [valuesFrom, valuesTo] = [opposite, i32.add(opposite, 1)].map((each) =>
      f.let('i32', partAt(fours, each, of)),
    );
    roundOwn('values', { fresh: values, row: valueRow }, valuesFrom as Local, valuesTo as Local);
    const meeting = f.let('i32', scratchOf(number));
    const seenFrom = f.let('v128', f32x4.splat(f32.constant(leastSeen)));
    const [count, nextQuery, nextScore, nextMask, lists] = locals(5, () => f.local('i32'));
    // Queries are in lists, which are multiplied by a few keys at a time: with one token, those of its heads;
    // otherwise, head by head, those of its tokens.
    f.set(nextQuery, i32.multiply(rows, queryRow));
    f.set(nextScore, i32.multiply(group, room));
    f.set(nextMask, i32.multiply(group, maskQuery));
    f.set(count, tokens);
    f.set(lists, group);
    f.if(i32.equal(tokens, 1), () => {
      f.set(nextQuery, headBytes);
      f.set(nextScore, room);
      f.set(nextMask, maskQuery);
      f.set(count, group);
      f.set(lists, 1);
    });
    const [ofRow, ofHead, ofKeys, ofSteps, scoresOf, masksOf] = locals(6, () => f.local('i32'));
    const [query, score, seen, left, stop] = locals(5, () => f.local('i32'));
    const [from, near, together] = locals(3, () => f.local('i32'));
    const factors = f.local('v128');
    /** Scores of some queries for four keys. */
    const scoresFor = (several: 1 | 2, four: readonly Local[]) => {
      const queries = addresses(f, query, nextQuery, several);
      const places = addresses(f, score, nextScore, several);
      const masks = addresses(f, seen, nextMask, several).map((at) => f.let('v128', v128.load(at)));
      const [first, second] = asLocals(masks);
      const most = several === 1 ? first : f32x4.greaterOf(first, second);
      f.if(
        v128.isAnyTrue(f32x4.greater(most, seenFrom)),
        () => {
          const products = fourProducts(f, queries, { others: four, of: 'shorts', bytes: headBytes, meeting });
          for (const [q, each] of products.entries())
            f.do(v128.store(places[q] as Local, f32x4.add(masks[q] as Local, f32x4.multiply(each, factors))));
        },
        () => {
          for (const [q, mask] of masks.entries()) f.do(v128.store(places[q] as Local, mask));
        },
      );
      f.set(query, i32.add(queries.at(-1) as Local, nextQuery));
      f.set(score, i32.add(places.at(-1) as Local, nextScore));
      f.increase(seen, i32.multiply(nextMask, several));
      f.increase(left, -several);
    };
    f.set(together, i32.shiftRight(placesNear(f, placeBytes), 2));
    f.for(start, end, together, (first) => {
      f.set(stop, i32.add(first, together));
      f.if(i32.less(end, stop), () => f.set(stop, end));
      f.set(from, i32.add(all, i32.multiply(placeBytes, i32.shiftLeft(first, 2))));
      f.set(near, i32.shiftLeft(i32.subtract(stop, first), 2));
      bringNear(f, { from, count: near, apart: placeBytes, bytes: placeBytes, scratch: meeting });
      f.set(from, i32.add(keySteps, i32.multiply(fourSteps, first)));
      f.set(near, i32.subtract(stop, first));
      bringNear(f, { from, count: near, apart: fourSteps, bytes: fourSteps, scratch: meeting });
      f.set(ofKeys, all);
      f.set(ofSteps, keySteps);
      f.set(scoresOf, scores);
      f.set(masksOf, mask);
      f.set(ofRow, queries);
      f.for(0, rows, 1, () => {
        f.set(ofHead, ofRow);
        f.for(0, keyHeads, 1, () => {
          f.for(0, lists, 1, (list) => {
            f.for(first, stop, 1, (place) => {
              // Past the last key, up to a whole vector, is arbitrary data, none of which is seen.
              const key = f.let('i32', i32.add(ofKeys, i32.multiply(placeBytes, i32.shiftLeft(place, 2))));
              const four = addresses(f, key, placeBytes, 4);
              const lane = f.let('i32', i32.shiftLeft(place, 4));
              f.set(factors, f32x4.multiply(v128.load(i32.add(ofSteps, i32.multiply(fourSteps, place))), factor));
              f.set(query, i32.add(ofHead, i32.multiply(list, headBytes)));
              f.set(score, i32.add(i32.add(scoresOf, i32.multiply(list, room)), lane));
              f.set(seen, i32.add(i32.add(masksOf, i32.multiply(list, maskQuery)), lane));
              f.set(left, count);
              for (const several of [2, 1] as const)
                f.while(i32.atLeast(left, several), () => scoresFor(several, four));
            });
          });
          f.increase(ofHead, i32.multiply(group, headBytes));
          f.increase(scoresOf, i32.multiply(i32.multiply(tokens, group), room));
          f.increase(masksOf, maskStream);
          f.increase(ofKeys, shorts.headBytes);
          f.increase(ofSteps, 16);
        });
        f.increase(ofRow, queryRow);
      });
    });
  });
}

/** Replaces scores by weights of keys; zeros where nothing is seen. */
function writeWeights(
  f: WasmFunction,
  exp: (power: Code) => Local,
  { scores, keyBytes, padded }: Record<'scores' | 'keyBytes' | 'padded', Local>,
): void {
  // Past the last one, up to a whole vector, nothing may be seen.
  f.for(keyBytes, padded, 4, (i) => {
    f.do(f32.store(i32.add(scores, i), f32.constant(notSeen)));
  });
  const most = f.let('v128', f32x4.splat(f32.constant(-3e38)));
  f.for(0, keyBytes, 16, (i) => f.set(most, f32x4.greaterOf(most, v128.load(i32.add(scores, i)))));
  for (const lanes of [
    [2, 3, 0, 1],
    [1, 0, 3, 2],
  ] as const)
    f.set(most, f32x4.greaterOf(most, v128.shuffle32(most, most, lanes)));
  const seen = f.let('v128', f32x4.splat(f32.constant(leastSeen)));
  // A prompt's tokens see nothing of what follows them.
  const bytes = f.let('i32', padded);
  const last = () => f32x4.greater(v128.load(i32.subtract(i32.add(scores, bytes), 16)), seen);
  f.while(i32.and(i32.less(0, bytes), i32.equal(v128.isAnyTrue(last()), 0)), () => f.increase(bytes, -16));
  writeRow(f, { at: scores, bytes, from: [scores] }, (vectors) => {
    const [four] = asLocals(vectors);
    return v128.and(exp(f32x4.subtract(four, most)), f32x4.greater(four, seen));
  });
  f.for(bytes, padded, 16, (i) => f.do(v128.store(i32.add(scores, i), v128.zeros)));
}

/** The sums of some queries' weights, each in the order of keys: zeros in between change nothing. */
function totalsOf(f: WasmFunction, weights: readonly Local[], bytes: Local): readonly Local[] {
  const totals = weights.map(() => f.let('f32', f32.constant(0)));
  f.for(0, bytes, 16, (i) => {
    for (const [q, at] of weights.entries()) {
      const total = totals[q] as Local;
      const four = f.let('v128', v128.load(i32.add(at, i)));
      for (const lane of [0, 1, 2, 3]) f.set(total, f32.add(total, f32x4.lane(four, lane)));
    }
  });
  return totals;
}

/**
 * scores, positions, key heads, group, size of a head, bytes of a query's scores, layer, pass: replaces all queries'
 * scores by weights of keys times the steps of their values, followed by the reciprocal of the weights' sum. Threads
 * share the queries.
 */
export function attendWeights(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [scores, positions, keyHeads, group, size, room, layer, pass] = locals(8, take);
    const { valueSteps, fourSteps, streams } = shortsOf(f, { keyHeads, size, layer, pass });
    const queries = f.let('i32', i32.multiply(i32.multiply(positions, keyHeads), group));
    const perStream = f.let('i32', i32.divide(queries, streams));
    const keyBytes = f.let('i32', i32.shiftLeft(cellsOf(f, pass).count, 2));
    const padded = f.let('i32', i32.and(i32.add(keyBytes, 12), -16));
    const one = f.let('v128', f32x4.splat(f32.constant(1)));
    const exp = exponential(f);
    const first = f.let('i32', partAt(queries, number, of));
    const left = f.let('i32', i32.subtract(partAt(queries, i32.add(number, 1), of), first));
    const at = f.let('i32', i32.add(scores, i32.multiply(first, room)));
    const multiplySteps = (row: Local) => {
      const steps = f.let('i32', i32.add(valueSteps, i32.shiftLeft(i32.divide(first, perStream), 4)));
      f.for(row, i32.add(row, padded), 16, (weights) => {
        const four = f.let('v128', v128.load(weights));
        // Zero stays zero even where a step is NaN.
        const product = v128.and(f32x4.notEqual(four, v128.zeros), f32x4.multiply(four, v128.load(steps)));
        f.do(v128.store(weights, product));
        f.increase(steps, fourSteps);
      });
      f.increase(first, 1);
    };
    for (const several of [4, 1])
      f.while(i32.atLeast(left, several), () => {
        const rows = addresses(f, f.let('i32', at), room, several);
        for (const row of rows) writeWeights(f, exp, { scores: row, keyBytes, padded });
        for (const [q, total] of totalsOf(f, rows, padded).entries()) {
          // Where nothing is seen, all weights are zero; otherwise one of them is 1.
          const factor = f32x4.divide(one, f32x4.splat(f32.max(total, f32.constant(1))));
          f.do(v128.store(factorAt(rows[q] as Local, room), factor));
        }
        for (const row of rows) multiplySteps(row);
        f.increase(at, i32.multiply(room, several));
        f.increase(left, -several);
      });
  });
}

/** The factor of a query's weights: the last vector of their room. */
function factorAt(weights: Local, room: Local): Code {
  return i32.subtract(i32.add(weights, room), 16);
}

/**
 * out, weights, positions, key heads, group, size of a head, bytes of a query's weights, layer, pass: weighted means of
 * values.
 */
export function attendValues(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, weights, positions, keyHeads, group, size, room, layer, pass] = locals(9, take);
    const { count: keys, rows } = cellsOf(f, pass);
    const { values: all, placeBytes, headBytes: shortBytes } = shortsOf(f, { keyHeads, size, layer, pass });
    const headBytes = f.let('i32', i32.shiftLeft(size, 2));
    const tokens = f.let('i32', i32.divide(positions, rows));
    const scratch = f.let('i32', scratchOf(number));
    const heads = f.let('i32', i32.multiply(group, keyHeads));
    const perStream = f.let('i32', i32.multiply(tokens, group));
    const chunks = f.let('i32', i32.divide(i32.add(size, chunk - 1), chunk));
    const units = f.let('i32', i32.multiply(i32.multiply(rows, keyHeads), chunks));
    const begin = f.let('i32', partAt(units, number, of));
    const end = f.let('i32', partAt(units, i32.add(number, 1), of));
    // From the last head of a stream at one position to the first at the next.
    const toNext = f.let('i32', i32.multiply(i32.subtract(i32.multiply(rows, heads), group), headBytes));
    const [unit, stream, from, bytes] = locals(4, () => f.local('i32'));
    const [into, member, weight, left] = locals(4, () => f.local('i32'));
    /** Visits each key head of a text that the thread has columns of: `bytes`, starting at `from`. */
    const eachStream = (body: () => void) => {
      f.set(unit, begin);
      f.while(i32.less(unit, end), () => {
        f.set(stream, i32.divide(unit, chunks));
        const skipped = f.let('i32', i32.remainder(unit, chunks));
        f.set(from, i32.multiply(skipped, 4 * chunk));
        f.set(bytes, i32.multiply(i32.subtract(i32.add(skipped, end), unit), 4 * chunk));
        f.if(i32.less(headBytes, bytes), () => f.set(bytes, headBytes));
        f.set(bytes, i32.subtract(bytes, from));
        body();
        f.increase(unit, i32.subtract(chunks, skipped));
      });
    };
    /**
     * Visits the stream's queries, as many at a time as `counts` say: where the thread's part of the output is, and
     * where the weights are.
     */
    const eachOf = (counts: readonly number[], body: (queries: readonly WeightedRow[]) => void) => {
      const [text, head] = [i32.divide(stream, keyHeads), i32.remainder(stream, keyHeads)];
      const before = i32.add(i32.multiply(text, heads), i32.multiply(head, group));
      f.set(into, i32.add(i32.add(out, from), i32.multiply(before, headBytes)));
      f.set(member, 0);
      f.set(weight, i32.add(weights, i32.multiply(i32.multiply(stream, perStream), room)));
      f.set(left, perStream);
      const next = (): WeightedRow => {
        const row = { weights: f.let('i32', weight), into: f.let('i32', into) };
        f.increase(weight, room);
        f.increase(into, headBytes);
        f.increase(member, 1);
        f.if(i32.equal(member, group), () => {
          f.set(member, 0);
          f.increase(into, toNext);
        });
        return row;
      };
      for (const several of counts)
        f.while(i32.atLeast(left, several), () => {
          body(Array.from({ length: several }, next));
          f.increase(left, -several);
        });
    };
    const eachQuery = (body: (row: WeightedRow) => void) =>
      eachStream(() => eachOf([1], ([row]) => body(row as WeightedRow)));
    /** Where a unit's column is in a position of the copy. */
    const columnOf = (unit: Local) => {
      const ofStream = i32.multiply(i32.divide(unit, chunks), shortBytes);
      return f.let('i32', i32.add(ofStream, i32.multiply(i32.remainder(unit, chunks), 2 * chunk)));
    };
    const firstColumn = columnOf(begin);
    const columns = f.let('i32', i32.subtract(columnOf(end), firstColumn));
    f.if(i32.less(0, columns), () => {
      const together = placesNear(f, columns);
      const [near, nearFrom, span, values] = locals(4, () => f.local('i32'));
      eachQuery((row) => replace(f, row.into, bytes, () => v128.zeros));
      f.for(0, keys, together, (first) => {
        f.set(near, i32.subtract(keys, first));
        f.if(i32.less(together, near), () => f.set(near, together));
        f.set(span, i32.shiftLeft(near, 2));
        const place = f.let('i32', i32.add(all, i32.multiply(first, placeBytes)));
        f.set(nearFrom, i32.add(place, firstColumn));
        bringNear(f, { from: nearFrom, count: near, apart: placeBytes, bytes: columns, scratch });
        const skipped = f.let('i32', i32.shiftLeft(first, 2));
        eachStream(() => {
          f.set(values, i32.add(i32.add(place, i32.multiply(stream, shortBytes)), i32.shiftRight(from, 1)));
          eachOf([2, 1], (queries) => {
            const rows = queries.map((row) => ({ ...row, weights: f.let('i32', i32.add(row.weights, skipped)) }));
            addWeighted(f, { rows, span, values, of: 'shorts', row: placeBytes, bytes });
          });
        });
      });
      eachQuery(({ weights: at, into: made }) => {
        const factor = f.let('v128', v128.load(factorAt(at, room)));
        replace(f, made, bytes, (four) => f32x4.multiply(four, factor));
      });
    });
  });
}
