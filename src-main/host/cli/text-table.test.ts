import { expect, test } from 'vitest';
import { oneLine, textTable } from './text-table.ts';

test('columns are as wide as their widest cell, and numbers are right-aligned', () => {
  expect(
    textTable([
      ['name', 'rows', 'task'],
      ['law', '12', 'mrc'],
      ['medicine', '1195', 'summarisation'],
    ]),
  ).toBe(['name      rows  task', 'law         12  mrc', 'medicine  1195  summarisation'].join('\n'));
});

test('a Hangul syllable and an emoji are two columns wide', () => {
  expect(
    textTable([
      ['name', 'task'],
      ['요약', 'mrc'],
      ['📨 ab', 'mrc'],
    ]),
  ).toBe(['name   task', '요약   mrc', '📨 ab  mrc'].join('\n'));
});

test('a long text is truncated, and line breaks are shown as symbols', () => {
  expect(oneLine('one\ntwo', 20)).toBe('one ⏎ two');
  expect(oneLine('abcdefgh', 5)).toBe('abcd…');
});

test('long runs of blanks are scanned only once', () => {
  expect(oneLine(`a${' '.repeat(500_000)}b`, 5)).toBe('a   …');
});
