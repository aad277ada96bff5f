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
  let running: EngineProcess | undefined = startOne();

  function startOne(): EngineProcess {
    const started = start();
    started.ended.then(() => {
      if (running === started) running = undefined;
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
        const method = running.engine[name] as (...args: unknown[]) => Promise<unknown> | AsyncIterable<unknown>;
        const stopped = rejectionAt(running.ended);
        const result = method(...args);
        return Symbol.asyncIterator in result ? followed(result, stopped) : Promise.race([result, stopped]);
      };
    },
  });

  return {
    engine,
    async stop() {
      await running?.stop();
    },
  };
}

function rejectionAt(ended: Promise<Because>): Promise<never> {
  const rejection = ended.then((why) => {
    throw new StudioError('ENGINE_STOPPED', { ...why });
  });
  // An engine that ends when nobody waits for it is no unhandled failure.
  rejection.catch(() => {});
  return rejection;
}

async function* followed<T>(events: AsyncIterable<T>, stopped: Promise<never>): AsyncGenerator<T> {
  const iterator = events[Symbol.asyncIterator]();
  let isOver = false;
  try {
    while (true) {
      const next = await Promise.race([iterator.next(), stopped]);
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
