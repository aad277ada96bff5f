import { because } from '../../../src-contract/failure-reason.ts';
import type { ModelConfig } from './model-config.ts';

/** How positions become angles. */
export interface Rotary {
  /** Radians per position of each pair, headSize / 2 of them. */
  readonly frequencies: Float64Array;
  /** Multiplies attention scores, besides 1/√headSize. */
  readonly scoreFactor: number;
}

/** What a config says of rotary positions. */
export interface RotaryParameters {
  readonly scaling: ModelConfig | undefined;
  readonly theta: number;
  /** The length that the model was trained for before the positions were scaled, where `scaling` doesn't tell. */
  readonly trained?: number | undefined;
}

/**
 * Rotary positions (Su et al. 2021) with the scalings that stretch them over longer texts. Throws MODEL_UNSUPPORTED,
 * MODEL_FILE_INVALID.
 */
export function rotaryOf(config: ModelConfig, headSize: number): Rotary {
  return scaledRotary(config, headSize, rotaryParameters(config));
}

/**
 * The parameters wherever a config has them: in `rope_scaling` unless that is empty, or else in `rope_parameters`, with
 * what stands beside them. Source: transformers 5, `convert_rope_params_to_dict` and `standardize_rope_params`.
 */
export function rotaryParameters(config: ModelConfig): RotaryParameters {
  const key = ['rope_scaling', 'rope_parameters'].find((name) => config.object(name)?.isEmpty === false);
  const scaling = key === undefined ? undefined : config.object(key);
  if (key !== undefined && ['full_attention', 'sliding_attention'].some((type) => scaling?.has(type)))
    throw config.unsupported(because('LAYERS_DIFFER', { key }));
  const theta = config.positive('rope_theta', 10_000);
  const trained = 'original_max_position_embeddings';
  return {
    scaling,
    theta: scaling?.positive('rope_theta', theta) ?? theta,
    trained: config.has(trained) ? config.positive(trained) : undefined,
  };
}

/** The same from given parameters, for models with several kinds of layers. */
export function scaledRotary(config: ModelConfig, headSize: number, parameters: RotaryParameters): Rotary {
  const { scaling, theta } = parameters;
  if (headSize % 2 !== 0) throw config.unsupported(because('HEAD_SIZE_ODD', { size: headSize }));
  for (const place of [config, scaling]) {
    if (place && place.positive('partial_rotary_factor', 1) !== 1) throw config.unsupported(because('ROTARY_PART'));
  }
  const plain = plainFrequencies(headSize, theta);
  const kind = scaling?.text('rope_type', scaling.text('type', 'default')) ?? 'default';
  // Dynamic (NTK) scaling starts beyond the length the model was trained for, and longer texts are refused here.
  if (scaling === undefined || kind === 'default' || kind === 'dynamic') return { frequencies: plain, scoreFactor: 1 };
  if (kind === 'linear') {
    const factor = scaling.positive('factor');
    return { frequencies: plain.map((frequency) => frequency / factor), scoreFactor: 1 };
  }
  const trained = (usual?: number) => parameters.trained ?? scaling.positive('original_max_position_embeddings', usual);
  if (kind === 'llama3') return { frequencies: llama3(plain, scaling, trained()), scoreFactor: 1 };
  if (kind === 'yarn') {
    const contextLength = config.positive('max_position_embeddings', 2048);
    return yarn(plain, scaling, { headSize, theta, contextLength, trained: trained(contextLength) });
  }
  throw config.unsupported(because('ROTARY_SCALING', { kind, known: 'default, linear, dynamic, llama3, yarn' }));
}

/** θ^(−2i / size) for each pair i. */
function plainFrequencies(headSize: number, theta: number): Float64Array {
  return Float64Array.from({ length: headSize / 2 }, (_, i) => theta ** ((-2 * i) / headSize));
}

/**
 * Stretches long waves, keeps short ones, with a ramp between (Llama 3.1, Grattafiori et al. 2024, §3.4; Meta's code).
 */
function llama3(plain: Float64Array, scaling: ModelConfig, trained: number): Float64Array {
  const factor = scaling.positive('factor');
  const low = scaling.positive('low_freq_factor');
  const high = scaling.positive('high_freq_factor');
  if (high <= low)
    throw scaling.invalid(because('KEY_NOT_ABOVE', { key: 'high_freq_factor', other: 'low_freq_factor' }));
  return plain.map((frequency) => {
    const turns = (trained * frequency) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return frequency * (kept + (1 - kept) / factor);
  });
}

/** YaRN (Peng et al. 2023, §3.2 and §3.4): the ramp runs over pairs, and attention gets sharper. */
function yarn(
  plain: Float64Array,
  scaling: ModelConfig,
  { headSize, theta, contextLength, trained }: Record<'headSize' | 'theta' | 'contextLength' | 'trained', number>,
): Rotary {
  const factor = scaling.positive('factor', contextLength / trained);
  const sharpness = (strength: number) => (factor <= 1 ? 1 : 0.1 * strength * Math.log(factor) + 1);
  const both = scaling.has('mscale') && scaling.has('mscale_all_dim');
  const usual = both
    ? sharpness(scaling.positive('mscale')) / sharpness(scaling.positive('mscale_all_dim'))
    : sharpness(1);
  const attention = scaling.positive('attention_factor', usual);
  // The pair that makes this many turns over the trained length.
  const pairAt = (turns: number) => (headSize * Math.log(trained / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const whole = scaling.flag('truncate', true);
  const fast = pairAt(scaling.positive('beta_fast', 32));
  const slow = pairAt(scaling.positive('beta_slow', 1));
  const first = Math.max(0, whole ? Math.floor(fast) : fast);
  const last = Math.min(headSize - 1, whole ? Math.ceil(slow) : slow);
  const width = first === last ? 0.001 : last - first;
  const frequencies = plain.map((frequency, pair) => {
    const stretched = Math.min(1, Math.max(0, (pair - first) / width));
    return frequency * (1 - stretched + stretched / factor);
  });
  // It scales both queries and keys.
  return { frequencies, scoreFactor: attention ** 2 };
}
