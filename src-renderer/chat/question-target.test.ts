import { expect, test } from 'vitest';
import type { Message } from '../../src-contract/chat.ts';
import { questionTarget } from './question-target.ts';

const question = { text: 'Who is a cat?' } as Message;
const picked = { pickedTargetOf: () => 'Otto' };
const notPicked = { pickedTargetOf: () => undefined };
const read = { targetOf: () => 'Ada' };

test('the row picked for a question takes precedence over another with the same question', () => {
  expect(questionTarget(question, { composer: picked, rows: read })).toBe('Otto');
  expect(questionTarget(question, { composer: notPicked, rows: read })).toBe('Ada');
});

test('has no target without a question', () => {
  expect(questionTarget(undefined, { composer: picked, rows: read })).toBeUndefined();
});
