import { type Code, f32, f32x4, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { cellsOf, leastSeen, notSeen } from './attend.ts';
import { addresses, eachPart, exponential, halves, kernel, locals } from './kernel.ts';
import { laneBytes, queryLanes } from './layout.ts';

// Grouped-query attention for the many queries of a prompt (`attendMany`): sixteen of them are the lanes of four
// vectors, so that each lane sums its own scores, and nothing is added across lanes. Keys and values are read in place.
// The result of a query depends only on it and on what it sees.

/** Keys that are tested together for whether any is seen. */
const keysAtOnce = 8;

/** Keys whose products with the queries are summed at a time, and queries whose values are. */
const tile = 4;

/** This many values are added for all queries before the next ones: they stay in cache. */
const valuesAtOnce = 64;

/** Floats of a head that are mixed at a time. */
const chunk = 16;

/** The size of a head must be a multiple of this. */
export const sizesOfMany = chunk;

/** Numbers of a head multiplied per iteration of the unrolled loop. */
const unrolled = 8;

const quarters = [0, 1, 2, 3] as const;

/** Sums of four vectors for each of four others. */
function sumsOfTile(f: WasmFunction): readonly (readonly Local[])[] {
  return Array.from({ length: tile }, () => quarters.map(() => f.local('v128')));
}

/** sum + number · vector, for each of four adjacent vectors: two instructions of 256 bits each. */
function addProducts(f: WasmFunction, sums: readonly Local[], number: Local, vectors: readonly Local[]): void {
  for (const [n, sum] of sums.entries()) f.set(sum, f32x4.relaxedMultiplyAdd(number, vectors[n] as Local, sum));
}

/** A thread's working memory in bytes: queries in lanes, their results, and the scores of this many keys. */
export function workBytes(size: number, keys: number): number {
  return laneBytes * (2 * size + 1 + keys + keysAtOnce);
}

/**
 * out, queries, row of queries, positions, key heads, group, size, work, factor in bits, layer, pass, units at once:
 * means of values weighted by the scores of keys; the new ones are in the cache already. Threads share the units,
 * sixteen queries of a key head each.
 */
export function attendMany(): WasmFunction {
  return kernel((f, take, thread) => {
    const [out, queries, queryRow, positions, keyHeads, group, size, work, factorBits] = locals(9, take);
    const [layer, pass, unitsAtOnce] = locals(3, take);
    const { count: keys, rows, keys: keysKept, values: valuesKept, ...apart } = cellsOf(f, pass);
    const { layerBytes, mask, maskStream, maskQuery } = apart;
    const headBytes = f.let('i32', i32.shiftLeft(size, 2));
    const placeBytes = f.let('i32', i32.multiply(i32.multiply(rows, keyHeads), headBytes));
    const factor = f.let('f32', f32x4.lane(f.let('v128', i32x4.splat(factorBits)), 0));
    const tokenQueries = f.let('i32', i32.multiply(rows, queryRow));
    const outRow = f.let('i32', i32.multiply(i32.multiply(keyHeads, group), headBytes));
    const tokenOuts = f.let('i32', i32.multiply(rows, outRow));
    const perStream = f.let('i32', i32.multiply(i32.divide(positions, rows), group));
    const perUnit = f.let('i32', i32.divide(i32.add(perStream, queryLanes - 1), queryLanes));
    const units = f.let('i32', i32.multiply(i32.multiply(rows, keyHeads), perUnit));
    // A thread's working memory.
    const turned = f.let('i32', work);
    const sums = f.let('i32', i32.add(turned, i32.multiply(size, laneBytes)));
    const totals = f.let('i32', i32.add(sums, i32.multiply(size, laneBytes)));
    const scores = f.let('i32', i32.add(totals, laneBytes));
    const seenFrom = f.let('v128', f32x4.splat(f32.constant(leastSeen)));
    const unseen = f.let('v128', f32x4.splat(f32.constant(notSeen)));
    const one = f.let('v128', f32x4.splat(f32.constant(1)));
    const exp = exponential(f);

    const [stream, first, count, query, into, masks] = locals(6, () => f.local('i32'));
    const [member, place, at, begin, end, lane] = locals(6, () => f.local('i32'));
    const [headQueries, headOuts, ofKeys, ofValues] = locals(4, () => f.local('i32'));

    /** Visits the lanes' queries one by one: where each is, and where its result belongs. */
    const eachQuery = (body: () => void) => {
      f.set(member, i32.remainder(first, group));
      const token = f.let('i32', i32.divide(first, group));
      const ofMember = f.let('i32', i32.multiply(member, headBytes));
      f.set(query, i32.add(i32.add(headQueries, i32.multiply(token, tokenQueries)), ofMember));
      f.set(into, i32.add(i32.add(headOuts, i32.multiply(token, tokenOuts)), ofMember));
      f.set(lane, 0);
      f.while(i32.less(lane, count), () => {
        body();
        f.increase(lane, 1);
        f.increase(member, 1);
        f.increase(query, headBytes);
        f.increase(into, headBytes);
        f.if(i32.equal(member, group), () => {
          f.set(member, 0);
          f.increase(query, i32.subtract(tokenQueries, i32.multiply(group, headBytes)));
          f.increase(into, i32.subtract(tokenOuts, i32.multiply(group, headBytes)));
        });
      });
    };

    /** Transposes the queries, times the factor, into lanes: [size, 16]. Unused lanes are zeros. */
    const turnQueries = () => {
      f.for(turned, sums, 16, (i) => f.do(v128.store(i, v128.zeros)));
      eachQuery(() => {
        f.set(at, i32.add(turned, i32.shiftLeft(lane, 2)));
        f.for(query, i32.add(query, headBytes), 4, (i) => {
          f.do(f32.store(at, f32.multiply(f32.load(i), factor)));
          f.increase(at, laneBytes);
        });
      });
    };

    const scoreSums = sumsOfTile(f);
    const vectors = quarters.map(() => f.local('v128'));
    const by = f.local('v128');
    /** Scores of four keys. */
    const scoreTile = (key: Local, score: Local) => {
      const four = addresses(f, f.let('i32', key), placeBytes, tile);
      const from = f.let('i32', turned);
      for (const sum of scoreSums.flat()) f.set(sum, v128.zeros);
      f.while(i32.less(from, sums), () => {
        for (let n = 0; n < unrolled; n++) {
          for (const quarter of quarters)
            f.set(vectors[quarter] as Local, v128.load(from, laneBytes * n + 16 * quarter));
          for (const [k, each] of four.entries()) {
            f.set(by, v128.splat32(each, 4 * n));
            addProducts(f, scoreSums[k] as readonly Local[], by, vectors);
          }
        }
        for (const each of four) f.increase(each, 4 * unrolled);
        f.increase(from, laneBytes * unrolled);
      });
      for (const [k, own] of scoreSums.entries())
        for (const quarter of quarters) f.do(v128.store(score, own[quarter] as Local, laneBytes * k + 16 * quarter));
    };

    /** Adds the mask to the scores of some keys, of which a lane may not see all. */
    const addMask = (maskOffset: Local, score: Local) => {
      f.set(at, i32.add(masks, maskOffset));
      f.for(score, i32.add(score, i32.shiftLeft(count, 2)), 4, (ofLane) => {
        for (let k = 0; k < keysAtOnce; k++) {
          const own = f.let('f32', f32.load(at, 4 * k));
          f.if(
            f32.greater(own, f32.constant(leastSeen)),
            () => f.do(f32.store(ofLane, f32.add(f32.load(ofLane, laneBytes * k), own), laneBytes * k)),
            () => f.do(f32.store(ofLane, f32.constant(notSeen), laneBytes * k)),
          );
        }
        f.increase(at, maskQuery);
      });
    };

    const least = halves.map(() => f.local('v128'));
    const most = halves.map(() => f.local('v128'));
    /** Scores of all keys that any lane sees, and of some in between: from `begin` up to, but not including, `end`. */
    const scoreKeys = () => {
      const [score, key] = [f.let('i32', scores), f.let('i32', ofKeys)];
      f.set(begin, 0);
      f.set(end, 0);
      f.for(0, keys, keysAtOnce, (k) => {
        const maskOffset = f.let('i32', i32.shiftLeft(k, 2));
        f.set(at, i32.add(masks, maskOffset));
        for (const half of halves) {
          f.set(least[half] as Local, v128.load(at, 16 * half));
          f.set(most[half] as Local, v128.load(at, 16 * half));
        }
        f.for(1, count, 1, () => {
          f.increase(at, maskQuery);
          for (const half of halves) f.set(vectors[half] as Local, v128.load(at, 16 * half));
          for (const half of halves)
            f.set(least[half] as Local, f32x4.lesserOf(least[half] as Local, vectors[half] as Local));
          for (const half of halves)
            f.set(most[half] as Local, f32x4.greaterOf(most[half] as Local, vectors[half] as Local));
        });
        const [lowest, higher] = [least, most].map((both) => v128.or(...(both as [Local, Local]))) as [Code, Code];
        const seen = most.map((four) => f32x4.greater(four, seenFrom)) as [Code, Code];
        f.if(
          v128.isAnyTrue(v128.or(...seen)),
          () => {
            f.if(i32.equal(begin, 0), () => f.set(begin, score));
            for (let part = 0; part < keysAtOnce; part += tile) {
              const ofPart = part === 0 ? key : f.let('i32', i32.add(key, i32.multiply(placeBytes, part)));
              scoreTile(ofPart, part === 0 ? score : f.let('i32', i32.add(score, laneBytes * part)));
            }
            f.if(v128.isAnyTrue(v128.or(lowest, higher)), () => addMask(maskOffset, score));
            f.set(end, i32.add(score, laneBytes * keysAtOnce));
          },
          () => {
            for (let n = 0; n < (keysAtOnce * laneBytes) / 16; n++) f.do(v128.store(score, unseen, 16 * n));
          },
        );
        f.increase(score, laneBytes * keysAtOnce);
        f.increase(key, i32.multiply(placeBytes, keysAtOnce));
      });
      // Past the last key, up to a whole step, is arbitrary data.
      const last = f.let('i32', i32.add(scores, i32.multiply(keys, laneBytes)));
      f.if(i32.less(last, end), () => f.set(end, last));
      f.if(i32.equal(begin, 0), () => f.set(begin, end));
    };

    /** Turns scores into weights of keys, and stores the reciprocals of their sums in `totals`. */
    const weighKeys = () => {
      const highest = quarters.map(() => f.let('v128', unseen));
      f.for(begin, end, laneBytes, (i) => {
        for (const quarter of quarters) f.set(vectors[quarter] as Local, v128.load(i, 16 * quarter));
        for (const quarter of quarters)
          f.set(highest[quarter] as Local, f32x4.greaterOf(highest[quarter] as Local, vectors[quarter] as Local));
      });
      const all = quarters.map(() => f.let('v128', v128.zeros));
      f.for(begin, end, laneBytes, (i) => {
        for (const two of [quarters.slice(0, 2), quarters.slice(2)]) {
          const own = two.map((quarter) => f.let('v128', v128.load(i, 16 * quarter)));
          const powers = two.map((quarter, n) => exp(f32x4.subtract(own[n] as Local, highest[quarter] as Local)));
          const weights = two.map((_, n) =>
            f.let('v128', v128.and(powers[n] as Local, f32x4.greater(own[n] as Local, seenFrom))),
          );
          for (const [n, quarter] of two.entries())
            f.set(all[quarter] as Local, f32x4.add(all[quarter] as Local, weights[n] as Local));
          for (const [n, quarter] of two.entries()) f.do(v128.store(i, weights[n] as Local, 16 * quarter));
        }
      });
      // Where nothing is seen, all weights are zero; otherwise one of them is 1.
      for (const quarter of quarters) {
        const total = f32x4.greaterOf(all[quarter] as Local, one);
        f.do(v128.store(totals, f32x4.divide(one, total), 16 * quarter));
      }
    };

    const valueSums = sumsOfTile(f);
    /** Adds values, starting from one, to the results of all lanes. */
    const addValues = (value: Local, weight: Local, until: Local) => {
      const [own, from, row] = locals(3, () => f.local('i32'));
      f.for(0, laneBytes, 4 * tile, (ofLanes) => {
        f.for(0, headBytes, 4 * chunk, (column) => {
          f.set(row, i32.add(i32.add(sums, i32.multiply(ofLanes, size)), column));
          const lanes = addresses(f, f.let('i32', row), headBytes, tile);
          for (const [l, each] of valueSums.entries())
            for (const quarter of quarters) f.set(each[quarter] as Local, v128.load(lanes[l] as Local, 16 * quarter));
          f.set(own, i32.add(weight, ofLanes));
          f.set(from, i32.add(value, column));
          const add = (count: number) => {
            for (let n = 0; n < count; n++) {
              for (const quarter of quarters) f.set(vectors[quarter] as Local, v128.load(from, 16 * quarter));
              for (const [l, each] of valueSums.entries()) {
                f.set(by, v128.splat32(own, laneBytes * n + 4 * l));
                addProducts(f, each, by, vectors);
              }
              f.increase(from, placeBytes);
            }
            f.increase(own, laneBytes * count);
          };
          const last = f.let('i32', i32.add(until, ofLanes));
          for (const count of [4, 1]) f.while(i32.atLeast(last, i32.add(own, laneBytes * count)), () => add(count));
          for (const [l, each] of valueSums.entries())
            for (const quarter of quarters) f.do(v128.store(lanes[l] as Local, each[quarter] as Local, 16 * quarter));
        });
      });
    };

    /** Weighted sums of values, over one run at a time of keys that any lane sees. */
    const mixValues = () => {
      f.for(sums, totals, 16, (i) => f.do(v128.store(i, v128.zeros)));
      const [weight, run, runEnd, value] = locals(4, () => f.local('i32'));
      const isSeen = (at: Local) => {
        const [a, b, c, d] = quarters.map((quarter) => v128.load(at, 16 * quarter)) as [Code, Code, Code, Code];
        return v128.isAnyTrue(v128.or(v128.or(a, b), v128.or(c, d)));
      };
      f.set(weight, begin);
      f.set(value, i32.add(ofValues, i32.multiply(i32.divide(i32.subtract(begin, scores), laneBytes), placeBytes)));
      f.while(i32.less(weight, end), () => {
        f.if(
          isSeen(weight),
          () => {
            f.set(run, weight);
            f.set(runEnd, i32.add(weight, laneBytes * valuesAtOnce));
            f.if(i32.less(end, runEnd), () => f.set(runEnd, end));
            f.set(place, value);
            f.set(at, 1);
            f.while(i32.and(at, i32.less(run, runEnd)), () => {
              f.increase(run, laneBytes);
              f.increase(value, placeBytes);
              f.set(at, isSeen(run));
            });
            addValues(place, weight, run);
            f.set(weight, run);
          },
          () => {
            f.increase(weight, laneBytes);
            f.increase(value, placeBytes);
          },
        );
      });
    };

    const writeMeans = () => {
      const [sum, total] = [f.let('i32', sums), f.let('i32', totals)];
      eachQuery(() => {
        f.set(by, v128.splat32(total));
        f.set(at, into);
        f.for(sum, i32.add(sum, headBytes), 4 * chunk, (i) => {
          for (const quarter of quarters) f.set(vectors[quarter] as Local, v128.load(i, 16 * quarter));
          for (const quarter of quarters)
            f.do(v128.store(at, f32x4.multiply(vectors[quarter] as Local, by), 16 * quarter));
          f.increase(at, 4 * chunk);
        });
        f.increase(sum, headBytes);
        f.increase(total, 4);
      });
    };

    const unit = f.local('i32');
    eachPart(f, { units, atOnce: unitsAtOnce, thread }, (from, to) => {
      f.set(unit, from);
      f.while(i32.less(unit, to), () => {
        f.set(stream, i32.divide(unit, perUnit));
        f.set(first, i32.multiply(i32.remainder(unit, perUnit), queryLanes));
        f.set(count, i32.subtract(perStream, first));
        f.if(i32.less(queryLanes, count), () => f.set(count, queryLanes));
        const row = f.let('i32', i32.divide(stream, keyHeads));
        const ofHead = f.let('i32', i32.multiply(i32.multiply(i32.remainder(stream, keyHeads), group), headBytes));
        f.set(headQueries, i32.add(i32.add(queries, i32.multiply(row, queryRow)), ofHead));
        f.set(headOuts, i32.add(i32.add(out, i32.multiply(row, outRow)), ofHead));
        const skipped = f.let('i32', i32.add(i32.multiply(layer, layerBytes), i32.multiply(stream, headBytes)));
        f.set(ofKeys, i32.add(keysKept, skipped));
        f.set(ofValues, i32.add(valuesKept, skipped));
        f.set(masks, i32.add(i32.add(mask, i32.multiply(stream, maskStream)), i32.multiply(first, maskQuery)));
        turnQueries();
        scoreKeys();
        weighKeys();
        mixValues();
        writeMeans();
        f.increase(unit, 1);
      });
    });
  });
}
