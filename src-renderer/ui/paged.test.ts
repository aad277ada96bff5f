import { expect, test } from 'vitest';
import { Paged } from './paged.svelte.ts';

test('fetches only the pages in view, each once', async () => {
  const asked: number[] = [];
  const list = new Paged(async (offset, limit) => {
    asked.push(offset);
    return { total: 1_000, items: Array.from({ length: limit }, (_, place) => offset + place) };
  });
  await list.reset();
  list.want(150, 320);
  list.want(150, 320);
  await settled();
  expect(asked).toEqual([0, 100, 200, 300]);
  expect([list.total, list.at(5), list.at(310), list.at(700)]).toEqual([1_000, 5, 310, undefined]);
});

test('drops answers to an earlier request', async () => {
  const answers: ((items: string[]) => void)[] = [];
  const list = new Paged<string>(
    () => new Promise((resolve) => answers.push((items) => resolve({ total: items.length, items }))),
  );
  const first = list.reset();
  const second = list.reset();
  answers[1]?.(['new']);
  answers[0]?.(['old', 'old']);
  await Promise.all([first, second]);
  expect([list.total, list.at(0)]).toEqual([1, 'new']);
});

test('assembles a page whose rows arrive in several answers', async () => {
  const asked: [number, number][] = [];
  const list = new Paged(async (offset, limit) => {
    asked.push([offset, limit]);
    return {
      total: 105,
      items: Array.from({ length: Math.min(limit, 40, 105 - offset) }, (_, place) => offset + place),
    };
  });
  await list.reset();
  expect([list.at(0), list.at(99), list.at(100)]).toEqual([0, 99, undefined]);
  list.want(100, 105);
  await settled();
  expect(list.at(104)).toBe(104);
  expect(asked).toEqual([
    [0, 100],
    [40, 60],
    [80, 20],
    [100, 100],
  ]);
});

// Rows of megabytes were cached like any others, sixty pages of a hundred.
test('keeps fewer pages of long rows, always including those in view', async () => {
  const asked: number[] = [];
  const list = new Paged(
    async (offset, limit) => {
      asked.push(offset);
      return { total: 10_000, items: Array.from({ length: limit }, (_, place) => offset + place) };
    },
    { lettersOf: () => 1_000_000 },
  );
  await list.reset();
  for (const page of [1, 2, 3]) {
    list.want(page * 100, page * 100 + 100);
    await settled();
  }
  list.want(0, 200);
  list.want(400, 500);
  await settled();
  expect([0, 1, 2, 3, 4].map((page) => list.at(page * 100))).toEqual([0, 100, undefined, 300, 400]);
  list.want(200, 300);
  await settled();
  expect([list.at(200), list.at(300)]).toEqual([200, undefined]);
  expect(asked).toEqual([0, 100, 200, 300, 400, 200]);
});

test('a page that failed can be requested again', async () => {
  let fails = true;
  const list = new Paged(async () => {
    if (fails) throw new Error('away');
    return { total: 1, items: ['here'] };
  });
  await list.reset();
  expect(list.error).toBeInstanceOf(Error);
  fails = false;
  await list.reset();
  expect([list.error, list.at(0)]).toEqual([undefined, 'here']);
});

// Editing the 150th row dropped it until it was refetched, along with anything typed meanwhile.
test('swaps in reread pages all at once and keeps the old ones until then', async () => {
  let version = 1;
  const held: (() => void)[] = [];
  const list = new Paged(async (offset, limit) => {
    const read = version;
    if (read > 1) await new Promise<void>((resolve) => held.push(resolve));
    return { total: 1_000, items: Array.from({ length: limit }, (_, place) => `${offset + place} v${read}`) };
  });
  await list.reset();
  list.want(140, 160);
  await settled();
  version = 2;
  const read = list.reread([{ first: 140, end: 160 }]);
  held[0]?.();
  await settled();
  expect([list.at(0), list.at(150)]).toEqual(['0 v1', '150 v1']);
  held[1]?.();
  await read;
  expect([list.at(0), list.at(150), list.placeOf((item) => item === '150 v2')]).toEqual(['0 v2', '150 v2', 150]);
});

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}
