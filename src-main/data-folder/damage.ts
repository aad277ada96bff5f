import { Worker } from 'node:worker_threads';
import { type CarriedError, fromCarried } from '../../src-contract/carried-error.ts';
import { ownProgram } from '../async/own-program.ts';

interface DamageAsk {
  /** The studio's database, or the rows of a dataset. */
  readonly what: 'database' | 'rows';
  readonly file: string;
}

const looking = new Map<string, Promise<Error | undefined>>();

/**
 * What is wrong with a file in which SQLite met damage, or may have. SQLite does not say which of several files it was,
 * so the pages are checked, in a thread and once for all who ask meanwhile. Undefined if they are sound.
 */
export function damageIn(ask: DamageAsk): Promise<Error | undefined> {
  const begun = looking.get(ask.file);
  if (begun !== undefined) return begun;
  const found = lookThrough(ask).finally(() => looking.delete(ask.file));
  looking.set(ask.file, found);
  return found;
}

function lookThrough(ask: DamageAsk): Promise<Error | undefined> {
  const { promise, resolve } = Promise.withResolvers<Error | undefined>();
  const thread = new Worker(ownProgram(import.meta.url, '../database/damage-thread.ts'), {
    workerData: ask,
    execArgv: [],
  });
  thread.on('message', (found: CarriedError | undefined) => resolve(found && fromCarried(found)));
  // An error in the thread itself says nothing about the file: the original error is reported as it is.
  thread.on('error', () => resolve(undefined));
  thread.on('exit', () => resolve(undefined));
  return promise;
}
