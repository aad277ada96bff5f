import { expect, test } from 'vitest';
import { repeatsItself } from './repeats-itself.ts';

test('detects a piece repeated at the end, whatever precedes it', () => {
  expect(repeatsItself(`B: G${'id'.repeat(200)}`)).toBe(true);
  expect(repeatsItself(`The camel ${'weighs the camel '.repeat(30)}weighs `)).toBe(true);
  expect(repeatsItself(`${'다시 '.repeat(120)}`)).toBe(true);
});

test('does not report prose, a table or a short refrain as repetition', () => {
  const text = 'The doctor saw a patient with a fever for twenty-eight days and gave a medicine. ';
  expect(repeatsItself(text + text + text.replace('fever', 'cough'))).toBe(false);
  expect(repeatsItself(Array.from({ length: 40 }, (_, row) => `| ${row} | ${row * 7} |`).join('\n'))).toBe(false);
  expect(repeatsItself('no '.repeat(20))).toBe(false);
  expect(repeatsItself('')).toBe(false);
});
