import type { Target } from '../../../src-contract/adapter.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { ModelConfig } from './model-config.ts';

/** The sizes that Llama and its relatives share, under transformers' keys. */
export interface DecoderSizes {
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly vocabulary: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly contextLength: number;
  readonly epsilon: number;
  readonly endIds: readonly number[];
}

/** Far above any existing model. */
export const most = {
  ...{ layers: 1024, width: 2 ** 20, vocabulary: 2 ** 24, heads: 4096, headSize: 4096, contextLength: 2 ** 30 },
};

/** Throws MODEL_FILE_INVALID. */
export function decoderSizes(
  config: ModelConfig,
  usual: { readonly headSize?: number; readonly contextLength: number },
): DecoderSizes {
  const hidden = config.count('hidden_size', most.width);
  const vocabulary = config.count('vocab_size', most.vocabulary);
  const heads = config.count('num_attention_heads', most.heads);
  const keyValueHeads = config.count('num_key_value_heads', most.heads, heads);
  if (heads % keyValueHeads !== 0)
    throw config.invalid(because('KEY_NOT_DIVISOR', { key: 'num_key_value_heads', number: heads }));
  return {
    layers: config.count('num_hidden_layers', most.layers),
    hidden,
    intermediate: config.count('intermediate_size', most.width),
    vocabulary,
    heads,
    keyValueHeads,
    headSize: config.count('head_dim', most.headSize, usual.headSize ?? hidden / heads),
    contextLength: config.count('max_position_embeddings', most.contextLength, usual.contextLength),
    epsilon: config.positive('rms_norm_eps', 1e-6),
    endIds: config.ids('eos_token_id', vocabulary),
  };
}

/** [out, in] of the matrices of a layer. */
export function matrixDims({
  hidden,
  intermediate,
  heads,
  keyValueHeads,
  headSize,
}: DecoderSizes): Readonly<Record<Target, readonly [number, number]>> {
  return {
    q: [heads * headSize, hidden],
    k: [keyValueHeads * headSize, hidden],
    v: [keyValueHeads * headSize, hidden],
    o: [hidden, heads * headSize],
    gate: [intermediate, hidden],
    up: [intermediate, hidden],
    down: [hidden, intermediate],
  };
}

/** Refuses what no architecture here can run. Throws MODEL_UNSUPPORTED. */
export function refuseForeign(config: ModelConfig): void {
  if (config.has('quantization_config')) throw config.unsupported(because('WEIGHTS_QUANTISED'));
  if (config.has('auto_map')) throw config.unsupported(because('MODEL_CODE'));
  if (!config.flag('is_causal', true)) throw config.unsupported(because('ATTENTION_BOTH_WAYS'));
  if (config.has('per_layer_config')) throw config.unsupported(because('LAYERS_DIFFER', { key: 'per_layer_config' }));
}

/** Throws MODEL_UNSUPPORTED for any activation other than the one the architecture uses. */
export function requireActivation(config: ModelConfig, key: string, allowed: readonly string[]): void {
  const found = config.text(key, allowed[0] as string);
  if (!allowed.includes(found))
    throw config.unsupported(because('ACTIVATION', { name: found, known: allowed.join(', ') }));
}
