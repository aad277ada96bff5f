import { statfs } from 'node:fs/promises';
import type { Estimate, TrainOptions } from '../../src-contract/run.ts';
import type { ModelFacts } from '../engine/engine.ts';
import { memoryNeed, type RowTokens } from './training-need.ts';
import type { TrainingSpeed } from './training-speed-store.ts';

/**
 * Memory that a run can have: what the system can give, and what the studio's own model takes already, which the run takes
 * over. In a container its limit counts.
 */
export function availableMemory(baseBytes: number): number {
  return process.availableMemory() + Math.min(process.memoryUsage.rss(), baseBytes);
}

export async function availableDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The nearest settings that would fit: fewer rows at a time first, then shorter rows; null where none would. */
export function remedyFor(
  about: { facts: ModelFacts; options: TrainOptions; rows: RowTokens },
  { available, measured }: { available: number; measured: TrainingSpeed | undefined },
): Estimate['remedy'] {
  const { options } = about;
  for (let maxLength = options.maxLength; maxLength >= 64; maxLength = Math.floor(maxLength / 2)) {
    for (let batchSize = options.batchSize; batchSize >= 1; batchSize = Math.floor(batchSize / 2)) {
      const need = memoryNeed({ ...about, options: { ...options, batchSize, maxLength } }, measured);
      const bytes = Object.values(need).reduce((sum, part) => sum + part, 0);
      if (bytes <= available) return { batchSize, maxLength };
    }
  }
  return null;
}
