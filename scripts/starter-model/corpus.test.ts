import { expect, test } from 'vitest';
import { corpus, type Document } from './corpus.ts';
import { fillKorean } from './korean-particles.ts';

function documents(seed: number, count: number): Document[] {
  const taken: Document[] = [];
  for (const document of corpus(seed)) {
    if (taken.push(document) >= count) break;
  }
  return taken;
}

test('the same seed gives the same documents, another seed others', () => {
  expect(documents(7, 50)).toEqual(documents(7, 50));
  expect(documents(8, 50)).not.toEqual(documents(7, 50));
});

test('all kinds of documents occur', () => {
  expect(new Set(documents(1, 500).map(({ kind }) => kind)).size).toBe(7);
});

test('no document has the layout of a task or a slot left open', () => {
  for (const { text } of documents(2, 3000)) {
    expect(text).not.toMatch(/Passage:|Question:|undefined|\{\w|\bNaN\b/);
  }
});

test('Korean particles follow the final consonant of the word before them', () => {
  const names = { closed: '김민준', open: '박민서', rieul: '서울', number: '30', other: '회의실' };
  expect(fillKorean('{closed:은/는} {open:은/는} {closed:이/가} {open:을/를}', names)).toBe(
    '김민준은 박민서는 김민준이 박민서를',
  );
  expect(fillKorean('{rieul:으로/로} {open:으로/로} {closed:으로/로}', names)).toBe('서울로 박민서로 김민준으로');
  expect(fillKorean('{number:은/는} {other:과/와}', names)).toBe('30은 회의실과');
});
