import { expect, test } from 'vitest';
import { composed, mayBeInPieces } from './composed-text.ts';

test.each([
  ['Korean', '한국어 각', '한국어 각'],
  ['a final consonant after a whole syllable', '가\u11a8', '각'],
  ['accents', 'Cafe\u0301 Pha\u0302\u0301n', 'Café Phấn'],
  ['voicing marks', 'か\u3099ハ\u309a', 'がパ'],
])('letters in pieces are put together: %s', (_, pieces, whole) => {
  expect(composed(pieces.normalize('NFD'))).toBe(whole);
  expect(mayBeInPieces(Buffer.from(pieces.normalize('NFD')))).toBe(true);
});

test.each([
  ['Korean as typed', '한국어 ㄱㅏ'],
  ['a Chinese character that Korean encodings have twice', '\uf914'],
  ['Vietnamese as typed', 'Phấn Ấn ắ'],
  ['a ligature, a wide letter and a sign', 'ﬁ Ａ Å'],
])('other text stays as it is: %s', (_, text) => {
  expect(composed(text)).toBe(text);
  expect(mayBeInPieces(Buffer.from(text))).toBe(false);
});

test('what cannot be put together stays as it is: old Korean letters, a mark on a letter that has none', () => {
  for (const text of ['\u1112\u119e\u11ab', 'x\u0304', '\u1161', '\u0301']) expect(composed(text)).toBe(text);
});
