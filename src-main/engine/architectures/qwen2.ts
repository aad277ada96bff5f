import type { Architecture } from './architecture.ts';
import { windowOf } from './layer-types.ts';
import { llamaFamily } from './llama-family.ts';
import type { ModelConfig } from './model-config.ts';

/** Qwen2 and 2.5 (Yang et al. 2024): Llama with biases on queries, keys and values. */
export function qwen2(config: ModelConfig): Architecture {
  return llamaFamily(config, {
    name: 'qwen2',
    biases: ['q', 'k', 'v'],
    headNorms: false,
    window: windowOf(config),
    contextLength: 32_768,
  });
}
