import { spawnSync } from 'node:child_process';
import { engineFlags } from '../../src-main/host/engine-flags.ts';
import { withMemoryTunables } from '../../src-main/host/memory-tunables.ts';

/**
 * For a bench that is an engine itself: runs its file in a process that is started as an engine is, and ends with that, unless this is one. Without, V8 looks for
 * garbage beside the kernels' threads: 1,024 adapters in turn were at 0.72 to 0.76 of the speed of one, where they are at 0.9.
 */
export function asEngine(file: string): void {
  if (engineFlags.every((flag) => process.execArgv.includes(flag))) return;
  const words = [...engineFlags, file, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit', env: withMemoryTunables(process.env) });
  process.exit(status ?? 1);
}
