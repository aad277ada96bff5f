import type { Architecture } from '../architectures/architecture.ts';
import type { AdapterChoice } from '../engine.ts';
import { readPeft } from '../formats/peft.ts';
import { float32, type Tensor } from '../tensor.ts';
import type { LiveAdapter } from './adaptation.ts';
import { adapterBytes } from './adapter-cache.ts';
import { adaptedModules, type LoraWeights, weightDims } from './lora.ts';
import { fitAdapter } from './peft-layout.ts';

/** An adapter and the factor on its update: its own scale times the strength. */
export type ScaledAdapter = LiveAdapter<LoraWeights>;

/** Mixes kept in memory; one is as large as its adapters together, which it keeps too. */
const capacity = 8;
const usualBytes = 2 ** 28;

/**
 * Combines one or several adapters into one: Σ scaleᵢ · BᵢAᵢ is the product of the Bᵢ side by side, each times its
 * scale, and the Aᵢ stacked vertically. Exact, and for graphs just an adapter of the summed rank; a module that an
 * adapter leaves out is zero there. A single one keeps its scale, so that a different strength changes its numbers, and
 * with them its fingerprint.
 */
export function mixAdapters(parts: readonly ScaledAdapter[], architecture: Architecture): ScaledAdapter {
  const targets = order.filter((target) => parts.some(({ weights }) => weights.targets.includes(target)));
  const rank = parts.reduce((sum, { weights }) => sum + weights.rank, 0);
  const [only] = parts;
  const whole = parts.length === 1 && only !== undefined ? only.weights.scale : 1;
  const tensors = new Map<string, Tensor<'float32'>>();
  for (const module of adaptedModules(architecture, targets)) {
    const [out, inFeatures] = weightDims(architecture, module);
    const a = float32([rank, inFeatures]);
    const b = float32([out, rank]);
    let start = 0;
    for (const { weights, scale } of parts) {
      const partA = weights.tensors.get(`${module}.lora_A`);
      const partB = weights.tensors.get(`${module}.lora_B`);
      if (partA !== undefined && partB !== undefined) {
        a.data.set(partA.data, start * inFeatures);
        for (let row = 0; row < out; row++) {
          for (let r = 0; r < weights.rank; r++) {
            b.data[row * rank + start + r] = (scale / whole) * (partB.data[row * weights.rank + r] as number);
          }
        }
      }
      start += weights.rank;
    }
    tensors.set(`${module}.lora_A`, a).set(`${module}.lora_B`, b);
  }
  return { weights: { kind: 'lora', rank, alpha: whole * rank, scale: whole, targets, tensors }, scale: whole };
}

/** Reads an adapter, or several as a mix, from their PEFT folders. Throws as `inspectAdapter` does. */
export async function readMix(choice: AdapterChoice, architecture: Architecture): Promise<ScaledAdapter> {
  const parts: ScaledAdapter[] = [];
  for (const { folder, strength } of [choice, ...(choice.with ?? [])]) {
    const weights = fitAdapter(await readPeft(folder), architecture, folder);
    parts.push({ weights, scale: weights.scale * strength });
  }
  const [only, ...others] = parts as [ScaledAdapter, ...ScaledAdapter[]];
  return others.length === 0 ? only : mixAdapters(parts, architecture);
}

const order = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const;

/** The most recently used mixes, so that reusing one costs nothing. */
export class AdapterMixes {
  readonly #mixes: { readonly parts: readonly ScaledAdapter[]; readonly mix: ScaledAdapter }[] = [];
  readonly #mostBytes: number;

  /** Whatever its size, the last one is kept. */
  constructor({ mostBytes = usualBytes }: { mostBytes?: number } = {}) {
    this.#mostBytes = mostBytes;
  }

  get(parts: readonly ScaledAdapter[], architecture: Architecture): ScaledAdapter {
    const known = this.#mixes.find((each) => isSame(each.parts, parts));
    if (known !== undefined) return known.mix;
    const mix = mixAdapters(parts, architecture);
    this.#mixes.push({ parts, mix });
    while (this.#isFull) this.#mixes.shift();
    return mix;
  }

  get #isFull(): boolean {
    const { length } = this.#mixes;
    const bytes = this.#mixes.reduce((sum, { mix }) => sum + adapterBytes(mix.weights), 0);
    return length > capacity || (length > 1 && bytes > this.#mostBytes);
  }
}

/** Weights are compared by identity: an adapter that was read again is a different one. */
function isSame(a: readonly ScaledAdapter[], b: readonly ScaledAdapter[]): boolean {
  return a.length === b.length && a.every(({ weights, scale }, i) => weights === b[i]?.weights && scale === b[i].scale);
}
