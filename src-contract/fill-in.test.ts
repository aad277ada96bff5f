import { expect, test } from 'vitest';
import { StudioError } from './errors.ts';
import { because, inEnglish } from './failure-reason.ts';
import { fillIn } from './fill-in.ts';

test('each placeholder with a field becomes its text', () => {
  expect(fillIn('{a} of {b}, {c}', { a: 'one', b: 'two' })).toBe('one of two, {c}');
});

test('words go by the number they stand beside', () => {
  const sentence = '{rows} of {all} {all:row|rows} {rows:has|have} findings';
  expect(fillIn(sentence, { rows: 1, all: 2 })).toBe('1 of 2 rows has findings');
  expect(fillIn(sentence, { rows: 0, all: '1' })).toBe('0 of 1 row have findings');
});

// Regression: the name of a key of ten megabytes was told whole.
test('of what a file calls something, a sentence has the beginning', () => {
  const { reason, because: told } = because('KEY_TWICE', { key: 'k'.repeat(5000) });
  expect(reason).toBe(`the key ${'k'.repeat(999)}… appears twice`);
  expect(told?.data.key).toBe(`${'k'.repeat(999)}…`);
  expect(inEnglish('x'.repeat(5000)).reason).toHaveLength(1000);
});

// Regression: a reason said “at most 131072 tokens”.
test('numbers within a sentence are grouped, and lose no digit', () => {
  expect(fillIn('{n} rows, {share}, {none}', { n: 1_234_567, share: 0.1234567, none: 0 })).toBe(
    '1,234,567 rows, 0.1234567, 0',
  );
  expect(because('LENGTH_BEYOND_BASE', { base: 'smol', tokens: 8192 }).reason).toBe(
    '“smol” reads at most 8,192 tokens',
  );
  expect(new StudioError('CONTEXT_TOO_LONG', { tokens: 12_000, limit: 8191 }).message).toMatch(/12,000.*8,191/);
});
