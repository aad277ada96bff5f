import { spawnSync } from 'node:child_process';
import { engineFlags } from '../../src-main/host/engine-flags.ts';
import { withMemoryTunables } from '../../src-main/host/memory-tunables.ts';

/**
 * For a bench that is itself an engine: unless this process was started like one, runs the file in a process that is,
 * and exits with it. Otherwise V8 collects garbage concurrently with the kernels' threads: 1,024 adapters in turn ran
 * at 0.72 to 0.76 of the speed of one, instead of 0.9.
 */
export function asEngine(file: string): void {
  if (engineFlags.every((flag) => process.execArgv.includes(flag))) return;
  const words = [...engineFlags, file, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit', env: withMemoryTunables(process.env) });
  process.exit(status ?? 1);
}
