import { expect, test } from 'vitest';
import { wholesOf } from '../../../src-contract/hub-dataset.ts';
import { readableFiles } from './readable-files.ts';

function readable(names: readonly string[]) {
  const files = names.map((name) => ({
    ...{ name, url: '', sizeBytes: 1 },
    checksum: { kind: 'git' as const, hex: '' },
  }));
  return readableFiles(files);
}

function placed(...names: string[]) {
  return readable(names).map(({ path, config, split }) => [path, config, split]);
}

test('files are placed by configuration and split, as the hub’s own programs name them', () => {
  expect(
    placed(
      'data/test-00000-of-00001.parquet',
      'data/train_sft-00000-of-00003-a3ecf92756993583.parquet',
      'data/train-00000-of-00001.parquet',
      'en/validation/0000.parquet',
      'default/partial-train/0000.parquet',
      'ko/train.jsonl.gz',
      'alpaca_cleaned.json',
    ),
  ).toEqual([
    ['data/train-00000-of-00001.parquet', '', 'train'],
    ['data/test-00000-of-00001.parquet', '', 'test'],
    ['alpaca_cleaned.json', '', 'alpaca_cleaned'],
    ['data/train_sft-00000-of-00003-a3ecf92756993583.parquet', '', 'train_sft'],
    ['default/partial-train/0000.parquet', '', 'partial-train'],
    ['en/validation/0000.parquet', 'en', 'validation'],
    ['ko/train.jsonl.gz', 'ko', 'train'],
  ]);
});

test('what cannot be read, is about the data, or leads elsewhere on a disk is left out', () => {
  expect(
    placed(
      ...['squad.py', 'README.md', 'data.zip', 'dataset_infos.json', 'a.parquet.gz', '.hidden/a.csv', '../a.csv'],
      ...['a//b.csv', 'C:a.csv', 'nul.csv', 'a\\b.csv', `${'a'.repeat(250)}.csv`, 'ends ./a.csv', '/a.csv'],
    ),
  ).toEqual([]);
});

test('of two names that are one on some disks, the first is taken', () => {
  expect(placed('Train.csv', 'train.csv')).toEqual([['Train.csv', '', 'Train']]);
});

test('a configuration whose files are splits is one dataset, and one with several kinds of rows is not', () => {
  const wholes = (...names: string[]) => wholesOf(readable(names)).map((files) => files.map(({ path }) => path));
  expect(wholes('en/train.csv', 'en/dev.csv', 'ko/train.csv', 'people.csv')).toEqual([['en/train.csv', 'en/dev.csv']]);
  expect(wholes('train_sft-00000-of-00001.parquet', 'test_sft-00000-of-00001.parquet')).toHaveLength(1);
  const kinds = ['train_sft', 'train_gen', 'test_sft'].map((name) => `${name}-00000-of-00001.parquet`);
  expect(wholes(...kinds)).toEqual([]);
  expect(wholes('train.csv', 'unsupervised.csv')).toEqual([]);
  const pieces = ['train/0000.parquet', 'train/0001.parquet', 'test/0000.parquet'];
  expect(wholes(...pieces)).toHaveLength(1);
  // The same rows twice, and labels in a table of their own.
  expect(wholes('train.csv', 'train.jsonl', 'test.csv', 'test.jsonl')).toEqual([]);
  expect(wholes('train.csv', 'train_labels.csv', 'test.csv')).toEqual([]);
  expect(wholes('validation.csv', 'test.csv')).toEqual([]);
});
