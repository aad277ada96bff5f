import { createReadStream, existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because } from '../../../src-contract/failure-reason.ts';
import type { TrainEvent } from '../engine.ts';
import { openSafetensors, type StoredTensor, writeSafetensors } from '../formats/safetensors.ts';
import type { Moments } from '../optimiser/adamw.ts';

const progressSchema = z.object({
  /** Optimiser steps done. */
  step: z.number(),
  /** The step at which the validation rows were last measured. */
  validatedStep: z.number().nullable().default(null),
  /** Validations since the best one. */
  fruitless: z.number().default(0),
  baseValidationLoss: z.number().nullable(),
  bestValidationLoss: z.number().nullable(),
  peakRssBytes: z.number(),
  /** What must not change when a run is resumed. */
  settings: z.string(),
  /** Hashes of the token files. */
  data: z.string().nullable().default(null),
  /** Events the run reported recently: the listener may have been cut off before storing them. */
  told: z.array(z.custom<TrainEvent>((event) => typeof event === 'object')).default([]),
});
export type Progress = z.infer<typeof progressSchema>;

/** What a checkpoint must match: the run's settings and data, and the number of values in each trained tensor. */
export interface Expected {
  readonly settings: string;
  readonly data: string;
  readonly sizes: ReadonlyMap<string, number>;
}

/** Everything a run needs to continue as if never stopped: weights, moments, best weights so far, and progress. */
export interface Checkpoint {
  readonly progress: Progress;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly moments: ReadonlyMap<string, Moments>;
  readonly best: ReadonlyMap<string, Float32Array> | null;
}

const fileName = 'checkpoint.safetensors';
const previousName = 'previous.safetensors';

/**
 * A single file, written under another name, synced and renamed: a crash leaves the previous checkpoint or this one.
 * With `keepsPrevious` the one before is kept as well.
 */
export async function writeCheckpoint(
  folder: string,
  { progress, weights, moments, best }: Checkpoint,
  { keepsPrevious = false }: { keepsPrevious?: boolean } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, fileName);
  // The first checkpoint has no predecessor.
  if (keepsPrevious && existsSync(path))
    await writeFile(join(folder, previousName), createReadStream(path, { highWaterMark: 1 << 20 }), { flush: true });
  const tensors = new Map<string, StoredTensor>();
  const put = (kind: string, name: string, data: Float32Array) =>
    tensors.set(`${kind}/${name}`, { dtype: 'F32', dims: [data.length], data });
  for (const [name, data] of weights) put('weight', name, data);
  for (const [name, { first, second }] of moments) {
    put('first', name, first);
    put('second', name, second);
  }
  for (const [name, data] of best ?? []) put('best', name, data);
  await writeSafetensors(path, tensors, { progress: JSON.stringify(progress) });
}

/**
 * The folder's checkpoint, or the one before it; undefined if there is none. Throws RUN_NOT_RESUMABLE when it is
 * damaged or belongs to another run.
 */
export async function readCheckpoint(
  folder: string,
  expected: Expected,
  { isPrevious = false }: { isPrevious?: boolean } = {},
): Promise<Checkpoint | undefined> {
  const refusal = (why: Because, cause?: unknown) =>
    new StudioError('RUN_NOT_RESUMABLE', { run: folder, ...why }, { cause });
  const file = await openSafetensors(join(folder, isPrevious ? previousName : fileName)).catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'FILE_NOT_FOUND') return undefined;
    if (error instanceof StudioError && error.code === 'MODEL_FILE_INVALID')
      throw refusal(because('CHECKPOINT_DAMAGED'), error);
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const progress = progressOf(file.metadata);
    if (progress === undefined) throw refusal(because('CHECKPOINT_DAMAGED'));
    if (progress.settings !== expected.settings) throw refusal(because('SETTINGS_CHANGED'));
    if (progress.data !== null && progress.data !== expected.data) throw refusal(because('DATA_CHANGED'));
    const read = async (kind: string) => {
      const arrays = new Map<string, Float32Array>();
      for (const [name, size] of expected.sizes) {
        if (file.tensors.get(`${kind}/${name}`)?.dims[0] !== size) throw refusal(because('BASE_CHANGED'));
        const bytes = await file.readBytes(`${kind}/${name}`);
        arrays.set(name, new Float32Array(bytes.buffer, bytes.byteOffset, size));
      }
      return arrays;
    };
    const [weights, first, second] = [await read('weight'), await read('first'), await read('second')];
    const moments = new Map(
      [...first].map(([name, array]) => [name, { first: array, second: second.get(name) as Float32Array }]),
    );
    const hasBest = [...file.tensors.keys()].some((name) => name.startsWith('best/'));
    return { progress, weights, moments, best: hasBest ? await read('best') : null };
  } finally {
    await file.close();
  }
}

function progressOf(metadata: Readonly<Record<string, string>>): Progress | undefined {
  try {
    return progressSchema.parse(JSON.parse(metadata.progress ?? ''));
  } catch {
    return undefined;
  }
}
