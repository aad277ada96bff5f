import { implement, ORPCError } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { failingAs } from '../async/failing-as.ts';
import type { DiskReserve } from '../data-folder/disk-reserve.ts';
import type { AfterUndo } from './after-undo.ts';
import type { OngoingCalls } from './ongoing-calls.ts';

/** Counts each call, and each stream of events, until it is over. */
export function counting(calls: OngoingCalls) {
  return implement(contract)
    .$context<CallerContext>()
    .middleware(async ({ next, signal }) => {
      const result = await calls.during(Promise.resolve(next()));
      return through(result, (events) => calls.following(events, signal));
    });
}

/**
 * Every deletion gives its disk space back, once it can no longer be undone. It is itself written to the disk, which a
 * full one has no room for but the reserve.
 */
export function freeing(afterUndo: AfterUndo, reserve: DiskReserve) {
  return implement(contract)
    .$context<CallerContext>()
    .middleware(async ({ next, path }) => {
      if (!deletions.has(path.at(-1) ?? '')) return next();
      reserve.giveWhereFull();
      const result = await next();
      afterUndo.expect();
      return result;
    });
}

/** Names of procedures whose effect can be undone for a while. */
const deletions: ReadonlySet<string> = new Set(['delete', 'deleteConversation']);

/** What adds files is refused on a disk so full that opening it, or a deletion, has taken the reserve. */
export function sparing(reserve: DiskReserve) {
  return implement(contract)
    .$context<CallerContext>()
    .middleware(async ({ next, path }) => {
      if (additions.has(path.at(-1) ?? '')) reserve.requireKept();
      return next();
    });
}

/** Names of procedures that write files of any size. */
const additions: ReadonlySet<string> = new Set([
  ...['begin', 'import', 'importChosen', 'importFound', 'importSent', 'addFromFile', 'attachDatabase'],
  ...['download', 'downloadFromHub', 'mix', 'start', 'repeat'],
]);

/** Does nothing, and emits no event, that could not be kept. */
export function requiring(required: () => void) {
  async function* requiredAtEach<Event>(events: AsyncIterable<Event>): AsyncGenerator<Event> {
    for await (const event of events) {
      required();
      yield event;
    }
  }
  return implement(contract)
    .$context<CallerContext>()
    .middleware(async ({ next }) => {
      required();
      return through(await next(), requiredAtEach);
    });
}

/** Answers once something is ready. */
export function waitingFor(ready: Promise<void>) {
  return implement(contract)
    .$context<CallerContext>()
    .middleware(async ({ next }) => {
      await ready;
      return next();
    });
}

/**
 * Sends every error to the client under its code; an unforeseen one is logged, and the client learns nothing about it.
 * After the studio has closed, errors are not looked into.
 */
export function tellingErrors(
  known: (error: unknown, read: () => string | undefined) => Promise<unknown>,
  calls: OngoingCalls,
) {
  return implement(contract)
    .$context<CallerContext>()
    .middleware(async ({ next, path }, input) => {
      const failed = async (error: unknown) => {
        if (calls.isOver) return new ORPCError('INTERNAL_SERVER_ERROR');
        return toClient(await known(error, () => datasetIn(path, input)), path);
      };
      try {
        return through(await next(), (events) => failingAs(events, failed));
      } catch (error) {
        throw await failed(error);
      }
    });
}

/** The id or name of the dataset that a call is about; undefined if it is about none. */
function datasetIn([noun]: readonly string[], input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const isDatasets = noun === 'datasets' || noun === 'versions' || noun === 'findings';
  if (isDatasets && 'id' in input && typeof input.id === 'string') return input.id;
  // It may be nested: what a model is asked, say, is a row of a dataset.
  for (const part of [input, ...Object.values(input)]) {
    if (typeof part !== 'object' || part === null || !('datasetId' in part)) continue;
    if (typeof part.datasetId === 'string') return part.datasetId;
  }
  return undefined;
}

function toClient(error: unknown, path: readonly string[]): ORPCError<string, unknown> {
  if (error instanceof ORPCError) return error;
  if (error instanceof StudioError) {
    return new ORPCError(error.code, { message: error.message, data: error.data, cause: error });
  }
  if (!(error instanceof Error && error.name === 'AbortError')) console.error(path.join('.'), error);
  return new ORPCError('INTERNAL_SERVER_ERROR');
}

/** A result whose events, if it is a stream of them, pass through another stream, which leaves them as they are. */
function through<Result extends { readonly output: unknown }>(
  result: Result,
  pass: (events: AsyncIterable<unknown>) => AsyncIterable<unknown>,
): Result {
  return isIterable(result.output) ? { ...result, output: pass(result.output) } : result;
}

function isIterable(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}
