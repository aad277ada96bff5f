import { expect, test } from 'vitest';
import { oneLine, textTable } from './text-table.ts';

test('columns are as wide as their widest cell, and numbers stand on the right', () => {
  expect(
    textTable([
      ['name', 'rows', 'task'],
      ['law', '12', 'mrc'],
      ['medicine', '1195', 'summarisation'],
    ]),
  ).toBe(['name      rows  task', 'law         12  mrc', 'medicine  1195  summarisation'].join('\n'));
});

test('a Hangul letter takes two places', () => {
  expect(
    textTable([
      ['name', 'task'],
      ['요약', 'mrc'],
    ]),
  ).toBe(['name  task', '요약  mrc'].join('\n'));
});

test('a long text is cut and its line breaks are shown', () => {
  expect(oneLine('one\ntwo', 20)).toBe('one ⏎ two');
  expect(oneLine('abcdefgh', 5)).toBe('abcd…');
});

test('long stretches of blanks are read once', () => {
  expect(oneLine(`a${' '.repeat(500_000)}b`, 5)).toBe('a   …');
});
