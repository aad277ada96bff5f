import { expect, test } from 'vitest';
import { namesApart } from './names-apart.ts';

// Four columns were headed “Places and peopl…”.
test('leaves out the common beginning of names, keeping at least a word of each', () => {
  const names = ['Places and people answers 2', 'Places and people answers 2 · r 4', 'Places and people answers'];
  expect(namesApart(names)).toEqual(['… answers 2', '… answers 2 · r 4', '… answers']);
});

test('leaves short names, a single name, and names without a common beginning unchanged', () => {
  expect(namesApart(['Summaries', 'Answers 2'])).toEqual(['Summaries', 'Answers 2']);
  // They used to be headed “… a” and “… b”.
  expect(namesApart(['sql a', 'sql b'])).toEqual(['sql a', 'sql b']);
  expect(namesApart(['Places and people'])).toEqual(['Places and people']);
});
