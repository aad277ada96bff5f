import { expect, test } from 'vitest';
import type { Conversation } from '../../src-contract/chat.ts';
import { RunningAnswers } from './running-answers.ts';

/** Only these fields are read. */
const conversation = { id: 'rivers', title: 'Rivers' } as Conversation;

/** An answer that has come this far, and is stopped there, but ends only with `ended`. */
async function stopped(answers: RunningAnswers, kinds: readonly string[]) {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const leaving = new AbortController();
  const events = answers.follow(
    conversation,
    async function* () {
      for (const kind of kinds) yield { kind };
      await ended;
    },
    leaving.signal,
  );
  for (const _ of kinds) await events.next();
  const rest = events.next();
  leaving.abort();
  return { end, rest };
}

const next = (answers: RunningAnswers) =>
  answers.follow(
    conversation,
    async function* () {
      yield { kind: 'started' };
    },
    undefined,
  );

// Regression: it waited for two seconds, or until the base was loaded, to store nothing.
test('an answer stopped while its base is loaded does not delay the next question', async () => {
  const answers = new RunningAnswers({ beginAnswer: () => true, endAnswer: () => {} });
  const { end, rest } = await stopped(answers, ['started', 'loading']);
  const startMs = performance.now();
  expect((await next(answers).next()).value).toEqual({ kind: 'started' });
  expect(performance.now() - startMs).toBeLessThan(1_000);
  end();
  await rest;
});

test('one stopped in the middle is stored before the next question', async () => {
  const answers = new RunningAnswers({ beginAnswer: () => true, endAnswer: () => {} });
  const { end, rest } = await stopped(answers, ['started', 'text']);
  const order: string[] = [];
  const asked = next(answers)
    .next()
    .then(() => order.push('next'));
  const stored = rest.then(() => order.push('stored'));
  end();
  await Promise.all([asked, stored]);
  expect(order).toEqual(['stored', 'next']);
});
