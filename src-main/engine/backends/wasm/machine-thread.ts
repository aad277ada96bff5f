import { parentPort, workerData } from 'node:worker_threads';
import { cells, over, runOf, type ThreadStart } from './machine-run.ts';

/** One of a machine's other threads: runs its programs, and sleeps in between. */
const { memory, module, thread, threads } = workerData as ThreadStart;
const run = runOf({ module, memory });
const shared = new Int32Array(memory.buffer, 0, 1024);
/** About 0.3 ms: programs of an answer follow each other sooner, and waking up from sleep takes long. */
const looks = 10_000;
let turn = 0;
parentPort?.postMessage('ready');
for (;;) {
  for (let look = 0; look < looks && Atomics.load(shared, cells.turn / 4) === turn; look++) Atomics.pause();
  Atomics.wait(shared, cells.turn / 4, turn);
  turn = Atomics.load(shared, cells.turn / 4);
  if (turn === over) break;
  const start = cells.programs / 4 + 2 * thread;
  run(shared[start] as number, shared[start + 1] as number, thread, threads);
}
