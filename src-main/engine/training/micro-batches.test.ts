import { expect, test } from 'vitest';
import { causalParts } from '../model/causal-parts.ts';
import { Random } from '../random.ts';
import type { Tensor } from '../tensor.ts';
import type { BatchRow } from './batch-row.ts';
import { cutMicroBatches, type MicroBatch } from './micro-batches.ts';

const rotaryFrequencies = Float64Array.of(1, 0.5);
const pack = (rows: readonly BatchRow[], tokenBudget = 2048) =>
  cutMicroBatches(rows, { tokenBudget, lengthCost: 0, targetRoom: 0, rotaryFrequencies });

test('packed rows restart their positions at 0, and tokens attend only to their own row so far', () => {
  const batches = pack([
    { ids: [5, 6, 7], targetStart: 1 },
    { ids: [8, 9], targetStart: 1 },
  ]);
  expect(batches).toHaveLength(1);
  const [batch] = batches as [MicroBatch];
  expect(batch).toMatchObject({ sequences: 1, length: 16, tokens: 5, targetTokens: 3 });
  expect(numbers(batch, 'ids').slice(0, 6)).toEqual([5, 6, 7, 8, 9, 0]);
  // The first frequency is 1 radian a position.
  expect(positions(batch).slice(0, 6)).toEqual([0, 1, 2, 0, 1, 0]);
  expect(visible(batch).slice(0, 6)).toEqual([[0], [0, 1], [0, 1, 2], [3], [3, 4], [5]]);
});

test('a target token is predicted at the position before it', () => {
  const [batch] = pack([
    { ids: [5, 6, 7], targetStart: 1 },
    { ids: [8, 9], targetStart: 1 },
  ]) as [MicroBatch];
  expect(numbers(batch, 'target_positions')).toEqual([0, 1, 3]);
  expect(numbers(batch, 'target_ids')).toEqual([6, 7, 9]);
  expect([...batch.targetRows]).toEqual([0, 0, 1]);
});

test('the first token of a text is never predicted', () => {
  const [batch] = pack([{ ids: [5, 6], targetStart: 0 }]) as [MicroBatch];
  expect(numbers(batch, 'target_ids')).toEqual([6]);
});

test('a row without target tokens is packed but contributes no loss', () => {
  const [batch] = pack([
    { ids: [5, 6], targetStart: 2 },
    { ids: [7, 8], targetStart: 1 },
  ]) as [MicroBatch];
  expect([...batch.targetRows]).toEqual([1]);
  expect(batch.tokens).toBe(4);
});

test('no rows give no micro-batch', () => {
  expect(pack([])).toEqual([]);
});

test('padding attends only to itself, and nothing attends to padding', () => {
  const [batch] = pack([{ ids: [1, 2, 3], targetStart: 1 }]) as [MicroBatch];
  const seen = visible(batch);
  for (let i = 3; i < batch.length; i++) expect(seen[i]).toEqual([i]);
});

test('a hundred rows of random length are all packed whole, without attending to each other', () => {
  const random = new Random(0);
  const rows = Array.from({ length: 100 }, (_, row) => {
    const length = 2 + Math.floor(random.uniform() * 30);
    // Every id is unique to its row, so that a token tells where it comes from.
    return { ids: Array.from({ length }, () => row + 1), targetStart: 1 + Math.floor(random.uniform() * (length - 1)) };
  });
  const batches = pack(rows, 128);
  const found: number[] = [];
  const targets: number[] = [];
  for (const batch of batches) {
    expect(batch.sequences * batch.length).toBeLessThanOrEqual(128);
    const [ids, places, targetIds] = [numbers(batch, 'ids'), positions(batch), numbers(batch, 'target_ids')];
    const strangers = visible(batch).filter((seen, i) => {
      const sequence = Math.floor(i / batch.length) * batch.length;
      return seen.length !== (places[i] as number) + 1 || seen.some((other) => ids[sequence + other] !== ids[i]);
    });
    // Padding sees only itself and has position 0.
    expect(strangers).toEqual([]);
    expect(numbers(batch, 'target_positions').map((place) => ids[place])).toEqual(targetIds);
    expect([...batch.targetRows].map((row) => row + 1)).toEqual(targetIds);
    found.push(...ids.filter((id) => id > 0));
    targets.push(...targetIds);
  }
  const times = (all: readonly number[], id: number) => all.filter((each) => each === id).length;
  rows.forEach(({ ids, targetStart }, row) => {
    expect([times(found, row + 1), times(targets, row + 1)]).toEqual([ids.length, ids.length - targetStart]);
  });
  expect(batches.reduce((sum, batch) => sum + batch.tokens, 0)).toBe(found.length);
});

test('a row longer than the token budget gets a micro-batch of its own, untruncated', () => {
  const long = { ids: Array.from({ length: 100 }, (_, i) => i), targetStart: 50 };
  const batches = pack([{ ids: [1, 2], targetStart: 1 }, long, { ids: [3, 4], targetStart: 1 }], 32);
  expect(batches.map((batch) => batch.sequences)).toEqual([1, 1]);
  expect(batches[0]).toMatchObject({ length: 112, tokens: 100, targetTokens: 50 });
  expect(batches[1]).toMatchObject({ length: 16, tokens: 4, targetTokens: 2 });
});

test('a shared prefix is packed once, and each branch attends to it and continues its positions', () => {
  const shared = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const [batch] = pack([
    { ids: [...shared, 20, 21], targetStart: 10 },
    { ids: [...shared, 30], targetStart: 9 },
  ]) as [MicroBatch];
  expect(batch).toMatchObject({ sequences: 1, length: 16, tokens: 21, targetTokens: 2 });
  expect(numbers(batch, 'ids').slice(0, 12)).toEqual([...shared, 20, 21, 30]);
  expect(positions(batch).slice(9, 12)).toEqual([9, 10, 9]);
  const seen = visible(batch);
  const prefix = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  expect([seen[8], seen[9], seen[10], seen[11]]).toEqual([prefix, [...prefix, 9], [...prefix, 9, 10], [...prefix, 11]]);
  // 21 after 20; 30 after the last shared token.
  expect(numbers(batch, 'target_positions')).toEqual([9, 8]);
});

test('targets are never shared, even between identical rows', () => {
  const row = { ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], targetStart: 8 };
  const [batch] = pack([row, row]) as [MicroBatch];
  expect(numbers(batch, 'ids').slice(0, 12)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9, 10]);
  expect(batch.targetTokens).toBe(4);
});

test('where attention length is costly, short rows are not packed end to end', () => {
  const rows = Array.from({ length: 4 }, (_, i) => ({ ids: Array(16).fill(i + 1), targetStart: 1 }));
  const [cheap] = cutMicroBatches(rows, { tokenBudget: 2048, lengthCost: 0, targetRoom: 0, rotaryFrequencies });
  const [dear] = cutMicroBatches(rows, { tokenBudget: 2048, lengthCost: 0.1, targetRoom: 0, rotaryFrequencies });
  expect([cheap?.length, dear?.length]).toEqual([16, 16]);
  const uneven = [...rows, { ids: Array(64).fill(9), targetStart: 1 }];
  expect(
    cutMicroBatches(uneven, { tokenBudget: 2048, lengthCost: 0, targetRoom: 0, rotaryFrequencies })[0],
  ).toMatchObject({
    sequences: 2,
    length: 64,
  });
});

test('packing is deterministic', () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({ ids: [i, i + 1, ...Array(i % 5).fill(7)], targetStart: 1 }));
  const facts = (batches: MicroBatch[]) => batches.map((batch) => [batch.targetRows, numbers(batch, 'ids')]);
  expect(facts(pack(rows, 64))).toEqual(facts(pack(rows, 64)));
});

function numbers(batch: MicroBatch, name: string): number[] {
  return Array.from(batch.feeds().get(name)?.data ?? []);
}

/**
 * Derived from the angles: the first frequency is 1 radian per position; the second, 1/2, distinguishes positions a
 * full turn apart.
 */
function positions(batch: MicroBatch): number[] {
  const [cos, sin] = [numbers(batch, 'cos'), numbers(batch, 'sin')];
  return Array.from({ length: batch.sequences * batch.length }, (_, i) => {
    const fits = (position: number) =>
      [position, position / 2].every((angle, pair) => {
        const [c, s] = [cos[2 * i + pair] as number, sin[2 * i + pair] as number];
        return Math.hypot(c - Math.cos(angle), s - Math.sin(angle)) < 1e-6;
      });
    return Array.from({ length: batch.length }, (_, position) => position).findIndex(fits);
  });
}

/** For each token, the places in its sequence that it sees. */
function visible(batch: MicroBatch): number[][] {
  return Array.from({ length: batch.sequences * batch.length }, (_, i) => {
    const [sequence, token] = [Math.floor(i / batch.length), i % batch.length];
    const part = batch.length / causalParts;
    const mask = batch.feeds().get(`mask.${Math.floor(token / part)}`) as Tensor;
    const keys = mask.dims.at(-1) as number;
    const first = (sequence * part + (token % part)) * keys;
    return [...mask.data.subarray(first, first + keys)].flatMap((value, place) => (value === 0 ? [place] : []));
  });
}
