import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { CallFailure } from './failure.ts';
import type { Session } from './session.ts';
import { terminalText } from './terminal-text.ts';

type Terminal<Stream> = Stream & { readonly isTTY?: boolean };

/**
 * Asks a person at a terminal before something is deleted that cannot be restored afterwards. A script, which nobody
 * answers, goes on. Throws NOT_CONFIRMED unless the answer is yes.
 */
export async function requireConfirmed(
  question: string,
  { yes = false, json, signal }: { yes?: boolean } & Pick<Session, 'json' | 'signal'>,
  { input, output }: { input: Terminal<Readable>; output: Terminal<Writable> } = {
    input: process.stdin,
    output: process.stderr,
  },
): Promise<void> {
  if (yes || json || !input.isTTY || !output.isTTY) return;
  output.write(`${terminalText(question, output)} This cannot be undone. [y/N] `);
  const answer = await firstLine(input, signal);
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return;
  // The cursor still stands behind the question.
  if (answer === undefined) output.write('\n');
  signal.throwIfAborted();
  throw new CallFailure({
    code: 'NOT_CONFIRMED',
    message: 'Nothing was deleted.',
    hint: 'Answer y to delete it; with --yes, nobody is asked.',
    exitCode: 1,
  });
}

/** Undefined if the input ends, or the signal is aborted, before there is one. */
async function firstLine(input: Readable, signal: AbortSignal): Promise<string | undefined> {
  for await (const line of createInterface({ input, signal })) return line;
  return undefined;
}
