// A thread in which matrices are rounded, one after the other. See `rounding-threads.ts`.
import { parentPort } from 'node:worker_threads';
import { type RoundingJob, rounded } from './rounding.ts';
import { buffersOf, noMore } from './rounding-threads.ts';

parentPort?.on('message', (job: RoundingJob | typeof noMore) => {
  if (job === noMore) return parentPort?.close();
  const parts = rounded(job);
  parentPort?.postMessage(parts, buffersOf(parts.values()));
});
