import type { Random } from '../random.ts';
import type { SamplingSettings } from './sampling.ts';

/** Holds one answer to a form (constrained decoding): tokens that would break it are never chosen. */
export interface AnswerGuide {
  /**
   * The token that was chosen from these logits, or another one if that does not fit; a draw is one from the distribution
   * over what fits. Undefined if no token does.
   */
  fitting(id: number, logits: Float32Array, settings: SamplingSettings, random: Random): number | undefined;
  /** A token that fits was written. */
  push(id: number): void;
  /** Whether nothing can follow. */
  readonly isComplete: boolean;
  /** These tokens, up to the first that would not fit behind those before it. */
  beginningOf(ids: readonly number[]): readonly number[];
  /** How probable what has been chosen was among all that fitted, where that can be told. */
  readonly certainty?: number | undefined;
}
