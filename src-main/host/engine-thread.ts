import { setTimeout } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { connectEngine } from '../engine/engine-port.ts';
import type { EngineProcess } from './supervised-engine.ts';

/** Longer than any one pass takes. */
const longestPassMs = 10_000;

/** Starts the engine in a thread. `entry` is the file of `engine-process`, told by the program's own entry file. */
export function startEngineThread(entry: URL, env: NodeJS.ProcessEnv = process.env): EngineProcess {
  const { port1: asking, port2: asked } = new MessageChannel();
  const worker = new Worker(entry, { env, workerData: { leave: asked }, transferList: [asked] });
  const ended = new Promise<Because>((resolve) => {
    worker.once('error', (error) => resolve(faultOf(error)));
    worker.once('exit', (status) => resolve(because('ENGINE_ENDED', { status: String(status) })));
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

function faultOf(error: unknown): Because {
  if (!(error instanceof Error)) return because('ENGINE_FAULT', { message: String(error) });
  const isOutOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isOutOfMemory ? because('ENGINE_OUT_OF_MEMORY') : because('ENGINE_FAULT', { message: error.message });
}
