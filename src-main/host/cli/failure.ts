import { ORPCError } from '@orpc/server';
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { errorCatalogue, isErrorCode, StudioError } from '../../../src-contract/errors.ts';
import { fillIn } from '../../../src-contract/fill-in.ts';
import { issueWords } from './arguments.ts';

/** What the command line prints on failure, and its exit status. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** 1: a failure that a person can encounter; 2: wrong usage; 130: interrupted. */
  readonly exitCode: 1 | 2 | 130;
  /** What is known besides the error, added to the JSON answer. */
  readonly rest?: object;
  /** Only for an internal error: what to send with a report. */
  readonly stack?: string;
}

/** A failure that only the command line knows: wrong usage, an interruption, a failed bench. */
export class CallFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'CallFailure';
    this.failure = failure;
  }
}

export function usageFailure(message: string): CallFailure {
  return new CallFailure({ code: 'USAGE', message, hint: 'Add --help to see how to use the command.', exitCode: 2 });
}

export function interruption(message: string, hint: string, rest?: object): CallFailure {
  return new CallFailure({ code: 'INTERRUPTED', message, hint, exitCode: 130, rest });
}

/** Throws what ended the work unless it was a person: a failure, or an interruption, with how to resume. */
export function requireUnbroken(
  { state, error }: { state: string; error: Pick<Failure, 'code' | 'message' | 'hint'> | null },
  goOn: string,
): void {
  if (error === null) return;
  if (state === 'failed') throw new CallFailure({ ...error, exitCode: 1 });
  if (state === 'interrupted') throw new CallFailure({ ...error, hint: goOn, exitCode: 1 });
}

/** Turns anything thrown into what is printed. An aborted call counts as interrupted, whatever its error says. */
export function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (error instanceof CallFailure) return error.failure;
  // Arguments that only the command itself parses.
  if (error instanceof InvalidArgumentError) return usageFailure(error.message).failure;
  if (signal.aborted) {
    return {
      code: 'INTERRUPTED',
      message: 'Interrupted.',
      hint: 'Finished work is kept; half-finished work is undone.',
      exitCode: 130,
    };
  }
  if (error instanceof StudioError) {
    return { code: error.code, message: error.message, hint: error.hint, exitCode: 1 };
  }
  if (error instanceof ORPCError && isErrorCode(error.code)) {
    const { message, hint } = errorCatalogue[error.code];
    // The contract parsed the data under this code, so it has the fields named in the sentences.
    const fields = error.data as Record<string, unknown>;
    const data = typeof fields.option === 'string' ? { ...fields, option: asTyped(fields.option) } : fields;
    return { code: error.code, message: fillIn(message, data), hint: fillIn(hint, data), exitCode: 1 };
  }
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    return {
      code: 'USAGE',
      message: wordsOf(error.data) ?? error.message,
      hint: 'Add --help to see how to use the command.',
      exitCode: 2,
    };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Something went wrong in the studio. This is a bug in the program, not something you did wrong.',
    hint: 'Please report it with the lines above.',
    exitCode: 1,
    stack,
  };
}

function wordsOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return undefined;
  return data.issues
    .map((issue: z.core.$ZodIssue) => {
      const field = issue.path.findLast((part) => typeof part === 'string');
      return field === undefined ? issueWords(issue) : `${asTyped(field)}: ${issueWords(issue)}`;
    })
    .join(' ');
}

/** The contract's name of an option as it is spelled here. */
function asTyped(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
