import type { BaseModel, PrecisionChoice } from '../../src-contract/base-model.ts';
import type { Estimate, TrainOptions } from '../../src-contract/run.ts';
import { tokenBytes } from '../base-models/answering-need.ts';
import { shortestLength } from '../base-models/model-text.ts';
import type { Engine, TokenExample } from '../engine/engine.ts';

/** What a run's memory depends on besides its options. */
export interface MemoryOccasion {
  readonly base: BaseModel;
  /** The training rows, or an even sample of them, and the validation rows measured; cut to the run's longest row. */
  readonly rows: readonly TokenExample[];
  readonly validationRows: readonly TokenExample[];
  /** For the answers generated along the way: tokens of the longest prompt and answer. */
  readonly samples: { readonly prompt: number; readonly answer: number } | null;
  /** Adapters trained alongside, on the same rows. */
  readonly others: readonly Pick<TrainOptions, 'rank' | 'seed'>[];
}

/**
 * Memory of a run by part, in bytes: what its graphs hold, and the program around them. `passGroups` says how many of
 * several adapters share each pass.
 */
export async function memoryNeed(
  options: TrainOptions,
  { base, rows, validationRows, samples, others }: MemoryOccasion,
  engine: Engine,
): Promise<{ parts: Record<string, number>; passGroups: readonly number[] }> {
  const { graphs, weights, passGroups, ...parts } = await engine.trainingMemory({
    ...{ modelFolder: base.path, method: options, rows, validationRows, samples },
    ...{ batchSize: options.batchSize, seed: options.seed, shuffle: options.shuffle, precision: options.precision },
    ...{ labelSmoothing: options.labelSmoothing, gradientCheckpointing: options.gradientCheckpointing },
    others: others.map(({ rank, seed }) => ({ rank, seed })),
  });
  const all = { baseModel: weights, ...parts, runtime: programBytes + tokenBytes * base.vocabulary + graphs };
  return {
    parts: Object.fromEntries(Object.entries(all).map(([name, bytes]) => [name, Math.round(bytes)])),
    passGroups,
  };
}

export function bytesOf(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}

/**
 * The nearest settings that would fit: gradient checkpointing first, which changes no number, then int8 in place of
 * floats, then int4, then fewer rows per batch, then shorter rows; null if none would.
 */
export async function remedyFor(
  options: TrainOptions,
  about: MemoryOccasion,
  { engine, available }: { engine: Engine; available: number },
): Promise<Estimate['remedy']> {
  const fits = async (changed: Partial<TrainOptions>) => {
    const settings = { ...options, ...changed };
    const cut = (rows: readonly TokenExample[]) => shortened(rows, settings.maxLength);
    const { samples, validationRows } = about;
    const shorter = { rows: cut(about.rows), validationRows: cut(validationRows) };
    const prompt = samples && { ...samples, prompt: Math.min(samples.prompt, settings.maxLength) };
    const { parts } = await memoryNeed(settings, { ...about, ...shorter, samples: prompt }, engine);
    return bytesOf(parts) <= available;
  };
  for (let maxLength = options.maxLength; maxLength >= shortest; maxLength = Math.floor(maxLength / 2)) {
    for (const precision of fromFineToCoarse[options.precision]) {
      // If not even one row at a time fits, no batch does.
      const saving = { maxLength, precision, gradientCheckpointing: true };
      if (!(await fits({ ...saving, batchSize: 1 }))) continue;
      let { batchSize } = options;
      while (batchSize > 1 && !(await fits({ ...saving, batchSize }))) batchSize = Math.floor(batchSize / 2);
      return { ...saving, batchSize };
    }
  }
  return null;
}

const shortest = 64;

/** The precisions tried for a run that does not fit. */
const fromFineToCoarse: Readonly<Record<PrecisionChoice, readonly PrecisionChoice[]>> = {
  float32: ['float32', 'int8', 'int4'],
  auto: ['auto', 'int4'],
  int8: ['int8', 'int4'],
  int4: ['int4'],
};

/** Cut as a run cuts them: the target stays whole, and a row whose target does not fit is left out. */
function shortened(rows: readonly TokenExample[], maxLength: number): TokenExample[] {
  return rows.flatMap((row) => {
    const targetLength = row.ids.length - row.targetStart;
    if (maxLength < shortestLength(row.targetStart, targetLength)) return [];
    if (maxLength >= row.ids.length) return [row];
    const room = maxLength - targetLength;
    return [{ ids: [...row.ids.slice(0, room), ...row.ids.slice(row.targetStart)], targetStart: room }];
  });
}

/**
 * The studio's process and the engine's, 293 MB before a run (`npm run bench -- memory`), plus what the runtime
 * library, tokenising and garbage add during one: what nine runs took beyond the other parts.
 */
const programBytes = 350e6;
