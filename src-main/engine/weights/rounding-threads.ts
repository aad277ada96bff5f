import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type CarriedError, fromCarried } from '../../../src-contract/carried-error.ts';
import { ownProgram } from '../../async/own-program.ts';
import type { Tensor } from '../tensor.ts';
import { matricesOf, type RoundingJob, rounded } from './rounding.ts';

/** Tells a thread that there are no more jobs. */
export const noMore = null;

/** A thread's answer. */
export type Outcome = { readonly parts: ReadonlyMap<string, Tensor> } | { readonly error: CarriedError };

/** Smaller buffers are copied between threads: Node.js allocates some from a shared pool, and tables are kept. */
const leastMoved = 64 * 1024;

/**
 * The results of all jobs, by the names of a graph's inputs. They are run in this many threads, each with one job at a
 * time; with none, they run here. Matrices that were read here are transferred to the thread that rounds them. No
 * thread is working any more when this settles, however it does. Throws as `rounded` does.
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
  const started = Array.from({ length: threads }, startThread);
  const failed = Promise.withResolvers<never>();
  // Reports a thread that cannot start, whether or not it had a job.
  for (const { ended } of started) ended.catch(failed.reject);
  // If reading fails first, nobody awaits this any more.
  failed.promise.catch(() => {});
  const free = [...started];
  const busy = new Set<Promise<void>>();
  try {
    for await (const job of jobs) {
      while (free.length === 0) await Promise.race([failed.promise, ...busy]);
      const thread = free.pop() as Thread;
      const work = roundIn(thread, job)
        .then((parts) => {
          add(job, parts);
          free.push(thread);
        }, failed.reject)
        .finally(() => busy.delete(work));
      busy.add(work);
    }
    await Promise.race([failed.promise, Promise.all(busy)]);
    return all;
  } finally {
    // They read from a file that is closed after this.
    await Promise.all(busy);
    // They exit by themselves; terminating threads from outside occasionally crashes Electron
    // (electron/electron#47986).
    for (const { worker } of started) worker.postMessage(noMore);
  }
}

interface Thread {
  readonly worker: Worker;
  /** Rejects when the thread exits, for whatever reason: it handles nothing from then on. */
  readonly ended: Promise<never>;
}

function startThread(): Thread {
  const worker = new Worker(ownProgram(import.meta.url, './rounding-thread.ts'), { execArgv: [] });
  const ended = Promise.withResolvers<never>();
  worker.on('error', ended.reject);
  worker.on('exit', (code) => ended.reject(new Error(`a rounding thread exited with code ${code}`)));
  return { worker, ended: ended.promise };
}

async function roundIn({ worker, ended }: Thread, job: RoundingJob): Promise<ReadonlyMap<string, Tensor>> {
  const answered = once(worker, 'message') as Promise<[Outcome]>;
  worker.postMessage(job, buffersOf(matricesOf(job).filter((matrix) => 'data' in matrix)));
  const [outcome] = await Promise.race([answered, ended]);
  if ('error' in outcome) throw fromCarried(outcome.error);
  return outcome.parts;
}

/** Buffers of tensors to transfer with them. */
export function buffersOf(tensors: Iterable<Tensor>): ArrayBuffer[] {
  const whole = [...tensors].flatMap(({ data: { buffer, byteLength } }) =>
    byteLength >= leastMoved && buffer.byteLength === byteLength ? [buffer as ArrayBuffer] : [],
  );
  return [...new Set(whole)];
}

/**
 * Frees matrices that were copied to where they are multiplied. An idle process allocates nothing, so the garbage
 * collector would leave them in memory.
 */
export function letGo(...matrices: readonly Tensor[]): void {
  for (const buffer of buffersOf(matrices)) buffer.transfer(0);
}
