// The thread that writes the rows file of a large import. It receives what to write and reports when it is done.
import { parentPort, workerData } from 'node:worker_threads';
import { toCarried } from '../../../src-contract/carried-error.ts';
import { GatheredStates } from '../rows/row-states.ts';
import { RowImport } from './row-import-store.ts';
import type { FromWriter, ToWriter } from './rows-writer.ts';

const say = (message: FromWriter, buffers: ArrayBuffer[] = []) => parentPort?.postMessage(message, buffers);
try {
  // Sound: this file is started only by `writeInThread`, which passes a file path.
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
