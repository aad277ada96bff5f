import { expect, test } from 'vitest';
import { contextColumnsOf, contextMappedTo, joinedColumns, withoutBegun } from './context-columns.ts';

test('each column that has a text becomes a line behind its name', () => {
  const columns = [
    { name: 'Subject', text: 'Late' },
    { name: 'Your\n name', text: ' ' },
    { name: 'The\nbody', text: 'Where is it?\nIt was to come on Monday.' },
  ];
  expect(joinedColumns(columns)).toBe('Subject: Late\nThe body: Where is it?\nIt was to come on Monday.');
});

test('the columns of a context are told apart from other fields, in their order', () => {
  const mapping = contextMappedTo(['brand', 'price', 'colour']);
  expect(mapping).toEqual({ context: 'brand', context2: 'price', context3: 'colour' });
  const all = { target: 'text', context3: 'colour', context2: '', group: 'shop', context: 'brand' };
  expect(contextColumnsOf(all)).toEqual(['context', 'context3']);
});

test('lines that were begun and left empty are none', () => {
  expect(withoutBegun('brand: Acme\nprice: \ncolour:\nprice: 5', ['brand', 'price', 'colour'])).toBe(
    'brand: Acme\nprice: 5',
  );
  expect(withoutBegun('price:', [])).toBe('price:');
});
