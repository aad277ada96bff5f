import { expect, test } from 'vitest';
import { Loaded } from './loaded.svelte.ts';

// Two changes in a row sent two requests, and a late answer to the first put a deleted adapter back on the page.
test('when two requests overlap, the later request wins, whichever answer arrives first', async () => {
  const late = Promise.withResolvers<string[]>();
  const answers = [late.promise, Promise.resolve([])];
  const list = new Loaded(async () => await answers.shift());
  const first = list.load();
  expect([list.value, list.loading]).toEqual([undefined, true]);
  await list.load();
  expect([list.value, list.loading]).toEqual([[], false]);
  late.resolve(['deleted']);
  await first;
  expect(list.value).toEqual([]);
});
