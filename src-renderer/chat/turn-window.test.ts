import { expect, test } from 'vitest';
import { TurnWindow } from './turn-window.svelte.ts';

const turns = Array.from({ length: 10_000 }, (_, place) => place);

test('of a long conversation the last turns are drawn, and more as one goes up', () => {
  const shown = new TurnWindow(() => turns);
  expect(shown.turns).toEqual(turns.slice(-40));
  shown.showEarlier();
  expect(shown.turns).toEqual(turns.slice(-60));
  expect(shown.earlier).toBe(9_940);
  shown.begin(-1);
  expect(shown.turns).toHaveLength(40);
});

test('a turn that was searched for is drawn, with some before it', () => {
  const shown = new TurnWindow(() => turns);
  shown.begin(5_000);
  expect(shown.turns[0]).toBe(4_980);
  shown.begin(9_999);
  expect(shown.turns).toHaveLength(40);
});

test('a short conversation is drawn whole', () => {
  const shown = new TurnWindow(() => turns.slice(0, 3));
  expect([shown.turns.length, shown.earlier]).toEqual([3, 0]);
});
