import { setTimeout } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import { connectEngine } from '../engine/engine-port.ts';
import type { EngineProcess } from './supervised-engine.ts';

/** Longer than any one pass takes. */
const longestPassMs = 10_000;

/** Starts the engine in a thread. `entry` is the file of `engine-process`, told by the program's own entry file. */
export function startEngineThread(entry: URL, env: NodeJS.ProcessEnv = process.env): EngineProcess {
  const { port1: asking, port2: asked } = new MessageChannel();
  const worker = new Worker(entry, { env, workerData: { leave: asked }, transferList: [asked] });
  const ended = new Promise<string>((resolve) => {
    worker.once('error', (error) => resolve(error instanceof Error ? error.message : String(error)));
    worker.once('exit', (code) => resolve(`its thread ended with status ${code}`));
  });
  return {
    engine: connectEngine(worker),
    ended,
    // Asked, and not ended from outside: onnxruntime, in the middle of a pass, would throw where nobody catches it and take
    // the whole process along.
    async stop() {
      asking.postMessage('leave');
      const waiting = new AbortController();
      await Promise.race([ended, setTimeout(longestPassMs, undefined, waiting).catch(() => undefined)]);
      waiting.abort();
      asking.close();
      return worker.terminate();
    },
  };
}
