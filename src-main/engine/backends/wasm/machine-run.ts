// What a machine's threads have in common: kept apart from what writes the kernels, which they do not need.

/** Where threads find what they share, in bytes: what they are told, where they wait for each other, and what each has of scratch. */
export const cells = {
  ...{ turn: 0, arrived: 64, early: 68, round: 128, sleeps: 192, firstMaySleep: 196 },
  ...{ programs: 256, taken: 1024, readsApart: 1088, scratch: 4096 },
} as const;

/** Looks at what another thread is to change before sleep: some fifty microseconds, or two hundred. */
export const patience = { short: 60_000, long: 200_000 } as const;

/** A line, which is what memory gives at a time: each thread has one of scratch, in which nothing of the others is. */
export const lineBytes = 64;

/** What a thread is started with. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
  readonly threads: number;
}

/** Says to the threads that there is nothing to run any more. */
export const over = -1;

/** Runs the steps from an address to before another. */
export type Run = (start: number, end: number, thread: number, threads: number) => void;

/** What runs a program of this thread. */
export function runOf({ module, memory }: Pick<ThreadStart, 'module' | 'memory'>): Run {
  const instance = new WebAssembly.Instance(module, { engine: { memory } });
  return instance.exports.run as Run;
}
