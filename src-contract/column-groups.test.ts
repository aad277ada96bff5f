import { expect, test } from 'vitest';
import {
  fieldsOf,
  joinedBy,
  joinedJson,
  joinedLines,
  mappedTo,
  namesOf,
  withOwnNames,
  withoutBegun,
} from './column-groups.ts';

test('each column that has a text becomes a line behind its name', () => {
  const columns = [
    { name: 'Subject', text: 'Late' },
    { name: 'Your\n name', text: ' ' },
    { name: 'The\nbody', text: 'Where is it?\nIt was to come on Monday.' },
  ];
  expect(joinedLines(columns)).toBe('Subject: Late\nThe body: Where is it?\nIt was to come on Monday.');
});

test('a target of several columns is an object in JSON, with blanks and all', () => {
  const columns = [
    { name: 'the "sum"', text: '1,200' },
    { name: 'date', text: '' },
  ];
  expect(JSON.parse(joinedJson(columns))).toEqual({ 'the "sum"': '1,200', date: '' });
});

test('the columns of a context are told apart from other fields, in their order', () => {
  const mapping = mappedTo('context', ['brand', 'price', 'colour']);
  expect(mapping).toEqual({ context: 'brand', context2: 'price', context3: 'colour' });
  const all = { target: 'text', context3: 'colour', context2: '', group: 'shop', context: 'brand' };
  expect(fieldsOf('context', all)).toEqual(['context', 'context3']);
  expect(['context2', 'target20', 'target', 'context21', 'group'].map(joinedBy)).toEqual([
    'context',
    'target',
    undefined,
    undefined,
    undefined,
  ]);
});

test('lines that were begun and left empty are none', () => {
  expect(withoutBegun('brand: Acme\nprice: \ncolour:\nprice: 5', ['brand', 'price', 'colour'])).toBe(
    'brand: Acme\nprice: 5',
  );
  expect(withoutBegun('price:', [])).toBe('price:');
  // A letter that was pasted below its name lost it, and was taken for more of the column before.
  const letter = 'subject: Late\nbody:\n\nWhere is it?\nname:';
  expect(withoutBegun(letter, ['subject', 'body', 'name'])).toBe('subject: Late\nbody:\n\nWhere is it?');
});

test('only columns of an exported table have the names that they had before', () => {
  const mapping = { ...mappedTo('context', ['context.title', 'context.text']), target: 'target' };
  expect(withOwnNames(mapping, ['context.title', 'context.text', 'target', 'split'])).toEqual({
    ...{ context: 'title', context2: 'text', target: 'target' },
  });
  expect(withOwnNames(mapping, ['context.title', 'context.text', 'label'])).toBe(mapping);
  // Two columns would be called the same.
  const added = { ...mapping, context3: 'title' };
  expect(withOwnNames(added, ['context.title', 'context.text', 'target', 'title'])).toEqual(added);
});

// Regression: a model that had learnt lines of “context.title” was asked with lines of “title”.
test('the columns of a dataset are called as they were when it was imported', () => {
  expect(namesOf('context', mappedTo('context', ['context.title', 'context.text']))).toEqual([
    ...['context.title', 'context.text'],
  ]);
});
