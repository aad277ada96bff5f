import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { readMix, type ScaledAdapter } from './adapter-mix.ts';
import { moduleOfWeight } from './architectures/architecture.ts';
import type { MergeEvent, MergeJob } from './engine.ts';
import { allFinite, type FloatType, fromFloat32, toFloat32 } from './formats/float-types.ts';
import { createSafetensors } from './formats/safetensors.ts';
import type { WeightSource } from './formats/weight-source.ts';
import { openModel } from './loaded-model.ts';
import { adaptedModules, weightDims } from './lora.ts';
import { copyCompanions } from './model-companions.ts';
import { addToPart, readStored, type StoredGroup, storedGroups, storedType } from './stored-weights.ts';
import { textIfThere } from './text-if-there.ts';

/**
 * Writes a Hugging Face folder in which an adapter, or a mix, is merged into the weights: W + scale · B A (Hu et al.
 * 2021, §4.1). Works tensor by tensor, so that little more than one is in memory. Throws as `inspect` and
 * `inspectAdapter` do, DISK_FULL, and OPTION_INVALID where a number does not fit the chosen type. On abort, the caller
 * removes the partial output.
 */
export async function* mergeModel(job: MergeJob, signal: AbortSignal): AsyncGenerator<MergeEvent> {
  const { architecture, source } = await openModel(job.modelFolder);
  try {
    const adapter = await readMix(job.adapter, architecture);
    const modules = new Set(adaptedModules(architecture, adapter.weights.targets));
    const groups = storedGroups(architecture);
    const types = new Map<string, { readonly dtype: FloatType; readonly dims: readonly number[] }>();
    for (const [name, { dims, members }] of groups) {
      const stored = storedType(architecture, source, members[0]?.parameter ?? '');
      types.set(name, { dtype: job.dtype === 'same' ? floatType(stored) : job.dtype, dims });
    }
    await copyCompanions(job.modelFolder, job.outputFolder);
    const writer = await createSafetensors(join(job.outputFolder, 'model.safetensors'), types, { format: 'pt' });
    const residue = new Residue();
    let bytes = 0;
    try {
      for (const [i, name] of writer.names.entries()) {
        await setImmediate();
        signal.throwIfAborted();
        const { members } = groups.get(name) as StoredGroup;
        const { dtype } = types.get(name) as { dtype: FloatType };
        const weights = await readStored(architecture, source, name);
        const update = new Float32Array(weights.length);
        const changed = members.filter(({ parameter }) => modules.has(moduleOfWeight(parameter)));
        for (const { parameter, part } of changed) {
          const module = moduleOfWeight(parameter);
          addToPart(update, part, updateOf(adapter, module, weightDims(architecture, module)));
        }
        const merged = changed.length === 0 ? weights : weights.map((value, k) => value + (update[k] as number));
        const stored = fromFloat32(merged, dtype);
        const rounded = toFloat32(Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength), dtype);
        if (!allFinite(rounded)) throw tooLarge(name, dtype);
        if (changed.length > 0) residue.measure(weights, rounded, update);
        await writer.append(stored);
        bytes += stored.byteLength;
        yield { kind: 'progress', done: i + 1, total: groups.size };
      }
      await writer.finish();
    } finally {
      await writer.close();
    }
    const kinds = new Set([...types.values()].map(({ dtype }) => dtype));
    await noteType(job.outputFolder, [...kinds], source.config);
    yield { kind: 'finished', bytes, dtypes: [...kinds], residue: residue.relative };
  } finally {
    await source.close();
  }
}

/** scale · B A of a module, [out, in], accumulated in float64 and rounded once. */
function updateOf({ weights, scale }: ScaledAdapter, module: string, [out, inFeatures]: readonly [number, number]) {
  const { rank, tensors } = weights;
  const a = tensors.get(`${module}.lora_A`)?.data as Float32Array;
  const b = tensors.get(`${module}.lora_B`)?.data as Float32Array;
  const update = new Float32Array(out * inFeatures);
  const row = new Float64Array(inFeatures);
  for (let o = 0; o < out; o++) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = scale * (b[o * rank + r] as number);
      if (factor === 0) continue;
      const start = r * inFeatures;
      for (let i = 0; i < inFeatures; i++) row[i] = (row[i] as number) + factor * (a[start + i] as number);
    }
    update.set(row, o * inFeatures);
  }
  return update;
}

/** The error left by subtracting the update again: the largest difference from W, as a share of the largest weight. */
class Residue {
  #difference = 0;
  #weight = 0;

  get relative(): number {
    return this.#weight === 0 ? 0 : this.#difference / this.#weight;
  }

  measure(weights: Float32Array, merged: Float32Array, update: Float32Array): void {
    weights.forEach((value, i) => {
      const recovered = Math.fround((merged[i] as number) - (update[i] as number));
      this.#difference = Math.max(this.#difference, Math.abs(recovered - value));
      this.#weight = Math.max(this.#weight, Math.abs(value));
    });
  }
}

/** Integer blocks cannot absorb a change: they become half precision. */
function floatType(stored: string): FloatType {
  return stored === 'F32' || stored === 'BF16' ? stored : 'F16';
}

/** Readers that choose the type automatically take it from the config. */
async function noteType(
  folder: string,
  [dtype, ...others]: readonly FloatType[],
  fallback: WeightSource['config'],
): Promise<void> {
  if (dtype === undefined || others.length > 0) return;
  const path = join(folder, 'config.json');
  const text = (await textIfThere(path)) ?? JSON.stringify(fallback ?? {});
  const config = JSON.parse(text) as Record<string, unknown>;
  const name = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[dtype];
  // Newer versions of transformers call it dtype.
  const key = 'dtype' in config ? 'dtype' : 'torch_dtype';
  await writeFile(path, `${JSON.stringify({ ...config, [key]: name }, null, 2)}\n`, { flush: true });
}

function tooLarge(tensor: string, dtype: FloatType): StudioError {
  return new StudioError('OPTION_INVALID', {
    option: 'dtype',
    ...because('NUMBER_TOO_LARGE', { tensor, type: dtype }),
  });
}
