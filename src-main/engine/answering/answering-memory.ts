import type { PrecisionChoice } from '../../../src-contract/base-model.ts';
import { weightDims } from '../adapters/lora.ts';
import { countParameters, moduleOfWeight } from '../architectures/architecture.ts';
import type { Backend } from '../backends/backend.ts';
import type { AnsweringMemory } from '../engine.ts';
import { answeringMatrices, kernelsPrefill, precisionFor } from '../model/matrix-choices.ts';
import { type OpenedModel, withOpenModel } from '../model/open-model.ts';
import { elements } from '../tensor.ts';
import {
  bytesInside,
  cacheBytes,
  cachesBy,
  inFourBits,
  kernelBytes,
  matrixNumbers,
} from '../weights/kernel-matrices.ts';
import { type Precision, roundedModules } from '../weights/rounded-weights.ts';
import { placeOfWeight } from '../weights/stored-weights.ts';

/**
 * What answers hold in memory at most, from loading a base on, computed from how its matrices are stored and multiplied;
 * the weights are not loaded. Throws as `inspect` does.
 */
export function answeringMemory(
  { modelFolder, precision = 'auto' }: { readonly modelFolder: string; readonly precision?: PrecisionChoice },
  backend: Backend,
): Promise<AnsweringMemory> {
  return withOpenModel(modelFolder, async (opened) => {
    const { architecture } = opened;
    const used = precision === 'auto' ? precisionFor(architecture, backend) : precision;
    const positions = Math.min(usualTokens, architecture.contextLength);
    const cache = cacheBytes(architecture, positions, await cachesBy(backend, used));
    if (used === 'float32') {
      const bytes = 4 * countParameters(architecture) + cache + besides.floats;
      return { bytes: Math.round(bytes) };
    }
    const standing = unrounded(opened, used) + cache;
    const { loading, loaded } = await matrixBytes(opened, used, backend);
    return { bytes: Math.round(standing + Math.max(loading, loaded)) };
  });
}

/** Measured on bases of 135 million to 3 billion weights, beyond what an engine holds without one. */
const besides = {
  /** Graphs, a pass, and what reading the weights has left behind, while matrices are laid out, and afterwards. */
  loading: 130e6,
  loaded: 200e6,
  floats: 60e6,
} as const;

/** KV caches of a conversation of so many tokens. */
const usualTokens = 1024;

/** The word embeddings as they are stored, and as floats what is no matrix. */
function unrounded({ architecture, source }: OpenedModel, precision: Precision): number {
  const { embedding, parameters } = architecture;
  const rounded = new Set(roundedModules(architecture, precision));
  return [...parameters].reduce((sum, [name, dims]) => {
    const module = moduleOfWeight(name);
    if (module === embedding) return sum + (placeOfWeight(architecture, source, name)?.bytes ?? 4 * elements(dims));
    return rounded.has(module) ? sum : sum + 4 * elements(dims);
  }, 0);
}

/** Of the matrices, and what works on them: at most while they are loaded, and from then on. */
async function matrixBytes(
  { architecture, source }: OpenedModel,
  precision: Exclude<Precision, 'float32'>,
  backend: Backend,
): Promise<{ loading: number; loaded: number }> {
  const numbers = matrixNumbers(architecture);
  const largest = elements(weightDims(architecture, architecture.head));
  const ofKernels = kernelBytes(architecture, inFourBits({ architecture, source }, precision));
  const answersBy = await answeringMatrices(precision, ofKernels, backend);
  const kernels = backend.hasInt8 ? ofKernels : 0;
  if (await kernelsPrefill({ precision, answersBy, numbers }, backend)) {
    // The head is there as it was read, as the kernels were given it, and as they have laid it out.
    const loading = kernels + 2 * largest + besides.loading;
    return { loading, loaded: kernels + besides.loaded };
  }
  // A graph has a copy of its own, which is made while ours is there; that of the kernels comes afterwards.
  const inside = bytesInside[answersBy] * numbers;
  return {
    loading: numbers + inside + largest + besides.loading,
    loaded: inside + kernels + besides.loaded,
  };
}
