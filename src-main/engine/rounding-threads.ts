import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type CarriedError, fromCarried } from '../../src-contract/carried-error.ts';
import { matricesOf, type RoundingJob, rounded } from './rounding.ts';
import type { Tensor } from './tensor.ts';
import { threadEntry } from './thread-entry.ts';

/** Says to a thread that nothing comes any more. */
export const noMore = null;

/** What a thread answers. */
export type Outcome = { readonly parts: ReadonlyMap<string, Tensor> } | { readonly error: CarriedError };

/** Smaller pieces are copied between threads: Node.js lends some of them from memory that is not theirs alone, and tables are kept. */
const leastMoved = 64 * 1024;

/**
 * What all jobs come to, by the names of a graph's inputs. They are done in so many threads, each of which has one at a time; with none, they are done here.
 * Matrices that were read here go over to the thread that rounds them. No thread is at work any more when this is over, however it ends. Throws as `rounded` does.
 */
export async function roundAll(
  jobs: AsyncIterable<RoundingJob>,
  { threads, isRounded = () => {} }: { readonly threads: number; readonly isRounded?: (job: RoundingJob) => void },
): Promise<ReadonlyMap<string, Tensor>> {
  const all = new Map<string, Tensor>();
  const add = (job: RoundingJob, parts: ReadonlyMap<string, Tensor>) => {
    for (const [name, tensor] of parts) all.set(name, tensor);
    isRounded(job);
  };
  if (threads === 0) {
    for await (const job of jobs) add(job, rounded(job));
    return all;
  }
  const workers = Array.from({ length: threads }, () => new Worker(threadEntry('rounding-thread'), { execArgv: [] }));
  const failed = Promise.withResolvers<never>();
  // A thread that cannot start is told of, whether or not it had a job.
  for (const worker of workers) worker.on('error', failed.reject);
  // Where reading fails first, nobody waits for it any more.
  failed.promise.catch(() => {});
  const free = [...workers];
  const busy = new Set<Promise<void>>();
  try {
    for await (const job of jobs) {
      while (free.length === 0) await Promise.race([failed.promise, ...busy]);
      const worker = free.pop() as Worker;
      const work = roundIn(worker, job)
        .then((parts) => {
          add(job, parts);
          free.push(worker);
        }, failed.reject)
        .finally(() => busy.delete(work));
      busy.add(work);
    }
    await Promise.race([failed.promise, Promise.all(busy)]);
    return all;
  } finally {
    // They read from a file that is closed behind this.
    await Promise.all(busy);
    // Each ends by itself; Electron is known to crash now and then where threads are ended from outside (electron/electron#47986).
    for (const worker of workers) worker.postMessage(noMore);
  }
}

async function roundIn(worker: Worker, job: RoundingJob): Promise<ReadonlyMap<string, Tensor>> {
  const answered = once(worker, 'message') as Promise<[Outcome]>;
  worker.postMessage(job, buffersOf(matricesOf(job).filter((matrix) => 'data' in matrix)));
  const [outcome] = await answered;
  if ('error' in outcome) throw fromCarried(outcome.error);
  return outcome.parts;
}

/** Memory of tensors that is given away with them. */
export function buffersOf(tensors: Iterable<Tensor>): ArrayBuffer[] {
  const whole = [...tensors].flatMap(({ data: { buffer, byteLength } }) =>
    byteLength >= leastMoved && buffer.byteLength === byteLength ? [buffer as ArrayBuffer] : [],
  );
  return [...new Set(whole)];
}
