import type { Target } from '../../../src-contract/adapter.ts';
import type { Expression } from '../graph/expression.ts';
import { elements } from '../tensor.ts';

/** A kind of model: the names of its weights, and how they compute one hidden state per position. */
export interface Architecture extends PositionPlan {
  readonly name: string;
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly vocabulary: number;
  readonly contextLength: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly endIds: readonly number[];
  /** Every weight by its name in graphs, with its dims; [out, in] for a linear layer. */
  readonly parameters: ReadonlyMap<string, readonly number[]>;
  /** A prefix of names that checkpoints of the bare model omit. */
  readonly basePrefix: string;
  /** Where a checkpoint stores a weight that is not a tensor of its own there; absent where every weight is. */
  storedAs?(parameter: string): StoredPart | undefined;
  /** The matrices that can be adapted. */
  readonly targets: readonly Target[];
  /** The module path of an adaptable matrix, without `.weight`; the weight is [out, in]. */
  moduleOf(target: Target, layer: number): string;
  /** The checkpoint's module that holds an adaptable matrix; absent where it is `moduleOf`. */
  peftPartOf?(target: Target, layer: number): PeftPart;
  /** Whether the checkpoint stores matrices as [in, out], as PEFT adapter configs also state. */
  readonly fanInFanOut?: boolean;
  /** The hidden states before the head, of the positions that `asked` leaves in the last layer: [asked, hidden]. */
  hiddenStates(input: ModelInput): Expression;
  /** The module whose weight holds the rows that ids look up. */
  readonly embedding: string;
  /** The module that computes the logits, [n, hidden] → [n, vocabulary]; its weight may be the embedding's. */
  readonly head: string;
}

/** The module that a weight belongs to: its name without `.weight`. */
export function moduleOfWeight(name: string): string {
  return name.replace(/\.weight$/, '');
}

/** Total number of weights. */
export function countParameters({ parameters }: Pick<Architecture, 'parameters'>): number {
  return [...parameters.values()].reduce((sum, dims) => sum + elements(dims), 0);
}

/** What an architecture needs to know about positions. */
export interface PositionPlan {
  /** Radians per position of each rotary pair, headSize / 2 of them; empty without rotary positions. */
  readonly rotaryFrequencies: Float64Array;
  /** The same for layers with a sliding window, where theirs differ. */
  readonly localRotaryFrequencies?: Float64Array | undefined;
  /** How many positions, including its own, a position of such a layer sees; absent where no layer has a window. */
  readonly window?: number | undefined;
}

/** A range of the last axis of a stored tensor; a matrix is transposed where it is stored as [in, out]. */
export interface StoredPart {
  readonly tensor: string;
  readonly dims: readonly number[];
  readonly start: number;
  readonly end: number;
  readonly transposed: boolean;
}

/** One of the equal parts that the outputs of a module are divided into. */
export interface PeftPart {
  readonly module: string;
  readonly parts: number;
  readonly part: number;
}

/**
 * Where in a layer something may be inserted: on attention's or the MLP's output before it is added, or on the layer's.
 */
export type Place = 'attention' | 'mlp' | 'layer';

/** What a position sees. Sizes: positions = rows · tokens; keys = past + tokens. */
export interface Sight {
  /** [rows, tokens, 1, headSize / 2]: cosines and sines of the rotary angles. */
  readonly cos: Expression;
  readonly sin: Expression;
  /**
   * 0 where a position may look, a large negative number where it may not. Where a pass sees only itself: one for each
   * of the equal parts that the tokens of a row are divided into, [rows, 1, 1, part, keys] with the keys up to the end
   * of that part.
   */
  readonly masks: readonly Expression[];
}

/** The inputs of a forward pass. */
export interface ModelInput extends Sight {
  /** int32 [positions]. */
  readonly ids: Expression;
  /** int32 [positions]: the index of each token in its text, from 0. */
  readonly positionIds: Expression;
  /** For layers with a window. */
  readonly local: Sight;
  /** A weight by name. */
  parameter(name: string): Expression;
  /** y = x Wᵀ for the weight of a module, with or without an adapter: [positions, in] → [positions, out]. */
  linear(module: string, x: Expression): Expression;
  /** What continues from a place of a layer: x itself, or x through an adapter layer. [positions, hidden] both. */
  insert(place: Place, layer: number, x: Expression): Expression;
  /**
   * What continues after the attention of a layer: all positions or, in the last layer, only those whose hidden states
   * are wanted, as nothing sees the others any more. [positions, n] → [positions, n] or [asked, n].
   */
  asked(layer: number, x: Expression): Expression;
  /**
   * Attention of a layer that includes the cache of earlier passes, from queries, keys and values as
   * [rows, tokens, heads, size]; absent where a pass sees only itself. [positions, heads · size].
   */
  readonly attend?: ((layer: number, projected: Projected, sight: AttentionSight) => Expression) | undefined;
}

/** Queries, keys and values of the new positions, [rows, tokens, heads, size] each; the caller decides on rotation. */
export interface Projected {
  readonly queries: Expression;
  readonly keys: Expression;
  readonly values: Expression;
}

export interface AttentionSight {
  readonly mask: Expression;
  /** Multiplies the scores. */
  readonly factor: number;
}
