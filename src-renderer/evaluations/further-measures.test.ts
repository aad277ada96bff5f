import { expect, test } from 'vitest';
import { measuresBeside } from './further-measures.ts';

// Ten columns of summary measures ran past the edge of a 1280 px window.
test('folds away measures that restate another', () => {
  const metrics = { rougeL: 0.5, rouge1: 0.6, rougeLStemmed: 0.5, words: 9, targetWords: 8, loss: 1, perplexity: 2.7 };
  expect(measuresBeside('rougeL', metrics)).toEqual({
    inTable: ['rouge1', 'words', 'loss'],
    folded: ['rougeLStemmed', 'perplexity'],
  });
});

test('leaves out the main measure, even one that would be folded away', () => {
  expect(measuresBeside('perplexity', { perplexity: 2.7, loss: 1 })).toEqual({ inTable: ['loss'], folded: [] });
});
