import { StudioError } from '../../src-contract/errors.ts';
import type { Because } from '../../src-contract/failure-reason.ts';
import type { connectEngine } from '../engine/engine-port.ts';

export type Engine = ReturnType<typeof connectEngine>;

/** An engine in a separate process. */
export interface EngineProcess {
  readonly engine: Engine;
  /** Resolves when it ends, with what is known about the reason. */
  readonly ended: Promise<Because>;
  stop(): Promise<unknown>;
}

export interface SupervisedEngine {
  readonly engine: Engine;
  /** Ends it for good: later calls fail with ENGINE_STOPPED. */
  stop(): Promise<void>;
}

/**
 * An engine that survives its process: if that dies, work in progress fails with ENGINE_STOPPED, and the next call
 * starts another one. The engine keeps no state in memory that callers rely on, so a fresh one will do.
 */
export function superviseEngine(start: () => EngineProcess): SupervisedEngine {
  let running = new Running(start());
  let isStopped = false;

  // Every method of the engine returns a promise or an async iterable; both are raced against the end of the process.
  const engine = new Proxy({} as Engine, {
    get: (_, name: keyof Engine) => {
      // Awaiting the engine itself looks up `then`.
      if (typeof name !== 'string' || (name as string) === 'then') return undefined;
      return (...args: unknown[]) => {
        if (running.hasEnded && !isStopped) running = new Running(start());
        const method = running.process.engine[name] as (
          ...args: unknown[]
        ) => Promise<unknown> | AsyncIterable<unknown>;
        const result = method(...args);
        return Symbol.asyncIterator in result ? followed(result, running) : running.untilItEnds(result);
      };
    },
  });

  return {
    engine,
    async stop() {
      isStopped = true;
      await running.process.stop();
    },
  };
}

/**
 * A process and the callers waiting for its answers. Racing against `ended` directly would leave a reaction on that
 * promise which retains the answer (every event of every stream) for as long as the process lives.
 */
class Running {
  readonly process: EngineProcess;
  readonly #waiting = new Set<(error: StudioError) => void>();
  #failure: StudioError | undefined;

  constructor(process: EngineProcess) {
    this.process = process;
    process.ended.then((why) => {
      this.#failure = new StudioError('ENGINE_STOPPED', { ...why });
      for (const reject of this.#waiting) reject(this.#failure);
    });
  }

  get hasEnded(): boolean {
    return this.#failure !== undefined;
  }

  async untilItEnds<T>(answer: Promise<T>): Promise<T> {
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    if (this.#failure === undefined) this.#waiting.add(reject);
    else reject(this.#failure);
    try {
      return await Promise.race([answer, stopped]);
    } finally {
      this.#waiting.delete(reject);
    }
  }
}

async function* followed<T>(events: AsyncIterable<T>, running: Running): AsyncGenerator<T> {
  const iterator = events[Symbol.asyncIterator]();
  let isOver = false;
  try {
    while (true) {
      const next = await running.untilItEnds(iterator.next());
      if (next.done) {
        isOver = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // Tell the source if its consumer left early; nobody waits for it, because a dead process can no longer answer.
    if (!isOver) iterator.return?.().catch(() => {});
  }
}
