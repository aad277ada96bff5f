import { expect, test } from 'vitest';
import { withParticles } from './particle.ts';

test('a word that ends in a consonant takes the first form', () => {
  expect(withParticles('“질문”[을|를] 찾습니다')).toBe('“질문”을 찾습니다');
});

test('a word that ends in a vowel takes the second form', () => {
  expect(withParticles('어댑터[이|가] 없습니다')).toBe('어댑터가 없습니다');
});

test('으로 becomes 로 after a final rieul', () => {
  expect(withParticles('파일[으로|로], 질문[으로|로], 8[으로|로]')).toBe('파일로, 질문으로, 8로');
});

test('digits are read aloud', () => {
  expect(withParticles('3[을|를] 5[을|를]')).toBe('3을 5를');
});
