import { expect, test } from 'vitest';
import { NamedList } from './named-list.svelte.ts';

const five = Array.from({ length: 500 }, (_, place) => `Adapter ${place}`);
const list = () =>
  new NamedList(
    () => five,
    (name) => name,
  );

// Regression: two thousand runs were drawn at once, with a menu each.
test('of hundreds of rows forty are drawn, and more of them further down', () => {
  const adapters = list();
  expect(adapters.drawn).toHaveLength(40);
  adapters.drawMore();
  expect(adapters.drawn).toHaveLength(80);
  for (let step = 0; step < 20; step++) adapters.drawMore();
  expect(adapters.drawn).toEqual(five);
});

test('a search looks at all of them, also at those that are not drawn', () => {
  const adapters = list();
  adapters.search = ' ADAPTER 49';
  expect(adapters.found).toEqual([49, 490, 491, 492, 493, 494, 495, 496, 497, 498, 499].map((n) => `Adapter ${n}`));
  expect(adapters.drawn).toEqual(adapters.found);
});
