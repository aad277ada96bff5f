import { expect, test } from 'vitest';
import { type BatchRow, cutMicroBatches, type MicroBatch } from './micro-batches.ts';
import { Random } from './random.ts';

const rotaryFrequencies = Float64Array.of(1, 0.5);
const pack = (rows: readonly BatchRow[], tokenBudget = 2048) =>
  cutMicroBatches(rows, { tokenBudget, rotaryFrequencies });

test('two rows share a sequence: ids end to end, positions from 0 again, each token sees its own row up to itself', () => {
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

test('the first token of a text has nothing before it and is never predicted', () => {
  const [batch] = pack([{ ids: [5, 6], targetStart: 0 }]) as [MicroBatch];
  expect(numbers(batch, 'target_ids')).toEqual([6]);
});

test('a row without a target takes part and gives nothing', () => {
  const [batch] = pack([
    { ids: [5, 6], targetStart: 2 },
    { ids: [7, 8], targetStart: 1 },
  ]) as [MicroBatch];
  expect([...batch.targetRows]).toEqual([1]);
  expect(batch.tokens).toBe(4);
});

test('no rows make no batch', () => {
  expect(pack([])).toEqual([]);
});

test('padding sees itself alone, and nothing sees padding', () => {
  const [batch] = pack([{ ids: [1, 2, 3], targetStart: 1 }]) as [MicroBatch];
  const seen = visible(batch);
  for (let i = 3; i < batch.length; i++) expect(seen[i]).toEqual([i]);
});

test('two hundred rows of any length: none is lost, none is cut, none sees another', () => {
  const random = new Random(0);
  const rows = Array.from({ length: 200 }, (_, row) => {
    const length = 2 + Math.floor(random.uniform() * 60);
    // Every id is its row's own, so that a token tells where it comes from.
    return { ids: Array.from({ length }, () => row + 1), targetStart: 1 + Math.floor(random.uniform() * (length - 1)) };
  });
  const batches = pack(rows, 256);
  const found = new Map<number, number>();
  const targets = new Map<number, number>();
  for (const batch of batches) {
    expect(batch.sequences * batch.length).toBeLessThanOrEqual(256);
    const ids = numbers(batch, 'ids');
    for (const id of ids.filter((each) => each > 0)) found.set(id, (found.get(id) ?? 0) + 1);
    visible(batch).forEach((seen, i) => {
      const sequence = Math.floor(i / batch.length) * batch.length;
      const alike = seen.every((other) => ids[sequence + other] === ids[i]);
      expect(alike).toBe(true);
      if ((ids[i] as number) > 0) expect(seen).toHaveLength((positions(batch)[i] as number) + 1);
    });
    const targetIds = numbers(batch, 'target_ids');
    numbers(batch, 'target_positions').forEach((place, i) => {
      expect(ids[place]).toBe(targetIds[i]);
      expect(targetIds[i]).toBe((batch.targetRows[i] as number) + 1);
    });
    for (const id of targetIds) targets.set(id, (targets.get(id) ?? 0) + 1);
  }
  rows.forEach(({ ids, targetStart }, row) => {
    expect(found.get(row + 1)).toBe(ids.length);
    expect(targets.get(row + 1)).toBe(ids.length - targetStart);
  });
  expect(batches.reduce((sum, batch) => sum + batch.tokens, 0)).toBe(
    rows.reduce((sum, { ids }) => sum + ids.length, 0),
  );
});

test('a row longer than the budget gets a batch of its own, whole', () => {
  const long = { ids: Array.from({ length: 100 }, (_, i) => i), targetStart: 50 };
  const batches = pack([{ ids: [1, 2], targetStart: 1 }, long, { ids: [3, 4], targetStart: 1 }], 32);
  expect(batches.map((batch) => batch.sequences)).toEqual([1]);
  expect(batches[0]).toMatchObject({ length: 112, tokens: 104, targetTokens: 52 });
});

test('the same rows are packed the same way again', () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({ ids: [i, i + 1, ...Array(i % 5).fill(7)], targetStart: 1 }));
  const facts = (batches: MicroBatch[]) => batches.map((batch) => [batch.targetRows, numbers(batch, 'ids')]);
  expect(facts(pack(rows, 64))).toEqual(facts(pack(rows, 64)));
});

function numbers(batch: MicroBatch, name: string): number[] {
  return [...(batch.feeds().get(name)?.data as Int32Array)];
}

/** From the cosines and sines of the first frequency, 1. */
function positions(batch: MicroBatch): number[] {
  const { cos, sin } = { cos: batch.feeds().get('cos'), sin: batch.feeds().get('sin') };
  return Array.from({ length: batch.sequences * batch.length }, (_, i) => {
    const angle = Math.atan2(sin?.data[2 * i] as number, cos?.data[2 * i] as number);
    // The second frequency, 1/2, tells apart what is a turn away; 60 positions are some ten turns, so it is searched.
    const half = Math.atan2(sin?.data[2 * i + 1] as number, cos?.data[2 * i + 1] as number);
    for (let position = 0; position < batch.length; position++) {
      if (near(position, angle) && near(position / 2, half)) return position;
    }
    return -1;
  });
}

function near(angle: number, wrapped: number): boolean {
  return Math.cos(angle - wrapped) > 1 - 1e-6;
}

/** For each token the places in its sequence that it sees. */
function visible(batch: MicroBatch): number[][] {
  const mask = batch.feeds().get('mask');
  expect(mask?.dims).toEqual([batch.sequences, 1, 1, batch.length, batch.length]);
  return Array.from({ length: batch.sequences * batch.length }, (_, i) =>
    Array.from({ length: batch.length }, (_, j) => j).filter((j) => mask?.data[i * batch.length + j] === 0),
  );
}
