import { expect, test } from 'vitest';
import { writingSpeed } from './writing-speed.ts';

const ids = Array.from({ length: 11 }, (_, place) => place);

test('ten tokens in the two seconds after the first are five per second', () => {
  expect(writingSpeed({ ids, seconds: 2.5, firstTokenMs: 500 })).toBeCloseTo(5, 9);
});

// Regression: a comparison's columns differed by the order in which their prompts were read.
test('time spent waiting for other answers does not count', () => {
  const alone = writingSpeed({ ids, seconds: 2.25, firstTokenMs: 250 });
  expect(writingSpeed({ ids, seconds: 8, firstTokenMs: 6000 })).toBeCloseTo(alone ?? 0, 9);
});

test('an answer of at most one token has no speed', () => {
  expect(writingSpeed({ ids: [7], seconds: 1, firstTokenMs: 900 })).toBeNull();
  expect(writingSpeed({ ids: [], seconds: 0, firstTokenMs: 0 })).toBeNull();
});
