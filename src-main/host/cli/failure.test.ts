import { ORPCError } from '@orpc/server';
import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { failureOf, interruption, requireUnbroken, usageFailure } from './failure.ts';

const quiet = new AbortController().signal;

test('a StudioError gives its message and hint', () => {
  const expected = {
    code: 'FILE_EMPTY',
    message: '“a.csv” is empty.',
    hint: 'Choose a file that has a header and at least one row.',
    exitCode: 1,
  };
  expect(failureOf(new StudioError('FILE_EMPTY', { file: 'a.csv' }), quiet)).toEqual(expected);
  expect(failureOf(new ORPCError('FILE_EMPTY', { data: { file: 'a.csv' } }), quiet)).toEqual(expected);
});

// Regression: it was named as in the contract, “maxLength”.
test('an option is named as it is typed', () => {
  const data = { option: 'maxLength', ...because('LENGTH_BEYOND_BASE', { base: 'starter', tokens: 512 }) };
  const message = 'max-length: “starter” reads at most 512 tokens.';
  expect(failureOf(new ORPCError('OPTION_INVALID', { data }), quiet)).toMatchObject({ message, exitCode: 1 });
});

test('input that the contract rejects is a usage error', () => {
  const { issues } = z.object({ headerRows: z.number().max(3) }).safeParse({ headerRows: 4 }).error ?? {};
  const error = new ORPCError('BAD_REQUEST', { data: { issues } });
  const message = 'header-rows: It must be at most 3.';
  expect(failureOf(error, quiet)).toMatchObject({ code: 'USAGE', message, exitCode: 2 });
  // Regression: it was reported as an internal error, with its stack.
  expect(failureOf(new InvalidArgumentError('From 0.'), quiet)).toMatchObject({ message: 'From 0.', exitCode: 2 });
  expect(failureOf(usageFailure('Give a name.'), quiet)).toMatchObject({ message: 'Give a name.', exitCode: 2 });
});

test('after Ctrl-C, any error counts as an interruption', () => {
  expect(failureOf(new Error('gone'), AbortSignal.abort())).toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
  expect(failureOf(interruption('Stopped.', 'Resume.', { run: 1 }), quiet)).toMatchObject({
    exitCode: 130,
    rest: { run: 1 },
  });
});

test('an internal error keeps its stack out of its message', () => {
  const failure = failureOf(new Error('secret path'), quiet);
  expect(failure.message).not.toContain('secret');
  expect(failure.stack).toContain('secret path');
  expect(failure.exitCode).toBe(1);
});

// Regression: training whose engine died ended with status 0, as if it had made an adapter; an experiment, as if a
// person had stopped it.
test('interrupted work is a failure whose hint says how to continue', () => {
  const error = { code: 'ENGINE_STOPPED', message: 'The engine stopped.', hint: 'Ask again.' };
  const thrownBy = (state: string) => {
    try {
      requireUnbroken({ state, error }, 'Go on.');
    } catch (thrown) {
      return failureOf(thrown, quiet);
    }
    return undefined;
  };
  expect(thrownBy('interrupted')).toEqual({ ...error, hint: 'Go on.', exitCode: 1 });
  expect(thrownBy('failed')).toEqual({ ...error, exitCode: 1 });
  expect(thrownBy('finished')).toBeUndefined();
});
