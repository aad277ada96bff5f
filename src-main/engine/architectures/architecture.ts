import type { Target } from '../../../src-contract/adapter.ts';
import type { Expression } from '../graph/expression.ts';

/** A kind of model: what its weights are called and how they make one hidden state per position. */
export interface Architecture {
  readonly name: string;
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly vocabulary: number;
  readonly contextLength: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly endIds: readonly number[];
  /** Every weight by its name in the checkpoint, with its dims. */
  readonly parameters: ReadonlyMap<string, readonly number[]>;
  /** The module path of an adaptable matrix, as PEFT spells it, without `.weight`; the weight is [out, in]. */
  moduleOf(target: Target, layer: number): string;
  /** Angles of the rotary embedding: frequency i in radians per position, headSize / 2 of them. */
  readonly rotaryFrequencies: Float64Array;
  /** The hidden states before the head: [positions, hidden]. */
  hiddenStates(input: ModelInput): Expression;
  /** Scores before softmax over the vocabulary: [n, hidden] → [n, vocabulary]. */
  logits(hidden: Expression, parameter: ModelInput['parameter']): Expression;
}

/** What a forward pass is given. Sizes: positions = rows · tokens; keys = past + tokens. */
export interface ModelInput {
  /** int32 [positions]. */
  readonly ids: Expression;
  /** [rows, tokens, 1, headSize / 2]: cosines and sines of the rotary angles. */
  readonly cos: Expression;
  readonly sin: Expression;
  /** [rows, 1, 1, tokens, keys]: 0 where a position may look, a large negative number where it may not. */
  readonly mask: Expression;
  /** A weight by its checkpoint name. */
  parameter(name: string): Expression;
  /** y = x Wᵀ for the weight of a module, with or without an adapter: [positions, in] → [positions, out]. */
  linear(module: string, x: Expression): Expression;
  /** Gives a layer the keys and values to attend to, from those of the new positions, [rows, keyValueHeads, tokens, headSize]. */
  cache(layer: number, fresh: KeysAndValues): KeysAndValues;
}

export interface KeysAndValues {
  readonly keys: Expression;
  readonly values: Expression;
}
