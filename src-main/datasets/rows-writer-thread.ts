// The thread in which the rows file of a large import is written. It is told what to write, and says when it has.
import { parentPort, workerData } from 'node:worker_threads';
import { toCarried } from '../../src-contract/carried-error.ts';
import { RowImport } from './row-import-store.ts';
import { GatheredStates } from './row-states.ts';
import type { FromWriter, ToWriter } from './rows-writer.ts';

const say = (message: FromWriter, buffers: ArrayBuffer[] = []) => parentPort?.postMessage(message, buffers);
try {
  // Sound: `writeInThread` starts this file, and names a file.
  const into = new RowImport(workerData as string);
  parentPort?.on('message', (message: ToWriter) => {
    try {
      if (message.kind === 'write') {
        into.insert(message.rows, message.rejections);
        const { buffer } = message.rows.bytes;
        say({ kind: 'written', buffer }, [buffer]);
      } else {
        const states = GatheredStates.of(message.states, message.rows);
        say({ kind: 'finished', facts: into.finish(message.now, states) });
      }
    } catch (error) {
      say({ kind: 'failed', error: toCarried(error) });
    }
  });
} catch (error) {
  say({ kind: 'failed', error: toCarried(error) });
}
