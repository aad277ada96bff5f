import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { connectEngine, processPort } from '../engine/engine-port.ts';
import { engineFlags } from './engine-flags.ts';
import { withMemoryTunables } from './memory-tunables.ts';
import type { EngineProcess } from './supervised-engine.ts';

/**
 * Starts the engine in a separate process, where a crash of its native code takes down neither the studio nor its
 * database. As a whole it yields to a browser (decision 0043), and its memory is in large pages (0044). `entry` is the
 * `engine-process` file.
 */
export function startEngineChild(
  entry: URL,
  env: NodeJS.ProcessEnv,
): EngineProcess & { readonly pid: number | undefined } {
  const child = fork(fileURLToPath(entry), [], {
    env: withMemoryTunables(env),
    serialization: 'advanced',
    // The engine must not inherit this program's own flags.
    execArgv: [...engineFlags],
    // A session of its own: Ctrl-C in a terminal ends the studio, which then ends its engine. On Windows this would
    // open a window.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<Because>((resolve) => {
    child.once('error', (error) => resolve(because('ENGINE_FAULT', { message: error.message })));
    child.once('exit', (status, signal) => {
      // Linux kills a process that exhausts memory and reports it only in its own log.
      if (signal === 'SIGKILL' && !child.killed) resolve(because('ENGINE_KILLED'));
      else resolve(because('ENGINE_ENDED', { status: signal ?? String(status) }));
    });
  });
  return {
    engine: connectEngine(processPort(child)),
    ended,
    pid: child.pid,
    async stop() {
      // It ignores all other signals (see `engine-process`).
      if (child.kill('SIGKILL')) await ended;
    },
  };
}
