import type { Architecture } from './architecture.ts';
import { windowOf } from './layer-types.ts';
import { attentionTargets, llamaFamily } from './llama-family.ts';
import type { ModelConfig } from './model-config.ts';

/** Qwen3 (Yang et al. 2025), the dense sizes: Llama with queries and keys normalised by head, and its own head size. */
export function qwen3(config: ModelConfig): Architecture {
  return llamaFamily(config, {
    name: 'qwen3',
    biases: config.flag('attention_bias', false) ? attentionTargets : [],
    headNorms: true,
    window: windowOf(config),
    headSize: 128,
    contextLength: 32_768,
  });
}
