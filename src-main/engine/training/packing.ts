import type { Architecture } from '../architectures/architecture.ts';
import type { Packing } from './micro-batches.ts';

/**
 * The token budget of a pass keeps what it stores for the backward pass near 590 MB. Per token that is about four
 * values of the hidden size and three of the MLP's in each layer (peak memory of passes of 512 and 768 tokens), and per
 * target five of the vocabulary's. The extra cost of a token in a longer sequence, with four scores per head for each
 * token that attention can see, is measured likewise.
 */
export function packingFor(architecture: Architecture): Packing {
  const { layers, hidden, intermediate, vocabulary, headSize, rotaryFrequencies, localRotaryFrequencies, window } =
    architecture;
  const valuesOfToken = layers * (4 * hidden + 3 * intermediate);
  return {
    tokenBudget: Math.min(2048, Math.max(256, Math.floor(5.9e8 / (4 * valuesOfToken)))),
    targetRoom: (5 * vocabulary) / valuesOfToken,
    lengthCost: (4 * (hidden / headSize)) / (20 * hidden + 6 * intermediate),
    rotaryFrequencies,
    localRotaryFrequencies,
    window,
  };
}
