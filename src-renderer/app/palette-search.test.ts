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

test('an empty search lists every page and action, and a few of everything else', () => {
  expect(textsOf('').map(({ length }) => length)).toEqual([7, 2, 5, 1]);
});

test('entries that begin with the query rank before those that contain it, and so do their groups', () => {
  expect(textsOf('test')).toEqual([['towns 3, test split']]);
  expect(searchPalette(groups, 'data').map(({ title }) => title)).toEqual(['Pages', 'Datasets']);
  expect(textsOf('towns 3').map(([first]) => first)).toEqual(['towns 3', 'towns 3, test split']);
});

test('matches words in any order and case, and by the kind of entry', () => {
  expect(textsOf('SPLIT towns')).toEqual([['towns 3, test split']]);
  expect(textsOf('evaluation 3')).toEqual([['towns 3, test split']]);
  // Not every dataset, though “set” is in that word.
  expect(textsOf('set')).toEqual([['Settings', 'Datasets']]);
  expect(textsOf('nothing of that')).toEqual([]);
});

test('limits how many matches are shown', () => {
  expect(textsOf('towns')[0]?.length).toBe(12);
});
