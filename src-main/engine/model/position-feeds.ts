import type { PositionPlan } from '../architectures/architecture.ts';
import { float32, int32, type Tensor } from '../tensor.ts';

/** The position feeds of a graph, [rows · tokens]: the positions of tokens in their texts, and their rotary angles. */
export function positionFeeds(
  positions: Int32Array,
  { rotaryFrequencies, localRotaryFrequencies }: PositionPlan,
  [rows, tokens]: readonly [number, number],
): Map<string, Tensor> {
  const feeds = new Map<string, Tensor>([['position_ids', int32([rows * tokens], positions)]]);
  const { cos, sin } = rotaryAngles(positions, rotaryFrequencies, [rows, tokens]);
  feeds.set('cos', cos).set('sin', sin);
  if (localRotaryFrequencies !== undefined) {
    const local = rotaryAngles(positions, localRotaryFrequencies, [rows, tokens]);
    feeds.set('local_cos', local.cos).set('local_sin', local.sin);
  }
  return feeds;
}

/** Cosines and sines of position × frequency, [rows, tokens, 1, pairs]. */
function rotaryAngles(
  positions: Int32Array,
  frequencies: Float64Array,
  [rows, tokens]: readonly [number, number],
): { readonly cos: Tensor<'float32'>; readonly sin: Tensor<'float32'> } {
  const pairs = frequencies.length;
  const cos = float32([rows, tokens, 1, pairs]);
  const sin = float32([rows, tokens, 1, pairs]);
  positions.forEach((position, i) => {
    for (let pair = 0; pair < pairs; pair++) {
      const angle = position * (frequencies[pair] as number);
      cos.data[i * pairs + pair] = Math.cos(angle);
      sin.data[i * pairs + pair] = Math.sin(angle);
    }
  });
  return { cos, sin };
}
