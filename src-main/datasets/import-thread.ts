// The thread in which a large file is imported. It is told its job at the start, says what it does, and is ended from outside.
import { parentPort, workerData } from 'node:worker_threads';
import { importRows, type RowsJob } from './import-rows.ts';
import { forThread, type ThreadMessage } from './import-worker.ts';
import { writeInThread } from './rows-writer.ts';

const say = (message: ThreadMessage) => parentPort?.postMessage(message);
try {
  // Sound: `importRowsInThread` starts this file, and hands over a job.
  for await (const event of importRows(workerData as RowsJob, new AbortController().signal, writeInThread)) {
    say(event);
  }
  say({ kind: 'ended' });
} catch (error) {
  say({ kind: 'failed', error: forThread(error) });
}
