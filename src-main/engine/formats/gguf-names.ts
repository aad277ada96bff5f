import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { GgufFile, GgufTensor } from './gguf.ts';
import { interleavedRow } from './stored-matrix.ts';

/** A tensor of a GGUF file under the name and in the layout of the Hugging Face checkpoint it was converted from. */
export interface NamedTensor {
  readonly source: string;
  readonly tensor: GgufTensor;
  readonly dims: readonly number[];
  /** Undoes what the conversion to GGUF did to the numbers, in place where possible; undefined where it did nothing. */
  readonly restore: ((values: Float32Array) => Float32Array) | undefined;
  /** Set where all it did was to interleave the rows of this many heads. */
  readonly interleavedHeads?: number;
}

/** Head counts as `ggufConfig` gives them: a file's own metadata may list them, one number per layer. */
export interface HeadCounts {
  readonly num_attention_heads?: unknown;
  readonly num_key_value_heads?: unknown;
}

/**
 * The tensors of a model by their Hugging Face names. llama.cpp's converter renames them, interleaves the rows of Wq
 * and Wk of Llama-type models for its kind of rotary embedding, transposes GPT-2's Conv1D weights, and adds 1 to
 * Gemma's norms; all of that is undone. Tensors that only llama.cpp needs are left out. Source: llama.cpp,
 * convert_hf_to_gguf.py.
 */
export function huggingFaceTensors(file: GgufFile, architecture: string, heads: HeadCounts): Map<string, NamedTensor> {
  const named = new Map<string, NamedTensor>();
  for (const [source, tensor] of file.tensors) {
    const name = huggingFaceName(source, architecture);
    if (name === undefined) continue;
    named.set(name, { source, tensor, ...layoutOf(source, tensor, file, architecture, heads) });
  }
  return named;
}

function layoutOf(
  source: string,
  { dims }: GgufTensor,
  file: GgufFile,
  architecture: string,
  { num_attention_heads: heads, num_key_value_heads: keyHeads = heads }: HeadCounts,
) {
  const part = source.replace(/^blk\.\d+\./, '');
  if (architecture === 'llama' && /^attn_[qk]\.(weight|bias)$/.test(part)) {
    const [rows, count] = [dims[0] as number, Number(part.startsWith('attn_q') ? heads : keyHeads)];
    // The rows of a head come in pairs. A config.json beside the file may say what the file itself does not.
    if (!(count > 0) || rows % (2 * count) !== 0) {
      const why = because('KEY_NOT_DIVISOR', { key: `${architecture}.attention.head_count`, number: rows });
      throw new StudioError('MODEL_FILE_INVALID', { file: basename(file.path), ...why });
    }
    return { dims, restore: (values: Float32Array) => halfSplit(values, rows, count), interleavedHeads: count };
  }
  if (architecture === 'gpt2' && /^(attn_qkv|attn_output|ffn_up|ffn_down)\.weight$/.test(part)) {
    return { dims: dims.toReversed(), restore: (values: Float32Array) => transposed(values, dims) };
  }
  if (architecture.startsWith('gemma') && /norm\.weight$/.test(part)) {
    return { dims, restore: (values: Float32Array) => values.map((value) => value - 1) };
  }
  return { dims, restore: undefined };
}

/** Rows (0, 1), (2, 3), … of each head become (0, half), (1, half + 1), …, in place; a bias has one number per row. */
export function halfSplit(values: Float32Array, rows: number, heads: number): Float32Array {
  const width = values.length / rows;
  const perHead = rows / heads;
  const head = new Float32Array(perHead * width);
  for (let start = 0; start < values.length; start += head.length) {
    for (let row = 0; row < perHead; row++) {
      const from = start + interleavedRow(row, perHead) * width;
      head.set(values.subarray(from, from + width), row * width);
    }
    values.set(head, start);
  }
  return values;
}

/** A tensor of a Hugging Face checkpoint as llama.cpp's converter stores it: the inverse of `huggingFaceTensors`. */
export interface GgufPlace {
  readonly name: string;
  readonly dims: readonly number[];
  /** Float32 whatever the others are: llama.cpp adds and multiplies by these in that type only. */
  readonly isFloat32: boolean;
  placed(values: Float32Array): Float32Array;
}

export function ggufPlace(
  tensor: string,
  dims: readonly number[],
  base: { readonly architecture: string; readonly heads: number; readonly keyValueHeads: number },
): GgufPlace {
  const { architecture } = base;
  const [, module = tensor, kind] = /^(.+)\.(weight|bias)$/.exec(tensor) ?? [];
  const part = ggufModule(module, architecture);
  const own = { name: `${part}.${kind}`, dims, isFloat32: dims.length === 1 || part === 'position_embd' };
  const which = /^blk\.\d+\.attn_([qk])$/.exec(part)?.[1];
  if (architecture === 'llama' && which !== undefined) {
    const heads = which === 'q' ? base.heads : base.keyValueHeads;
    return { ...own, placed: (values) => interleaved(values, dims[0] as number, heads) };
  }
  if (architecture === 'gpt2' && dims.length === 2 && part.startsWith('blk.')) {
    return { ...own, dims: dims.toReversed(), placed: (values) => transposed(values, dims) };
  }
  return { ...own, placed: (values) => values };
}

/** The inverse of what `restore` does for Wq and Wk of Llama-type models, in a new array. */
export function interleaved(values: Float32Array, rows: number, heads: number): Float32Array {
  const width = values.length / rows;
  const perHead = rows / heads;
  const placed = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    placed.set(values.subarray(row * width, (row + 1) * width), interleavedRow(row, perHead) * width);
  }
  return placed;
}

/** llama.cpp's name for a module of a Hugging Face checkpoint, without `.weight`. */
export function ggufModule(module: string, architecture: string): string {
  const { block, blocks, outside } = namesOf(architecture);
  const [, layer, inner] = module.startsWith(`${block}.`)
    ? (/^(\d+)\.(.+)$/.exec(module.slice(block.length + 1)) ?? [])
    : [];
  const table = Object.entries(layer === undefined ? outside : blocks);
  const part = table.find(([, name]) => name === (inner ?? module))?.[0];
  if (part === undefined) throw new Error(`llama.cpp has no name for ${module} in ${architecture}`);
  return layer === undefined ? part : `blk.${layer}.${part}`;
}

/** [rows, columns] → [columns, rows], in a new array. */
export function transposed(values: Float32Array, [rows, columns]: readonly number[]): Float32Array {
  const out = new Float32Array(values.length);
  const [height, width] = [rows as number, columns as number];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) out[column * height + row] = values[row * width + column] as number;
  }
  return out;
}

function huggingFaceName(source: string, architecture: string): string | undefined {
  const names = namesOf(architecture);
  const [, layer, part, kind] = /^(?:blk\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(source) ?? [];
  const module = layer === undefined ? names.outside[part ?? ''] : names.blocks[part ?? ''];
  if (module === undefined) return undefined;
  return layer === undefined ? `${module}.${kind}` : `${names.block}.${layer}.${module}.${kind}`;
}

function namesOf(architecture: string): Names {
  if (architecture === 'gpt2') return gpt2Names;
  return architecture.startsWith('gemma') ? gemmaNames : llamaNames;
}

interface Names {
  readonly block: string;
  readonly outside: Readonly<Record<string, string>>;
  readonly blocks: Readonly<Record<string, string>>;
}

const llamaNames: Names = {
  block: 'model.layers',
  outside: { token_embd: 'model.embed_tokens', output_norm: 'model.norm', output: 'lm_head' },
  blocks: {
    attn_norm: 'input_layernorm',
    attn_q: 'self_attn.q_proj',
    attn_k: 'self_attn.k_proj',
    attn_v: 'self_attn.v_proj',
    attn_output: 'self_attn.o_proj',
    attn_q_norm: 'self_attn.q_norm',
    attn_k_norm: 'self_attn.k_norm',
    ffn_norm: 'post_attention_layernorm',
    ffn_gate: 'mlp.gate_proj',
    ffn_up: 'mlp.up_proj',
    ffn_down: 'mlp.down_proj',
  },
};

const gemmaNames: Names = {
  ...llamaNames,
  blocks: {
    ...llamaNames.blocks,
    post_attention_norm: 'post_attention_layernorm',
    ffn_norm: 'pre_feedforward_layernorm',
    post_ffw_norm: 'post_feedforward_layernorm',
  },
};

const gpt2Names: Names = {
  block: 'transformer.h',
  outside: {
    token_embd: 'transformer.wte',
    position_embd: 'transformer.wpe',
    output_norm: 'transformer.ln_f',
    output: 'lm_head',
  },
  blocks: {
    attn_norm: 'ln_1',
    attn_qkv: 'attn.c_attn',
    attn_output: 'attn.c_proj',
    ffn_norm: 'ln_2',
    ffn_up: 'mlp.c_fc',
    ffn_down: 'mlp.c_proj',
  },
};
