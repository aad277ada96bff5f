import { StudioError } from '../../src-contract/errors.ts';
import type { Because } from '../../src-contract/failure-reason.ts';
import type { connectEngine } from '../engine/engine-port.ts';

export type Engine = ReturnType<typeof connectEngine>;

/** An engine in a process of its own. */
export interface EngineProcess {
  readonly engine: Engine;
  /** Resolves when it ends, with what is known of the reason. */
  readonly ended: Promise<Because>;
  stop(): Promise<unknown>;
}

export interface SupervisedEngine {
  readonly engine: Engine;
  stop(): Promise<void>;
}

/**
 * An engine that outlives its process: when that dies, the work under way fails with ENGINE_STOPPED, and the next call
 * starts another. The engine keeps nothing in memory that a caller relies on, so a fresh one is as good.
 */
export function superviseEngine(start: () => EngineProcess): SupervisedEngine {
  let running: Running | undefined = startOne();

  function startOne(): Running {
    const started = new Running(start());
    started.process.ended.then((why) => {
      if (running === started) running = undefined;
      started.fail(why);
    });
    return started;
  }

  // Every method of the front door gives a promise or an iterable; both are raced against the end of the process.
  const engine = new Proxy({} as Engine, {
    get: (_, name: keyof Engine) => {
      // Whoever awaits the engine itself asks for `then`.
      if (typeof name !== 'string' || (name as string) === 'then') return undefined;
      return (...args: unknown[]) => {
        running ??= startOne();
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
      await running?.process.stop();
    },
  };
}

/**
 * A process, and who waits for an answer of it. A race against `ended` itself would leave a reaction there that holds the answer
 * for as long as the process lives: every event of every stream.
 */
class Running {
  readonly process: EngineProcess;
  readonly #waiting = new Set<(error: StudioError) => void>();
  #failure: StudioError | undefined;

  constructor(process: EngineProcess) {
    this.process = process;
  }

  fail(why: Because): void {
    this.#failure = new StudioError('ENGINE_STOPPED', { ...why });
    for (const reject of this.#waiting) reject(this.#failure);
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
    // Left early, the source is told; a dead process can no longer answer, so nobody waits for it.
    if (!isOver) iterator.return?.().catch(() => {});
  }
}
