import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { connectEngine, processPort } from '../engine/engine-port.ts';
import { engineFlags } from './engine-flags.ts';
import { withMemoryTunables } from './memory-tunables.ts';
import type { EngineProcess } from './supervised-engine.ts';

/**
 * Starts the engine in a process of its own, where a crash of its native code ends neither the studio nor its database. It gives way to a
 * browser as a whole (decision 0043), and its memory lies in large pages (0044). `entry` is the file of `engine-process`.
 */
export function startEngineChild(
  entry: URL,
  env: NodeJS.ProcessEnv,
): EngineProcess & { readonly pid: number | undefined } {
  const child = fork(fileURLToPath(entry), [], {
    env: withMemoryTunables(env),
    serialization: 'advanced',
    // What this program was started with is not for the engine.
    execArgv: [...engineFlags],
    // A session of its own: what is typed into a terminal ends the studio, which then ends its engine. On Windows that would open a window.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<Because>((resolve) => {
    child.once('error', (error) => resolve(because('ENGINE_FAULT', { message: error.message })));
    child.once('exit', (status, signal) => {
      // Linux ends what takes the last of the memory, and says so nowhere but in its own log.
      if (signal === 'SIGKILL' && !child.killed) resolve(because('ENGINE_KILLED'));
      else resolve(because('ENGINE_ENDED', { status: signal ?? String(status) }));
    });
  });
  return {
    engine: connectEngine(processPort(child)),
    ended,
    pid: child.pid,
    async stop() {
      // It goes by no other signal (see `engine-process`).
      if (child.kill('SIGKILL')) await ended;
    },
  };
}
