import type { Architecture } from './architecture.ts';
import { most } from './decoder-sizes.ts';
import { requireLayerTypes } from './layer-types.ts';
import { llamaFamily } from './llama-family.ts';
import type { ModelConfig } from './model-config.ts';

/** Mistral 7B (Jiang et al. 2023): Llama with a sliding window; later versions drop the window. */
export function mistral(config: ModelConfig): Architecture {
  // Absent means 4096 and null means none, as in transformers.
  const size = config.isNull('sliding_window') ? undefined : config.count('sliding_window', most.contextLength, 4096);
  requireLayerTypes(config, size === undefined ? 'full_attention' : 'sliding_attention');
  return llamaFamily(config, {
    name: 'mistral',
    biases: [],
    headNorms: false,
    window: size === undefined ? undefined : { size, layers: () => true },
    contextLength: 4096 * 32,
  });
}
