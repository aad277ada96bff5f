import type { Target } from '../../../src-contract/adapter.ts';
import type { Expression } from '../graph/expression.ts';

/** A kind of model: what its weights are called and how they make one hidden state per position. */
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
  /** Every weight by the name that graphs know it by, with its dims; that of a linear layer is [out, in]. */
  readonly parameters: ReadonlyMap<string, readonly number[]>;
  /** What checkpoints of the bare model leave out in front of a name. */
  readonly basePrefix: string;
  /** Where a checkpoint keeps a weight that is no tensor of its own there; absent where every weight is one. */
  storedAs?(parameter: string): StoredPart | undefined;
  /** The matrices that can be adapted. */
  readonly targets: readonly Target[];
  /** The module path of an adaptable matrix, without `.weight`; the weight is [out, in]. */
  moduleOf(target: Target, layer: number): string;
  /** The module of the checkpoint that holds an adaptable matrix; absent where that is `moduleOf`. */
  peftPartOf?(target: Target, layer: number): PeftPart;
  /** Whether the checkpoint stores matrices as [in, out], which adapter configs of PEFT say too. */
  readonly fanInFanOut?: boolean;
  /** The hidden states before the head, of the positions that `asked` leaves of the last layer: [asked, hidden]. */
  hiddenStates(input: ModelInput): Expression;
  /** The module whose weight holds the rows that ids look up. */
  readonly embedding: string;
  /** The module that gives scores before softmax over the vocabulary, [n, hidden] → [n, vocabulary]; its weight may be that of the embedding. */
  readonly head: string;
}

/** The module that a weight is of: its name without `.weight`. */
export function moduleOfWeight(name: string): string {
  return name.replace(/\.weight$/, '');
}

/** What an architecture must be told of the positions of tokens. */
export interface PositionPlan {
  /** Radians per position of each rotary pair, headSize / 2 of them; empty where positions are no angles. */
  readonly rotaryFrequencies: Float64Array;
  /** The same for layers that look back on a window only, where theirs differ. */
  readonly localRotaryFrequencies?: Float64Array | undefined;
  /** How many positions, its own included, a position of such a layer sees; absent where no layer has a window. */
  readonly window?: number | undefined;
}

/** A range of the last axis of a stored tensor; a matrix is turned round where it is stored [in, out]. */
export interface StoredPart {
  readonly tensor: string;
  readonly dims: readonly number[];
  readonly start: number;
  readonly end: number;
  readonly transposed: boolean;
}

/** One of the equal parts that the outputs of a module fall into. */
export interface PeftPart {
  readonly module: string;
  readonly parts: number;
  readonly part: number;
}

/** Where in a layer something may be put in: on what attention or the MLP gives, before it is added; on what the layer gives. */
export type Place = 'attention' | 'mlp' | 'layer';

/** What a position sees. Sizes: positions = rows · tokens; keys = past + tokens. */
export interface Sight {
  /** [rows, tokens, 1, headSize / 2]: cosines and sines of the rotary angles. */
  readonly cos: Expression;
  readonly sin: Expression;
  /**
   * 0 where a position may look, a large negative number where it may not. Where a pass sees itself alone: for each of the equal
   * parts that the tokens of a row fall into, [rows, 1, 1, part, keys] with the keys up to the end of that part.
   */
  readonly masks: readonly Expression[];
}

/** What a forward pass is given. */
export interface ModelInput extends Sight {
  /** int32 [positions]. */
  readonly ids: Expression;
  /** int32 [positions]: the place of each token in its text, from 0. */
  readonly positionIds: Expression;
  /** For layers with a window. */
  readonly local: Sight;
  /** A weight by its name. */
  parameter(name: string): Expression;
  /** y = x Wᵀ for the weight of a module, with or without an adapter: [positions, in] → [positions, out]. */
  linear(module: string, x: Expression): Expression;
  /** What goes on from a place of a layer: x itself, or x through an adapter layer. [positions, hidden] both. */
  insert(place: Place, layer: number, x: Expression): Expression;
  /**
   * What goes on behind the attention of a layer: all positions, or of the last layer those alone whose hidden states are wanted,
   * as the others are seen by nobody any more. [positions, n] → [positions, n] or [asked, n].
   */
  asked(layer: number, x: Expression): Expression;
  /**
   * Attention of a layer over what was kept of earlier passes too, from queries, keys and values as [rows, tokens, heads, size];
   * absent where a pass sees itself alone. [positions, heads · size].
   */
  readonly attend?: ((layer: number, projected: Projected, sight: AttentionSight) => Expression) | undefined;
}

/** Queries, keys and values of the new positions, [rows, tokens, heads, size] each; rotated or not is the caller's affair. */
export interface Projected {
  readonly queries: Expression;
  readonly keys: Expression;
  readonly values: Expression;
}

export interface AttentionSight {
  readonly mask: Expression;
  /** What scores are multiplied by. */
  readonly factor: number;
}
