import { expect, test } from 'vitest';
import { readOption, typedOptions, wantedOption } from './option-text.ts';

test('reads comma-separated numbers and space-separated sets of matrices', () => {
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

// “q, v” was read as two sets of one matrix, and an experiment was run on them.
test('a space beside a comma does not begin another set', () => {
  expect(readOption('targetSets', 'q, v k ,o')).toEqual({
    targetSets: [
      ['q', 'v'],
      ['k', 'o'],
    ],
  });
});

// A duplicate rank trained one adapter twice at once, in one folder.
test('drops duplicates', () => {
  expect(readOption('ranks', '8, 1, 8')).toEqual({ ranks: [8, 1] });
  expect(readOption('targetSets', 'q q,v,q q')).toEqual({ targetSets: [['q'], ['q', 'v']] });
});

// More were typed than the experiment takes, and only the first were used, without a word.
test('a list must be as long as the experiment takes', () => {
  expect(readOption('seeds', '0, 1, 2', 2)).toBeUndefined();
  expect(readOption('seeds', '0, 0', 2)).toBeUndefined();
  expect(readOption('seeds', '3, 4', 2)).toEqual({ seeds: [3, 4] });
  expect(wantedOption('ranks', 2)).toEqual({ kind: 'some', takes: 2, low: 1, high: 4096 });
  expect(wantedOption('ranks', 1)).toEqual({ kind: 'whole', low: 1, high: 4096 });
});

test('every option has bounds', () => {
  expect(wantedOption('steps')).toEqual({ kind: 'whole', low: 1, high: 100_000 });
  expect(wantedOption('ranks')).toEqual({ kind: 'wholes', low: 1, high: 4096 });
  expect(wantedOption('learningRate')).toEqual({ kind: 'number', low: 0, high: 1 });
  for (const name of typedOptions) expect(Object.values(wantedOption(name))).not.toContain(undefined);
});

test('rejects invalid options', () => {
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
