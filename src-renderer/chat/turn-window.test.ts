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

// Regression: all that followed a turn was drawn with it, thousands of turns.
test('renders a turn that was searched for, with some turns around it', () => {
  const shown = new TurnWindow(() => turns);
  shown.begin(5_000);
  expect(shown.turns).toEqual(turns.slice(4_980, 5_020));
  expect([shown.earlier, shown.later]).toEqual([4_980, 4_980]);
  shown.begin(9_999);
  expect(shown.turns).toEqual(turns.slice(-40));
  shown.begin(3);
  expect(shown.turns).toEqual(turns.slice(0, 40));
});

// Regression: turns that were once drawn stayed, however far one scrolled away from them.
test('renders no more turns however far one scrolls, and the others again on the way back', () => {
  const shown = new TurnWindow(() => turns);
  for (let step = 0; step < 100; step++) shown.showEarlier();
  expect(shown.turns).toEqual(turns.slice(7_960, 8_080));
  shown.showLater();
  expect(shown.turns).toEqual(turns.slice(7_980, 8_100));
  for (let step = 0; step < 500; step++) shown.showEarlier();
  expect(shown.turns).toEqual(turns.slice(0, 120));
  for (let step = 0; step < 500; step++) shown.showLater();
  expect([shown.turns, shown.later]).toEqual([turns.slice(-120), 0]);
});

test('the last turns stay in view as new ones come, unless one reads elsewhere', () => {
  let all = turns.slice(0, 100);
  const shown = new TurnWindow(() => all);
  const elsewhere = new TurnWindow(() => all);
  elsewhere.begin(30);
  all = turns.slice(0, 110);
  expect(shown.turns.at(-1)).toBe(109);
  expect(elsewhere.turns).toEqual(turns.slice(10, 50));
});

test('renders a short conversation whole', () => {
  const shown = new TurnWindow(() => turns.slice(0, 3));
  expect([shown.turns.length, shown.earlier]).toEqual([3, 0]);
});
