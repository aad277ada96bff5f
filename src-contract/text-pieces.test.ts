import { expect, test } from 'vitest';
import { textPieces } from './text-pieces.ts';

test('the pieces of a text are all of it, cut after blanks', () => {
  const text = '강이 바다로 แม่น้ำ नदी a river\n'.repeat(3000);
  const pieces = textPieces(text);
  expect(pieces.join('')).toBe(text);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(1300);
  expect(pieces.every((piece) => /\s$/.test(piece))).toBe(true);
});

test('a text without blanks is not cut within a character', () => {
  const text = `a${'🏞'.repeat(5000)}`;
  const pieces = textPieces(text);
  expect(pieces.join('')).toBe(text);
  expect(pieces.length).toBe(5);
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
});

test('a short text is one piece, and an empty one none', () => {
  expect(textPieces('a river')).toEqual(['a river']);
  expect(textPieces('')).toEqual([]);
});
