// The thread that reads a large file. It gets its task at the start, reports what it does, and is terminated from
// outside.
import { parentPort, workerData } from 'node:worker_threads';
import { toCarried } from '../../../src-contract/carried-error.ts';
import { addedRows } from './added-rows.ts';
import { importRows } from './import-rows.ts';
import { mostUnheard, type ThreadMessage, type ThreadTask, type ThreadWork } from './import-worker.ts';
import { inspectTable } from './inspect.ts';
import { judgeRows } from './judge-rows.ts';
import { writeInThread } from './rows-writer.ts';
import { tableCells } from './table-cells.ts';

const say = (message: ThreadMessage) => parentPort?.postMessage(message);
try {
  // Sound: this file is started only by `inThread`, which passes a task.
  const task = workerData as ThreadTask;
  let count = 0;
  for await (const told of work(task)) {
    say({ kind: 'told', told });
    count++;
    for (let heard = Atomics.load(task.heard, 0); count - heard >= mostUnheard; heard = Atomics.load(task.heard, 0)) {
      Atomics.wait(task.heard, 0, heard);
    }
  }
  say({ kind: 'ended' });
} catch (error) {
  say({ kind: 'failed', error: toCarried(error) });
}

async function* work(task: ThreadTask): AsyncGenerator<ThreadWork[keyof ThreadWork]['told'], void> {
  switch (task.kind) {
    case 'import':
      return yield* importRows(task.ask, new AbortController().signal, writeInThread);
    case 'add':
      return yield* addedRows(task.ask, new AbortController().signal);
    case 'cells':
      return yield* tableCells(task.ask, new AbortController().signal);
    case 'inspect':
      return yield await inspectTable(...task.ask);
    case 'judge':
      return yield await judgeRows(...task.ask);
    default:
      return task satisfies never;
  }
}
