import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, type UnsupportedModel } from '../../../src-contract/failure-reason.ts';
import type { GgufFile } from './gguf.ts';
import { isStoredAlike } from './stored-matrix.ts';

/**
 * The `config.json` that a GGUF file's metadata amount to. Missing values are left out, so that the architecture
 * reports them. An unknown architecture keeps its name, and is refused under it. Throws MODEL_FILE_INVALID,
 * MODEL_UNSUPPORTED.
 */
export async function ggufConfig(file: GgufFile): Promise<Record<string, unknown>> {
  const architecture = ggufArchitecture(file);
  const about = new Metadata(file, architecture);
  if ((about.number('expert_count') ?? 0) > 0) throw unsupported(file, because('EXPERTS'));
  const embeddings = file.tensors.get('token_embd.weight');
  if (embeddings === undefined) throw invalid(file, because('GGUF_NO_MODEL', { tensor: 'token_embd.weight' }));
  const shared = {
    model_type: modelTypeOfGguf(architecture),
    vocab_size: embeddings.dims[0],
    tie_word_embeddings: await isHeadTied(file),
    bos_token_id: about.token('bos'),
    eos_token_id: endIds(about),
  };
  const values = architecture === 'gpt2' ? gpt2Config(about) : await llamaConfig(file, about);
  return Object.fromEntries(Object.entries({ ...shared, ...values }).filter(([, value]) => value !== undefined));
}

/** Converters of GPT-2 added a copy of the embeddings as a head, which may have been rounded to another type since. */
async function isHeadTied(file: GgufFile): Promise<boolean> {
  const [embeddings, head] = ['token_embd.weight', 'output.weight'].map((name) => {
    const tensor = file.tensors.get(name);
    return tensor && { ...tensor, dtype: tensor.type.name, descriptor: file.descriptor, file: basename(file.path) };
  });
  return embeddings === undefined || head === undefined || isStoredAlike(embeddings, head);
}

/** `general.architecture`: llama, qwen2, gpt2 and so on. */
export function ggufArchitecture(file: GgufFile): string {
  const kind = file.metadata.get('general.type') ?? 'model';
  if (kind === 'adapter') throw unsupported(file, because('GGUF_OF_ADAPTER'));
  if (kind !== 'model') throw unsupported(file, because('GGUF_TYPE', { type: String(kind) }));
  const architecture = file.metadata.get('general.architecture');
  if (typeof architecture !== 'string') throw invalid(file, because('GGUF_NO_ARCHITECTURE'));
  return architecture;
}

/** Hugging Face's name for what GGUF files call an architecture. */
export function modelTypeOfGguf(architecture: string): string {
  return architecture === 'gemma3' ? 'gemma3_text' : architecture;
}

/** The only numbers that a config is made of. */
export const rotaryDivisors = 'rope_freqs.weight';

async function llamaConfig(file: GgufFile, about: Metadata): Promise<Record<string, unknown>> {
  const has = (part: string) => file.tensors.has(`blk.0.${part}`);
  const window = about.number('attention.sliding_window');
  return {
    hidden_act: about.architecture.startsWith('gemma') ? undefined : 'silu',
    hidden_activation: about.architecture.startsWith('gemma') ? 'gelu_pytorch_tanh' : undefined,
    hidden_size: about.number('embedding_length'),
    intermediate_size: about.number('feed_forward_length'),
    num_hidden_layers: about.number('block_count'),
    num_attention_heads: about.number('attention.head_count'),
    num_key_value_heads: about.number('attention.head_count_kv'),
    head_dim: about.number('attention.key_length'),
    max_position_embeddings: about.number('context_length'),
    rms_norm_eps: about.number('attention.layer_norm_rms_epsilon'),
    rope_theta: about.number('rope.freq_base'),
    rope_scaling: await ropeScaling(file, about),
    partial_rotary_factor: rotatedPart(about),
    sliding_window: window,
    // The file doesn't say: every model of the family scales by the size of a head, except the one with 62 layers.
    query_pre_attn_scalar: about.architecture.startsWith('gemma') ? gemmaScale(about) : undefined,
    // Qwen2 always has these biases, and no key for them.
    attention_bias: about.architecture === 'llama' && has('attn_q.bias') ? true : undefined,
    mlp_bias: has('ffn_up.bias') ? true : undefined,
  };
}

/** The share of a head that is rotated; undefined where the file doesn't say, which means all of it, as in llama.cpp. */
function rotatedPart(about: Metadata): number | undefined {
  const rotated = about.number('rope.dimension_count');
  const size =
    about.number('attention.key_length') ??
    (about.number('embedding_length') ?? 0) / (about.number('attention.head_count') ?? 0);
  return rotated && size ? rotated / size : undefined;
}

/** Gemma 3's scores are divided by the root of this. Source: llama.cpp, src/llama-model.cpp, `f_attention_scale`. */
function gemmaScale(about: Metadata): number | undefined {
  const heads = about.number('attention.head_count');
  const width = about.number('embedding_length');
  if (about.number('block_count') === 62 && heads && width) return width / heads;
  return about.number('attention.key_length');
}

function gpt2Config(about: Metadata): Record<string, unknown> {
  return {
    n_embd: about.number('embedding_length'),
    n_inner: about.number('feed_forward_length'),
    n_layer: about.number('block_count'),
    n_head: about.number('attention.head_count'),
    n_positions: about.number('context_length'),
    n_ctx: about.number('context_length'),
    layer_norm_epsilon: about.number('attention.layer_norm_epsilon'),
    activation_function: 'gelu_new',
  };
}

/**
 * How far rotary angles are stretched. Llama 3's scheme is stored as a divisor for each frequency: it is converted back
 * to its config values, and refused if they don't give those divisors. Source: llama.cpp, convert_hf_to_gguf.py,
 * `rope_freqs`.
 */
async function ropeScaling(file: GgufFile, about: Metadata): Promise<object | undefined> {
  // Files from before 2024 have the factor under another name, and a factor alone means linear scaling (llama.cpp,
  // src/llama-model.cpp).
  const factor = about.number('rope.scaling.factor') ?? about.number('rope.scale_linear');
  const kind = about.text('rope.scaling.type') ?? (factor ? 'linear' : 'none');
  if (kind !== 'none') {
    const trained = about.number('rope.scaling.original_context_length');
    const known = trained === undefined ? {} : { original_max_position_embeddings: trained };
    return { rope_type: kind, factor, ...known };
  }
  if (!file.tensors.has(rotaryDivisors)) return undefined;
  const divisors = await file.readFloat32(rotaryDivisors);
  const scaling = {
    rope_type: 'llama3',
    // As arguments of a call, a million would overflow the stack.
    factor: round(divisors.reduce((most, divisor) => Math.max(most, divisor), 0)),
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  };
  const theta = about.number('rope.freq_base') ?? 10_000;
  const differs = llama3Divisors(scaling, theta, divisors.length).some(
    (divisor, i) => Math.abs(divisor / (divisors[i] as number) - 1) > 1e-4,
  );
  if (differs) throw unsupported(file, because('ROTARY_TABLE'));
  return scaling;
}

/** Divides frequencies of long waves by `factor`, those of short ones by 1, and blends in between (Llama 3.1). */
function llama3Divisors(
  scaling: {
    factor: number;
    low_freq_factor: number;
    high_freq_factor: number;
    original_max_position_embeddings: number;
  },
  theta: number,
  pairs: number,
): number[] {
  const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: length } = scaling;
  return Array.from({ length: pairs }, (_, i) => {
    const wave = 2 * Math.PI * theta ** (i / pairs);
    if (wave < length / high) return 1;
    if (wave > length / low) return factor;
    const smooth = (length / wave - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

/** What ends an answer: the end of a text, a turn or a message. */
function endIds(about: Metadata): number[] | undefined {
  const ids = ['eos', 'eot', 'eom'].map((name) => about.token(name)).filter((id) => id !== undefined);
  return ids.length === 0 ? undefined : [...new Set(ids)];
}

/** Reads the keys of one architecture. */
class Metadata {
  readonly #file: GgufFile;
  readonly architecture: string;

  constructor(file: GgufFile, architecture: string) {
    this.#file = file;
    this.architecture = architecture;
  }

  number(key: string): number | undefined {
    const value = this.#file.metadata.get(`${this.architecture}.${key}`);
    if (value === undefined) return undefined;
    if (typeof value === 'number') return round(value);
    // Models whose layers differ have a list, one number per layer.
    const values = value as ArrayLike<unknown>;
    const [first] = Array.from(values);
    if (typeof first === 'number' && Array.from(values).every((each) => each === first)) return round(first);
    throw unsupported(this.#file, because('LAYERS_DIFFER', { key }));
  }

  text(key: string): string | undefined {
    const value = this.#file.metadata.get(`${this.architecture}.${key}`);
    return typeof value === 'string' ? value : undefined;
  }

  token(name: string): number | undefined {
    const value = this.#file.metadata.get(`tokenizer.ggml.${name}_token_id`);
    return typeof value === 'number' ? value : undefined;
  }
}

/** The shortest decimal that gives the same float32: 1e-5, not 0.000009999999747378752. */
function round(value: number): number {
  if (Number.isInteger(value) || Math.fround(value) !== value) return value;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function unsupported(file: GgufFile, why: UnsupportedModel): StudioError {
  return new StudioError('MODEL_UNSUPPORTED', { file: basename(file.path), ...why });
}

function invalid(file: GgufFile, why: Because): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: basename(file.path), ...why });
}
