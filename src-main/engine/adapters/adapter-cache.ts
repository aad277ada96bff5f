import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { holdsAdapterLayers, readAdapterLayers, type StoredAdapterLayers } from '../formats/adapter-layers.ts';
import { readPeft } from '../formats/peft.ts';
import { type AdapterLayerWeights, adapterLayerDims } from './adapter-layers.ts';
import type { LoraWeights } from './lora.ts';
import { fitAdapter } from './peft-layout.ts';
import { requireShapes } from './required-shapes.ts';

type AdapterWeights = LoraWeights | AdapterLayerWeights;

/** Adapters kept in memory; one of rank 8 on a 135M model is 2 MB. */
const capacity = 64;
/** For large ones: of rank 128 on all matrices of that model, one is 195 MB, and twice that once packed for answers. */
const usualBytes = 2 ** 29;

interface Kept {
  readonly weights: AdapterWeights;
  readonly architecture: Architecture;
  readonly bytes: number;
}

/** Adapters by folder, read once per model. Folders are never rewritten under the same name. */
export class AdapterCache {
  readonly #adapters = new Map<string, Kept>();
  readonly #mostBytes: number;

  /** Whatever its size, the last one is kept. */
  constructor({ mostBytes = usualBytes }: { mostBytes?: number } = {}) {
    this.#mostBytes = mostBytes;
  }

  /** A LoRA adapter. Throws ADAPTER_UNSUPPORTED for adapter layers. */
  async get(folder: string, architecture: Architecture): Promise<LoraWeights> {
    const weights = await this.choose(folder, architecture);
    if (weights.kind === 'lora') return weights;
    throw new StudioError('ADAPTER_UNSUPPORTED', { adapter: folder, ...because('ADAPTER_LAYERS') });
  }

  /** An adapter of either kind. */
  async choose(folder: string, architecture: Architecture): Promise<AdapterWeights> {
    const known = this.#adapters.get(folder);
    // One that was checked against one model may not fit the next.
    const kept = known?.architecture === architecture ? known : await readKept(folder, architecture);
    // Reinserted last: a Map keeps insertion order, so the first is the least recently used.
    this.#adapters.delete(folder);
    this.#adapters.set(folder, kept);
    while (this.#isFull) this.#adapters.delete(this.#adapters.keys().next().value as string);
    return kept.weights;
  }

  forget(folder: string): void {
    this.#adapters.delete(folder);
  }

  get #isFull(): boolean {
    const { size } = this.#adapters;
    if (size > capacity) return true;
    const bytes = [...this.#adapters.values()].reduce((sum, kept) => sum + kept.bytes, 0);
    return size > 1 && bytes > this.#mostBytes;
  }
}

/** Of its A's and B's, or layers. */
export function adapterBytes({ tensors }: AdapterWeights): number {
  return [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}

async function readKept(folder: string, architecture: Architecture): Promise<Kept> {
  const weights = await readAdapter(folder, architecture);
  return { weights, architecture, bytes: adapterBytes(weights) };
}

async function readAdapter(folder: string, architecture: Architecture): Promise<AdapterWeights> {
  return (await holdsAdapterLayers(folder))
    ? fitAdapterLayers(await readAdapterLayers(folder), architecture, folder)
    : fitAdapter(await readPeft(folder), architecture, folder);
}

/** Checks adapter layers against the model they are for. Throws ADAPTER_SHAPE. */
function fitAdapterLayers(
  { design, bottleneck, tensors }: StoredAdapterLayers,
  architecture: Architecture,
  folder: string,
): AdapterLayerWeights {
  requireShapes(tensors, adapterLayerDims(architecture, { design, bottleneck }), folder);
  return { kind: 'adapter-layers', design, bottleneck, tensors };
}
