import { expect, test } from 'vitest';
import type { Message } from '../../src-contract/chat.ts';
import { questionTarget } from './question-target.ts';

const question = { text: 'Who is a cat?' } as Message;
const picked = { pickedTargetOf: () => 'Otto' };
const notPicked = { pickedTargetOf: () => undefined };
const read = { targetOf: () => 'Ada' };

test('the row that was picked for a question goes before another that asks the same', () => {
  expect(questionTarget(question, { composer: picked, rows: read })).toBe('Otto');
  expect(questionTarget(question, { composer: notPicked, rows: read })).toBe('Ada');
});

test('where there is no question yet, there is no target', () => {
  expect(questionTarget(undefined, { composer: picked, rows: read })).toBeUndefined();
});
