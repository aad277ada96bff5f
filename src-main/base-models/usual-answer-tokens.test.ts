import { expect, test } from 'vitest';
import { usualAnswerTokens } from './usual-answer-tokens.ts';

const { signal } = new AbortController();
/** A token for each letter. */
const text = { targetIds: (target: string) => [...target].map((_, place) => place) };
const rows = (...lengths: number[]) => lengths.map((length) => ({ target: 'x'.repeat(length) }));

test('twice as long as all but a twentieth of the targets, and 16 tokens at least', async () => {
  const usual = (...lengths: number[]) => usualAnswerTokens(rows(...lengths), text, { form: undefined, signal });
  expect(await usual(...Array(96).fill(20), 900, 900, 900, 900)).toBe(40);
  expect(await usual(1, 2)).toBe(16);
  expect(await usual()).toBe(16);
});

// Regression: a rare long label was cut, and counted as none of them.
test('no label is cut, however rare it is', async () => {
  const form = { kind: 'choices' as const, texts: ['x', 'x'.repeat(50)] };
  expect(await usualAnswerTokens(rows(...Array(99).fill(1), 50), text, { form, signal })).toBe(100);
  const list = { kind: 'list' as const, texts: ['x', 'x'.repeat(30), 'y'.repeat(18)], between: ', ', most: 2 };
  expect(await usualAnswerTokens(rows(1), text, { form: list, signal })).toBe(100);
  // Regression: a base that spelled a label letter by letter was cut within it.
  const known = { targetIds: () => [1, 2] };
  expect(await usualAnswerTokens(rows(1), known, { form: list, signal })).toBe(50);
  const longer = { ...list, orBetween: [', and '] };
  expect(await usualAnswerTokens(rows(1), known, { form: longer, signal })).toBe(54);
});
