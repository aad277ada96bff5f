import type { Architecture } from './architecture.ts';
import { requireLayerTypes } from './layer-types.ts';
import { attentionTargets, feedForwardTargets, llamaFamily } from './llama-family.ts';
import type { ModelConfig } from './model-config.ts';

/** Llama 1 to 3.x (Touvron et al. 2023; Grattafiori et al. 2024), and models built like it: TinyLlama, SmolLM2. */
export function llama(config: ModelConfig): Architecture {
  requireLayerTypes(config, 'full_attention');
  return llamaFamily(config, {
    name: 'llama',
    biases: [
      ...(config.flag('attention_bias', false) ? attentionTargets : []),
      ...(config.flag('mlp_bias', false) ? feedForwardTargets : []),
    ],
    headNorms: false,
    contextLength: 2048,
  });
}
