import { because } from '../../../src-contract/failure-reason.ts';
import type { Architecture } from './architecture.ts';
import { refuseForeign } from './decoder-sizes.ts';
import { gemma3 } from './gemma3.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import type { ModelConfig } from './model-config.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';

const architectures: Readonly<Record<string, (config: ModelConfig) => Architecture>> = {
  gemma3_text: gemma3,
  gpt2,
  llama,
  mistral,
  qwen2,
  qwen3,
};

/** The architecture that a config names. Throws MODEL_UNSUPPORTED for an unknown one. */
export function architectureOf(config: ModelConfig): Architecture {
  return builderOf(config)(config);
}

/** Refuses a config that is known in part for what is known of it. Throws MODEL_UNSUPPORTED. */
export function refuseKind(config: ModelConfig): void {
  builderOf(config);
  refuseForeign(config);
}

function builderOf(config: ModelConfig): (config: ModelConfig) => Architecture {
  const build = Object.hasOwn(architectures, config.modelType) ? architectures[config.modelType] : undefined;
  if (build === undefined)
    throw config.unsupported(
      because('MODEL_TYPE', { type: config.modelType, known: Object.keys(architectures).join(', ') }),
    );
  return build;
}
