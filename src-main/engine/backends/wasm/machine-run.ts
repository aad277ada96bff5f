// What a machine's threads share: kept apart from the kernel generators, which they do not need.

/** Byte offsets of what threads share: what to run, where they wait for each other, and each one's scratch memory. */
export const cells = {
  ...{ turn: 0, arrived: 64, early: 68, round: 128, sleeps: 192, firstMaySleep: 196 },
  ...{ programs: 256, taken: 1024, readsApart: 1088, scratch: 4096 },
} as const;

/** Spins before sleeping while waiting for another thread: about 50 µs, or 200 µs. */
export const patience = { short: 60_000, long: 200_000 } as const;

/** A cache line: each thread has one of scratch, shared with no other. */
export const lineBytes = 64;

/** A thread's start parameters. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
  readonly threads: number;
}

/** Tells the threads to exit. */
export const over = -1;

/** Runs the steps from an address up to, but not including, another. */
export type Run = (start: number, end: number, thread: number, threads: number) => void;

/** Instantiates the module for this thread; returns what runs its programs. */
export function runOf({ module, memory }: Pick<ThreadStart, 'module' | 'memory'>): Run {
  const instance = new WebAssembly.Instance(module, { engine: { memory } });
  return instance.exports.run as Run;
}
