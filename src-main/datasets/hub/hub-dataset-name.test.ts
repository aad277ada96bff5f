import { expect, test } from 'vitest';
import { hubDatasetNameOf, isAskedFor } from './hub-dataset-name.ts';

const nameOf = (text: string) => hubDatasetNameOf(text, 'https://mirror.example');
const whole = { repository: 'rajpurkar/squad', revision: undefined, path: undefined };

test.each([
  ['rajpurkar/squad', whole],
  ['  datasets/rajpurkar/squad\n', whole],
  ['hf://datasets/rajpurkar/squad', whole],
  ['hf://datasets/rajpurkar/squad/', whole],
  ['hf://datasets/rajpurkar/squad@v1.1/plain_text', { ...whole, revision: 'v1.1', path: 'plain_text' }],
  [
    'hf://datasets/rajpurkar/squad@refs/convert/parquet/plain_text/train/0000.parquet',
    { ...whole, revision: 'refs/convert/parquet', path: 'plain_text/train/0000.parquet' },
  ],
  ['https://huggingface.co/datasets/rajpurkar/squad?row=3', whole],
  ['https://huggingface.co/datasets/rajpurkar/squad/viewer/plain_text/train', whole],
  ['https://mirror.example/datasets/rajpurkar/squad/tree/main', { ...whole, revision: 'main' }],
  [
    'https://huggingface.co/datasets/rajpurkar/squad/blob/refs%2Fconvert%2Fparquet/a%20b.parquet',
    { ...whole, revision: 'refs/convert/parquet', path: 'a b.parquet' },
  ],
])('%j is a dataset of the hub', (text, name) => {
  expect(nameOf(text)).toEqual(name);
});

test.each([
  'squad',
  'hf://rajpurkar/squad',
  'hf://datasets/rajpurkar',
  'https://huggingface.co/rajpurkar/squad',
  'https://elsewhere.example/datasets/rajpurkar/squad',
  'hf://datasets/../squad',
  'hf://datasets/rajpurkar/squad@../main',
  '/home/me/table.csv',
])('%s is not', (text) => {
  expect(nameOf(text)).toBeUndefined();
});

test('a file is asked for by its path, its folder or a pattern within a folder', () => {
  const isAsked = (asked: string) => isAskedFor('data/train-00000-of-00002.parquet', asked);
  const asked = ['data/train-00000-of-00002.parquet', 'data', 'data/train-*', 'dat', '*', 'data/test-*', 'a*a*a*a*a*a'];
  expect(asked.map(isAsked)).toEqual([true, true, true, false, false, false, false]);
});
