import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import { diskFull } from '../../src-contract/disk-full.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { TrainOptions } from '../../src-contract/run.ts';
import { estimateRun } from './estimate.ts';
import type { TrainingParts } from './train-run.ts';

/** Size of the sample of rows that is counted before each start. */
const rowsLookedAt = 300;

/**
 * Throws RUN_TOO_BIG, RUN_BASE_TOO_BIG or DISK_FULL for a run that, with those trained together with it, would run out
 * of memory or disk.
 */
export async function requireFit(
  about: { dataset: Dataset; base: BaseModel; options: TrainOptions; others: readonly TrainOptions[] },
  parts: TrainingParts,
): Promise<void> {
  const facts = await parts.engine.inspect(about.base.path);
  const text = await parts.modelTexts.of(about.base, about.dataset.task);
  const estimate = await estimateRun({ ...about, facts, rowsLookedAt }, { ...parts, text });
  const { memory, disk, remedy } = estimate;
  if (disk.bytes > disk.availableBytes) {
    throw diskFull(parts.runsFolder, disk.bytes);
  }
  if (estimate.fits) return;
  const needs = { needed: size(memory.bytes), available: size(memory.availableBytes) };
  if (remedy === null) throw new StudioError('RUN_BASE_TOO_BIG', { ...needs, base: about.base.name });
  const would = { ...needs, rows: remedy.batchSize, length: remedy.maxLength };
  if (remedy.precision !== about.options.precision) {
    throw new StudioError('RUN_TOO_BIG_IN_FLOATS', { ...would, bits: remedy.precision === 'int4' ? 4 : 8 });
  }
  const isNew = remedy.gradientCheckpointing && !about.options.gradientCheckpointing;
  throw new StudioError(isNew ? 'RUN_TOO_BIG_KEEPING_LAYERS' : 'RUN_TOO_BIG', would);
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
