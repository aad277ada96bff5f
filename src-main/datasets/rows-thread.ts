// Entry of a thread that reads the rows of datasets: what may take more than a moment there would hold up the main loop. It
// has handles of its own, read-only on the rows; only what is worked out from them is written here.
import { parentPort } from 'node:worker_threads';
import { toCarried } from '../../src-contract/carried-error.ts';
import { DatasetReading, rowsFault } from './dataset-reading-store.ts';
import type { FromRowsThread, RowsPlace, RowsThreadCalls, ToRowsThread } from './rows-thread-messages.ts';

const open = new Map<string, DatasetReading>();
const running = new Map<number, AbortController>();

function readingOf(place: RowsPlace): DatasetReading {
  const known = open.get(place.id);
  if (known) return known;
  const oldest = open.keys().next().value;
  if (open.size >= 8 && oldest !== undefined) {
    open.get(oldest)?.close();
    open.delete(oldest);
  }
  const reading = new DatasetReading(place);
  open.set(place.id, reading);
  return reading;
}

async function answer(message: Exclude<ToRowsThread, { kind: 'abort' }>, signal: AbortSignal): Promise<unknown> {
  const { id, kind, ask } = message;
  const tell = (event: unknown) => post({ id, kind: 'event', event });
  if (kind === 'letGo') {
    open.get(ask.id)?.close();
    open.delete(ask.id);
    return null;
  }
  const reading = readingOf(ask);
  switch (kind) {
    case 'page':
      // Sound, here and below: the kind says which question it is.
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
}

function post(message: FromRowsThread): void {
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
