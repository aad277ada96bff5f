import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { moduleOfWeight } from '../architectures/architecture.ts';
import type { MergeEvent, MergeJob } from '../engine.ts';
import { allFinite } from '../formats/float-types.ts';
import { dequantise, quantise, type WrittenType } from '../formats/gguf-blocks.ts';
import { openModel } from '../model/open-model.ts';
import { addToPart, readStored, type StoredGroup, storedGroups } from '../weights/stored-weights.ts';
import { readMix, type ScaledAdapter } from './adapter-mix.ts';
import { adaptedModules, weightDims } from './lora.ts';
import { createMergedFolder, createMergedGguf } from './merged-file.ts';

/**
 * Writes a model in which an adapter, or a mix, is merged into the weights: W + scale · B A (Hu et al. 2021, §4.1).
 * Works tensor by tensor, so that little more than one is in memory. Throws as `inspect` and `inspectAdapter` do,
 * DISK_FULL, MODEL_UNSUPPORTED for a base that cannot be written as GGUF, and OPTION_INVALID where a number does not fit
 * the chosen type. On abort, the caller removes the partial output.
 */
export async function* mergeModel(job: MergeJob, signal: AbortSignal): AsyncGenerator<MergeEvent> {
  const opened = await openModel(job.modelFolder);
  const { architecture, source } = opened;
  try {
    const adapter = await readMix(job.adapter, architecture);
    const modules = new Set(adaptedModules(architecture, adapter.weights.targets));
    const groups = storedGroups(architecture);
    const { gguf } = job;
    const file = await (gguf
      ? createMergedGguf(job, { gguf }, opened, groups)
      : createMergedFolder(job, opened, groups));
    const residue = new Residue();
    try {
      for (const [i, name] of file.names.entries()) {
        await setImmediate();
        signal.throwIfAborted();
        const { members } = groups.get(name) as StoredGroup;
        const dtype = file.dtypeOf(name);
        const read = await readStored(architecture, source, name);
        const added = new Float32Array(read.length);
        const changed = members.filter(({ parameter }) => modules.has(moduleOfWeight(parameter)));
        for (const { parameter, part } of changed) {
          const module = moduleOfWeight(parameter);
          addToPart(added, part, updateOf(adapter, module, weightDims(architecture, module)));
        }
        // Blocks are cut from rows as they will lie in the file.
        const [weights, update] = [file.placed(name, read), file.placed(name, added)];
        const merged = changed.length === 0 ? weights : weights.map((value, k) => value + (update[k] as number));
        const stored = quantise(dtype, merged);
        const rounded = new Float32Array(merged.length);
        dequantise(dtype, Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength), rounded);
        if (!allFinite(rounded)) throw tooLarge(name, dtype);
        if (changed.length > 0) residue.measure(weights, rounded, update);
        await file.append(stored);
        yield { kind: 'progress', done: i + 1, total: groups.size };
      }
      await file.finish();
    } finally {
      await file.close();
    }
    const dtypes = [...new Set(file.names.map(file.dtypeOf))];
    yield { kind: 'finished', bytes: file.bytes, dtypes, residue: residue.relative };
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

function tooLarge(tensor: string, dtype: WrittenType): StudioError {
  return new StudioError('OPTION_INVALID', {
    option: 'dtype',
    ...because('NUMBER_TOO_LARGE', { tensor, type: dtype }),
  });
}
