import { expect, test } from 'vitest';
import { fileNameOf } from './file-name.ts';

test('a title becomes a file name that is valid on every file system', () => {
  const named = (title: string) => fileNameOf({ title, otherwise: 'conversation', extension: 'md' });
  expect(named('경복궁 / 이야기: "첫" <번째>?')).toBe('경복궁 이야기 첫 번째.md');
  expect(named('../..')).toBe('conversation.md');
});
