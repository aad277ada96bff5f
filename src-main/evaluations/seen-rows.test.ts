import { expect, test } from 'vitest';
import { countSeen } from './seen-rows.ts';

const { signal } = new AbortController();
const rows = (...contexts: string[]) => contexts.map((context) => ({ context }));

test('rows whose context was trained on are counted, each once', async () => {
  expect(await countSeen(rows('a', 'b', 'b', 'c'), rows('b', 'x', 'b', 'a'), signal)).toBe(3);
  expect(await countSeen(rows('a'), [], signal)).toBe(0);
});

test('no more is read once all of them were found', async () => {
  const trained = function* () {
    yield* rows('a');
    throw new Error('read on');
  };
  expect(await countSeen(rows('a', 'a'), trained(), signal)).toBe(2);
});
