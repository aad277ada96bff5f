import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type RoundingJob, rounded } from './rounding.ts';
import type { Tensor } from './tensor.ts';
import { threadEntry } from './thread-entry.ts';

/** Says to a thread that nothing comes any more. */
export const noMore = null;

/** Smaller pieces are copied between threads: Node.js lends some of them from memory that is not theirs alone, and tables are kept. */
const leastMoved = 64 * 1024;

/**
 * What all jobs come to, by the names of a graph's inputs. They are done in so many threads, each of which has one at a time, while the next
 * matrix is being read in this one; with none, they are done here. Matrices go over to the thread that rounds them.
 */
export async function roundAll(
  jobs: AsyncIterable<RoundingJob>,
  { threads }: { readonly threads: number },
): Promise<ReadonlyMap<string, Tensor>> {
  const all = new Map<string, Tensor>();
  const add = (parts: ReadonlyMap<string, Tensor>) => parts.forEach((tensor, name) => void all.set(name, tensor));
  if (threads === 0) {
    for await (const job of jobs) add(rounded(job));
    return all;
  }
  const workers = Array.from({ length: threads }, () => new Worker(threadEntry('rounding-thread'), { execArgv: [] }));
  // A thread that cannot start is told of, whether or not it had a job.
  const broken = Promise.withResolvers<never>();
  for (const worker of workers) worker.on('error', broken.reject);
  // Where reading fails first, nobody waits for it any more.
  broken.promise.catch(() => {});
  const free = [...workers];
  const busy = new Set<Promise<void>>();
  try {
    for await (const job of jobs) {
      while (free.length === 0) await Promise.race([broken.promise, ...busy]);
      const worker = free.pop() as Worker;
      const work = roundIn(worker, job).then((parts) => {
        add(parts);
        free.push(worker);
        busy.delete(work);
      });
      busy.add(work);
      // `broken` tells of it.
      work.catch(() => {});
    }
    await Promise.race([broken.promise, Promise.all(busy)]);
    return all;
  } finally {
    // Each ends behind the job that it has in hand; Electron is known to crash now and then where threads are ended from outside
    // (electron/electron#47986).
    for (const worker of workers) worker.postMessage(noMore);
  }
}

async function roundIn(worker: Worker, job: RoundingJob): Promise<ReadonlyMap<string, Tensor>> {
  const answered = once(worker, 'message') as Promise<[ReadonlyMap<string, Tensor>]>;
  worker.postMessage(job, buffersOf(job.kind === 'training' ? [job.weight] : job.matrices));
  const [parts] = await answered;
  return parts;
}

/** Memory of tensors that is given away with them. */
export function buffersOf(tensors: Iterable<Tensor>): ArrayBuffer[] {
  const whole = [...tensors].flatMap(({ data: { buffer, byteLength } }) =>
    byteLength >= leastMoved && buffer.byteLength === byteLength ? [buffer as ArrayBuffer] : [],
  );
  return [...new Set(whole)];
}
