import type { Architecture, ModelInput } from '../architectures/architecture.ts';
import type { Expression } from '../graph/expression.ts';
import { float32, type Tensor } from '../tensor.ts';
import { type AdapterLayerOptions, type AdapterLayerWeights, insertAdapterLayers } from './adapter-layers.ts';
import { adaptLinear, type LoraGraphOptions, type LoraWeights } from './lora.ts';
import { adaptRows, type RowAdapterOptions } from './row-adapters.ts';

/**
 * How a graph is adapted: by low-rank updates, one for all rows or one for each, or by layers inserted between its own.
 */
export type Adaptation = LoraGraphOptions | AdapterLayerOptions | RowAdapterOptions;

/** An adapter in use. `scale` is LoRA's scale, or 1, times the strength. */
export interface LiveAdapter<Weights = LoraWeights | AdapterLayerWeights> {
  readonly weights: Weights;
  readonly scale: number;
}

/** The effect of an adaptation on a graph. */
export interface AdaptedGraph {
  readonly linear: ModelInput['linear'];
  readonly insert: ModelInput['insert'];
  /** What gradients are taken with respect to. */
  readonly trainable: ReadonlyMap<string, Expression>;
  /** Whether all positions must go through every layer, as each has a feed of its own. */
  readonly wantsAllPositions: boolean;
}

export function adapt(architecture: Architecture, plain: ModelInput['linear'], adaptation: Adaptation): AdaptedGraph {
  switch (adaptation.kind) {
    case 'lora':
      return { ...adaptLinear(architecture, plain, adaptation), insert: asItIs, wantsAllPositions: adaptation.dropout };
    case 'adapter-layers':
      return { ...insertAdapterLayers(architecture, adaptation), linear: plain, wantsAllPositions: false };
    case 'row-adapters':
      return { ...adaptRows(architecture, plain, adaptation), insert: asItIs, wantsAllPositions: true };
    default:
      return adaptation satisfies never;
  }
}

/** Inserts nothing. */
export const asItIs: ModelInput['insert'] = (_place, _layer, x) => x;

/** Adaptations with the same key give the same graph. */
export function adaptationKey(adaptation: Adaptation | null): string {
  if (adaptation === null) return '';
  if (adaptation.kind === 'row-adapters') return `${adaptation.kind}:${adaptation.targets.join(',')}`;
  return adaptation.kind === 'lora'
    ? `${adaptation.targets.join(',')}:${adaptation.dropout}`
    : `${adaptation.kind}:${adaptation.design}`;
}

/** The graph that an adapter needs without dropout. */
export function adaptationOf({ weights }: LiveAdapter): Adaptation {
  return weights.kind === 'lora'
    ? { kind: 'lora', targets: weights.targets, dropout: false }
    : { kind: 'adapter-layers', design: weights.design };
}

/** An adapter's tensors as fed to its graph. */
export function adapterFeeds({ weights, scale }: LiveAdapter): Map<string, Tensor> {
  const feeds = new Map<string, Tensor>(weights.tensors);
  if (weights.kind === 'lora') return feeds.set('lora_scale', float32([1], Float32Array.of(scale)));
  if (scale === 1) return feeds;
  // The last step of each layer is linear: scaling it scales what the layer adds.
  for (const [name, { dims, data }] of weights.tensors) {
    if (/\.up\.(weight|bias)$/.test(name))
      feeds.set(
        name,
        float32(
          dims,
          data.map((value) => value * scale),
        ),
      );
  }
  return feeds;
}
