import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Machine } from '../../src-contract/run.ts';
import type { DeviceFacts } from '../engine/engine.ts';

/** What a run's numbers depend on besides data, base and settings. */
export function machineFacts(studio: string, { backend, device, threads }: DeviceFacts): Machine {
  return {
    ...{ studio, backend, device, threads: threads > 0 ? threads : availableParallelism() },
    runtime: process.versions.electron ? `Electron ${process.versions.electron}` : `Node.js ${process.versions.node}`,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryBytes: totalmem(),
  };
}
