import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { FileFacts } from '../../../src-contract/dataset.ts';
import { tellIgnoredWords, withCsvOptions } from './csv-words.ts';

// Regression: --sheet with a table of text changed nothing, and nobody said so.
test('options that mean nothing for a kind of file are named', () => {
  const words = ['--sheet', '2', '--encoding', 'utf-8', '--header', 'no', '--documents', 'whole'];
  expect(said({ format: 'csv' }, words)).toEqual(['Ignoring --sheet, --documents: my file is a table of text.']);
  expect(said({ format: 'xlsx' }, words)).toEqual(['Ignoring --encoding, --documents: my file is a workbook.']);
  expect(said({ format: 'documents' }, words)).toEqual(['Ignoring --header, --sheet: my file is read as documents.']);
  expect(said({ format: 'csv' }, ['--delimiter', ';', '--escape', 'doubled', '--format', 'csv'])).toEqual([]);
  expect(said({ format: 'parquet' }, ['--delimiter', ';'])).toEqual([
    'Ignoring --delimiter: my file is a Parquet file.',
  ]);
});

test('of an archive, only a sheet is chosen in vain where all its files are one table', () => {
  const words = ['--sheet', 'train.csv', '--encoding', 'utf-8'];
  const files = ['train.csv', 'test.csv'];
  expect(said({ format: 'zip', files }, words)).toEqual(['Ignoring --sheet: all files of my file are one table.']);
  expect(said({ format: 'zip', files, sheet: 'train.csv' }, words)).toEqual([]);
  expect(said({ format: 'folder', files: ['a.xlsx', 'b.xlsx'] }, words)).toEqual([]);
});

function said(facts: Pick<FileFacts, 'format'> & Partial<FileFacts>, words: readonly string[]): string[] {
  const command = withCsvOptions(new Command());
  command.parse(words, { from: 'user' });
  const sentences: string[] = [];
  tellIgnoredWords(command, { name: 'my file', ...facts }, { say: (sentence) => void sentences.push(sentence) });
  return sentences;
}
