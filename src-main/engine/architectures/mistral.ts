import type { Architecture } from './architecture.ts';
import { most } from './decoder-sizes.ts';
import { llamaFamily } from './llama-family.ts';
import type { ModelConfig } from './model-config.ts';

/** Mistral 7B (Jiang et al. 2023): Llama whose positions see a window only; later versions leave the window out. */
export function mistral(config: ModelConfig): Architecture {
  // Absent is 4096, null is none: so transformers reads it.
  const size = config.isNull('sliding_window') ? undefined : config.count('sliding_window', most.contextLength, 4096);
  return llamaFamily(config, {
    name: 'mistral',
    biases: [],
    headNorms: false,
    window: size === undefined ? undefined : { size, layers: () => true },
    contextLength: 4096 * 32,
  });
}
