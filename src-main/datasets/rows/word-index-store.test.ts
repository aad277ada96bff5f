import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WordIndex } from './word-index-store.ts';

let folder: string;
let index: WordIndex;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-words-'));
  index = new WordIndex(join(folder, 'derived.sqlite'));
  index.begin();
  index.add([
    { number: 0, context: 'alpha\0beta', target: '1' },
    { number: 1, context: 'gamma', target: '2' },
    { number: 2, context: 'delta', target: '3' },
    { number: 3, context: 'omega', target: '4' },
  ]);
  index.commit(4);
});
afterEach(() => {
  index.close();
  rmSync(folder, { recursive: true });
});

// Regression: searching for what was copied from such a cell was told as a fault of the program.
test('a text with the character NUL is looked for by its other letters', () => {
  const found = (text: string) => [...index.candidates(text, 0)].filter((group) => group !== undefined);
  expect(found('alpha\0beta')).toEqual([0]);
  expect(found('a\0bet')).toEqual([0]);
  expect(found('l\0p')).toEqual([0]);
  expect(found('delta\0')).toEqual([1]);
});
