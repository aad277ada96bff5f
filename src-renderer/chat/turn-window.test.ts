import { expect, test } from 'vitest';
import { TurnWindow } from './turn-window.svelte.ts';

const turns = Array.from({ length: 10_000 }, (_, place) => place);

test('renders the last turns of a long conversation, and more as one scrolls up', () => {
  const shown = new TurnWindow(() => turns);
  expect(shown.turns).toEqual(turns.slice(-40));
  shown.showEarlier();
  expect(shown.turns).toEqual(turns.slice(-60));
  expect(shown.earlier).toBe(9_940);
  shown.begin(-1);
  expect(shown.turns).toHaveLength(40);
});

test('renders a turn that was searched for, with some turns before it', () => {
  const shown = new TurnWindow(() => turns);
  shown.begin(5_000);
  expect(shown.turns[0]).toBe(4_980);
  shown.begin(9_999);
  expect(shown.turns).toHaveLength(40);
});

test('renders a short conversation whole', () => {
  const shown = new TurnWindow(() => turns.slice(0, 3));
  expect([shown.turns.length, shown.earlier]).toEqual([3, 0]);
});
