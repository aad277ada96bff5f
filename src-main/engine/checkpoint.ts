import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../src-contract/errors.ts';
import { openSafetensors, type StoredTensor, writeSafetensors } from './formats/safetensors.ts';
import type { Moments } from './optimiser/adamw.ts';

const progressSchema = z.object({
  /** Optimiser steps done. */
  step: z.number(),
  baseValidationLoss: z.number().nullable(),
  bestValidationLoss: z.number().nullable(),
  peakRssBytes: z.number(),
  /** What must not change between the parts of one run. */
  settings: z.string(),
});
export type Progress = z.infer<typeof progressSchema>;

/** All that a run needs to go on as if it had never stopped: weights, moments, best weights so far, and how far it is. */
export interface Checkpoint {
  readonly progress: Progress;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly moments: ReadonlyMap<string, Moments>;
  readonly best: ReadonlyMap<string, Float32Array> | null;
}

const fileName = 'checkpoint.safetensors';

/** One file, written under another name, synced and renamed: a crash leaves the previous checkpoint or this one. */
export async function writeCheckpoint(folder: string, { progress, weights, moments, best }: Checkpoint): Promise<void> {
  await mkdir(folder, { recursive: true });
  const tensors = new Map<string, StoredTensor>();
  const put = (kind: string, name: string, data: Float32Array) =>
    tensors.set(`${kind}/${name}`, { dtype: 'F32', dims: [data.length], data });
  for (const [name, data] of weights) put('weight', name, data);
  for (const [name, { first, second }] of moments) {
    put('first', name, first);
    put('second', name, second);
  }
  for (const [name, data] of best ?? []) put('best', name, data);
  await writeSafetensors(join(folder, fileName), tensors, { progress: JSON.stringify(progress) });
}

/** The folder's checkpoint, or undefined when it has none. Throws RUN_NOT_RESUMABLE when it belongs to other settings. */
export async function readCheckpoint(folder: string, settings: string): Promise<Checkpoint | undefined> {
  const path = join(folder, fileName);
  const file = await openSafetensors(path).catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'FILE_NOT_FOUND') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const progress = progressSchema.parse(JSON.parse(file.metadata.progress ?? '{}'));
    if (progress.settings !== settings)
      throw new StudioError('RUN_NOT_RESUMABLE', { run: folder, reason: 'its settings or data have changed' });
    const read = async (kind: string) => {
      const names = [...file.tensors.keys()].filter((name) => name.startsWith(`${kind}/`));
      const arrays = new Map<string, Float32Array>();
      for (const name of names)
        arrays.set(name.slice(kind.length + 1), new Float32Array(Uint8Array.from(await file.readBytes(name)).buffer));
      return arrays;
    };
    const [weights, first, second, best] = [
      await read('weight'),
      await read('first'),
      await read('second'),
      await read('best'),
    ];
    const moments = new Map(
      [...first].map(([name, array]) => [name, { first: array, second: second.get(name) as Float32Array }]),
    );
    return { progress, weights, moments, best: best.size > 0 ? best : null };
  } finally {
    await file.close();
  }
}
