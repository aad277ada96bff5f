import { expect, test } from 'vitest';
import { lackingColumns } from './lacking-columns.ts';

// Regression: a table without the price was answered as if it had no price, without a word.
test('the columns are named that a table lacks', () => {
  const names = ['Brand', 'Colour', 'Price'];
  expect(lackingColumns(names, { context: 'brand', context2: 'COLOUR', context3: 'price' })).toEqual([]);
  expect(lackingColumns([], { context: 'text' })).toEqual([]);
  expect(lackingColumns(names, { context: 'brand', context2: 'COLOUR' })).toEqual([
    'The table has no column “Price”, which the adapter has learned from: it was left out. Name others with --map.',
  ]);
  expect(lackingColumns(names, { context2: 'COLOUR' })[0]).toContain('no columns “Brand”, “Price”');
});
