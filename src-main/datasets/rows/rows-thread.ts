// Entry point of a thread that reads dataset rows, for work that would block the main loop. It has its own handles,
// read-only for the rows; it writes only derived data.
import { parentPort } from 'node:worker_threads';
import { toCarried } from '../../../src-contract/carried-error.ts';
import type { FromAskedThread } from '../../async/asked-thread.ts';
import { DatasetReading, rowsFault } from './dataset-reading-store.ts';
import type { RowsPlace, RowsThreadCalls, ToRowsThread } from './rows-thread-messages.ts';

interface OpenReading {
  readonly reading: DatasetReading;
  /** Number of requests in progress. */
  asked: number;
}

const open = new Map<string, OpenReading>();
const running = new Map<number, AbortController>();

function openOf(place: RowsPlace): OpenReading {
  const known = open.get(place.id);
  if (known) return known;
  const idle = open.entries().find(([, { asked }]) => asked === 0);
  if (open.size >= 8 && idle !== undefined) close(idle[0]);
  const opened = { reading: new DatasetReading(place), asked: 0 };
  open.set(place.id, opened);
  return opened;
}

function close(id: string): void {
  open.get(id)?.reading.close();
  open.delete(id);
}

async function answer(message: Exclude<ToRowsThread, { kind: 'abort' }>, signal: AbortSignal): Promise<unknown> {
  const { id, kind, ask } = message;
  const tell = (event: unknown) => post({ id, kind: 'event', event });
  if (kind === 'letGo') {
    if (open.get(ask.id)?.asked) throw new Error(`Dataset ${ask.id} is being read.`);
    close(ask.id);
    return null;
  }
  const opened = openOf(ask);
  const { reading } = opened;
  opened.asked++;
  try {
    switch (kind) {
      case 'page':
        // Sound, here and below: the kind determines the request's type.
        return await reading.page(ask as RowsThreadCalls['page']['ask'], signal);
      case 'kin':
        return await reading.kin(ask as RowsThreadCalls['kin']['ask'], signal);
      case 'index':
        return await reading.index(tell, signal);
      case 'check':
        return await reading.check(ask as RowsThreadCalls['check']['ask'], tell, signal);
      default:
        return kind satisfies never;
    }
  } finally {
    opened.asked--;
  }
}

function post(message: FromAskedThread): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', async (message: ToRowsThread) => {
  const { id } = message;
  if (message.kind === 'abort') {
    running.get(id)?.abort();
    return;
  }
  const abort = new AbortController();
  running.set(id, abort);
  try {
    post({ id, kind: 'answer', answer: await answer(message, abort.signal) });
  } catch (thrown) {
    post({ id, kind: 'failed', error: toCarried(rowsFault(message.ask, thrown)) });
  } finally {
    running.delete(id);
  }
});
