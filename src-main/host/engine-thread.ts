import { Worker } from 'node:worker_threads';
import { connectEngine } from '../engine/engine-port.ts';
import type { EngineProcess } from './supervised-engine.ts';

/** Starts the engine in a thread. `entry` is the file of `engine-process`, told by the program's own entry file. */
export function startEngineThread(entry: URL, env: NodeJS.ProcessEnv = process.env): EngineProcess {
  const worker = new Worker(entry, { env });
  const ended = new Promise<string>((resolve) => {
    worker.once('error', (error) => resolve(error instanceof Error ? error.message : String(error)));
    worker.once('exit', (code) => resolve(`its thread ended with status ${code}`));
  });
  return { engine: connectEngine(worker), ended, stop: () => worker.terminate() };
}
