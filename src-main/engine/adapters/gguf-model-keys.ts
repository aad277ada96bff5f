import { because } from '../../../src-contract/failure-reason.ts';
import type { Architecture } from '../architectures/architecture.ts';
import type { ModelConfig } from '../architectures/model-config.ts';
import { rotaryParameters } from '../architectures/rotary.ts';
import type { GgufMetadata } from '../formats/gguf-writer.ts';

/** What llama.cpp needs to know of a model besides its weights and its tokenizer: the inverse of `ggufConfig`. */
export interface GgufModelKeys {
  readonly metadata: readonly (readonly [key: string, value: GgufMetadata])[];
  /** A divisor for each rotary frequency, where they are stretched as in Llama 3: stored as a tensor. */
  readonly rotaryDivisors: Float32Array | undefined;
}

/**
 * The metadata of a model under llama.cpp's name for its architecture. Source: llama.cpp, convert_hf_to_gguf.py. Throws
 * MODEL_UNSUPPORTED where the format, or llama.cpp, has no word for what the config says.
 */
export function ggufModelKeys(config: ModelConfig, architecture: Architecture, name: string): GgufModelKeys {
  const sizes = {
    // llama.cpp looks back as far as it can: up to the size of a window, that is the same.
    context_length: Math.min(architecture.contextLength, architecture.window ?? architecture.contextLength),
    embedding_length: architecture.hidden,
    block_count: architecture.layers,
    feed_forward_length: architecture.intermediate,
    'attention.head_count': architecture.heads,
  };
  const under = (values: Readonly<Record<string, GgufMetadata>>) =>
    Object.entries(values).map(([key, value]) => [`${name}.${key}`, value] as const);
  const unsaid = Object.entries(usual).find(([key, value]) => config.has(key) && config.flag(key, value) !== value);
  if (unsaid !== undefined && name !== 'llama') throw config.unsupported(because('GGUF_KEY', { key: unsaid[0] }));
  if (name === 'gpt2') {
    const epsilon = { float: config.positive('layer_norm_epsilon', 1e-5) };
    return {
      metadata: under({ ...sizes, 'attention.layer_norm_epsilon': epsilon }),
      rotaryDivisors: undefined,
    };
  }
  const { theta, scaling, divisors } = rotaryKeys(config, architecture, name);
  return {
    metadata: under({
      ...sizes,
      'attention.head_count_kv': architecture.keyValueHeads,
      'attention.key_length': architecture.headSize,
      'attention.value_length': architecture.headSize,
      'attention.layer_norm_rms_epsilon': { float: config.positive('rms_norm_eps', 1e-6) },
      'rope.dimension_count': architecture.headSize,
      'rope.freq_base': { float: theta },
      ...scaling,
    }),
    rotaryDivisors: divisors,
  };
}

/** What llama.cpp takes for granted of all architectures but Llama. */
const usual = { scale_attn_weights: true, scale_attn_by_inverse_layer_idx: false, attention_bias: false };

function rotaryKeys(config: ModelConfig, { headSize, rotaryFrequencies }: Architecture, name: string) {
  const { scaling, theta, trained: known } = rotaryParameters(config);
  const kind = scaling?.text('rope_type', scaling.text('type', 'default')) ?? 'default';
  if (scaling === undefined || kind === 'default' || kind === 'dynamic') return { theta };
  if (kind === 'llama3' && name === 'llama') {
    const plain = (pair: number) => theta ** ((-2 * pair) / headSize);
    return { theta, divisors: Float32Array.from(rotaryFrequencies, (frequency, pair) => plain(pair) / frequency) };
  }
  const factor = { 'rope.scaling.type': kind, 'rope.scaling.factor': { float: scaling.positive('factor') } };
  if (kind === 'linear') return { theta, scaling: factor };
  const given = ['attention_factor', 'mscale', 'mscale_all_dim', 'beta_fast', 'beta_slow', 'truncate'];
  if (kind === 'yarn' && !given.some((key) => scaling.has(key))) {
    const trained = known ?? scaling.positive('original_max_position_embeddings');
    return { theta, scaling: { ...factor, 'rope.scaling.original_context_length': trained } };
  }
  throw config.unsupported(because('ROTARY_SCALING', { kind, known: 'default, linear, yarn, llama3 (Llama)' }));
}
