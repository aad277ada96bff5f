import { expect, test } from 'vitest';
import { readOption } from './option-text.ts';

test('lists are numbers with commas, sets of matrices have spaces between them', () => {
  expect(readOption('ranks', '1, 2,8')).toEqual({ ranks: [1, 2, 8] });
  expect(readOption('targetSets', 'q q,v  q,k,v,o')).toEqual({
    targetSets: [['q'], ['q', 'v'], ['q', 'k', 'v', 'o']],
  });
  expect(readOption('passes', '8x128, 1×32')).toEqual({
    passes: [
      { rows: 8, tokens: 128 },
      { rows: 1, tokens: 32 },
    ],
  });
  expect(readOption('steps', ' 40 ')).toEqual({ steps: 40 });
});

test('what cannot be an option is none', () => {
  for (const [name, typed] of [
    ['ranks', 'eight'],
    ['ranks', ''],
    ['targetSets', 'q,w'],
    ['steps', '0'],
    ['steps', ''],
    ['passes', '8'],
  ] as const) {
    expect(readOption(name, typed)).toBeUndefined();
  }
});
