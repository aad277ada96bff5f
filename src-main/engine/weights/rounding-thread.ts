// A thread that rounds matrices one after the other. See `rounding-threads.ts`.
import { parentPort } from 'node:worker_threads';
import { toCarried } from '../../../src-contract/carried-error.ts';
import { type RoundingJob, rounded } from './rounding.ts';
import { buffersOf, noMore, type Outcome } from './rounding-threads.ts';

parentPort?.on('message', (job: RoundingJob | typeof noMore) => {
  if (job === noMore) return parentPort?.close();
  const outcome = outcomeOf(job);
  parentPort?.postMessage(outcome, 'parts' in outcome ? buffersOf(outcome.parts.values()) : []);
});

function outcomeOf(job: RoundingJob): Outcome {
  try {
    return { parts: rounded(job) };
  } catch (error) {
    return { error: toCarried(error) };
  }
}
