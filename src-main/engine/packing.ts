import type { Architecture } from './architectures/architecture.ts';
import type { Packing } from './micro-batches.ts';

/**
 * Tokens of one run: as many as keep what the run holds at a time near 1.5 GB. Per token that is about twenty values of
 * the hidden size and six of the MLP's in each layer (counted on the training graph; `bench/` measures it), and four
 * scores a head for each token that attention can look at.
 */
export function packingFor(architecture: Architecture): Packing {
  const { layers, hidden, intermediate, headSize, rotaryFrequencies, localRotaryFrequencies, window } = architecture;
  const valuesPerToken = 20 * hidden + 6 * intermediate;
  const lengthCost = (4 * (hidden / headSize)) / valuesPerToken;
  const tokens = Math.floor(1.5e9 / (4 * layers * valuesPerToken));
  return {
    tokenBudget: Math.min(2048, Math.max(256, tokens)),
    lengthCost,
    rotaryFrequencies,
    localRotaryFrequencies,
    window,
  };
}
