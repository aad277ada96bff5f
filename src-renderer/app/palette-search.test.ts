import { expect, test } from 'vitest';
import { searchPalette } from './palette-search.ts';

const entry = (text: string, kind?: string) => ({ id: text, text, do: () => {}, ...(kind && { kind }) });
const groups = [
  {
    title: 'Pages',
    entries: ['Home', 'Datasets', 'Train', 'Chat', 'Evaluate', 'Lab', 'Settings'].map((text) => entry(text)),
  },
  { title: 'Actions', entries: ['Import a file', 'Start a new run'].map((text) => entry(text)) },
  { title: 'Datasets', entries: Array.from({ length: 30 }, (_, n) => entry(`towns ${n}`, 'dataset')) },
  { title: 'Evaluations', entries: [entry('towns 3, test split', 'evaluation')] },
];
const textsOf = (typed: string) => searchPalette(groups, typed).map(({ entries }) => entries.map(({ text }) => text));

test('before anything is typed every page and action is there, and few of the rest', () => {
  expect(textsOf('').map(({ length }) => length)).toEqual([7, 2, 5, 1]);
});

test('what begins with the words comes before what holds them, and its group too', () => {
  expect(textsOf('test')).toEqual([['towns 3, test split']]);
  expect(searchPalette(groups, 'data').map(({ title }) => title)).toEqual(['Pages', 'Datasets']);
  expect(textsOf('towns 3').map(([first]) => first)).toEqual(['towns 3', 'towns 3, test split']);
});

test('words stand in any order and in any case, and the kind of a thing counts', () => {
  expect(textsOf('SPLIT towns')).toEqual([['towns 3, test split']]);
  expect(textsOf('evaluation 3')).toEqual([['towns 3, test split']]);
  // Not every dataset, though “set” is in that word.
  expect(textsOf('set')).toEqual([['Settings', 'Datasets']]);
  expect(textsOf('nothing of that')).toEqual([]);
});

test('of many few are shown', () => {
  expect(textsOf('towns')[0]?.length).toBe(12);
});
