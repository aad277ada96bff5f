import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { u32, u64 } from '../formats/gguf-bytes.ts';
import { createGguf, type GgufMetadata, type GgufTensorPlan } from '../formats/gguf-writer.ts';
import { readPeft } from '../formats/peft.ts';
import { unpackAdapter } from './unpack-adapter.ts';

interface Stored extends GgufTensorPlan {
  readonly data: ArrayBufferView;
}

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'unpack-adapter-'));
  const llama = {
    ...{ model_type: 'llama', vocab_size: 16, hidden_size: 32, intermediate_size: 16, num_hidden_layers: 2 },
    ...{ num_attention_heads: 8, num_key_value_heads: 2 },
  };
  await writeFile(join(scratch, 'config.json'), JSON.stringify(llama));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

const keys: Readonly<Record<string, GgufMetadata>> = {
  'general.type': 'adapter',
  'general.architecture': 'llama',
  'adapter.type': 'lora',
  'adapter.lora.alpha': { float: 4 },
};
/** Rank 2 on q and v of both layers: q is [32, 32], v [8, 32]. */
const tensors: Readonly<Record<string, Stored>> = Object.fromEntries(
  [0, 1].flatMap((layer) => [
    [`blk.${layer}.attn_q.weight.lora_a`, floats(2, 32)],
    [`blk.${layer}.attn_q.weight.lora_b`, floats(32, 2)],
    [`blk.${layer}.attn_v.weight.lora_a`, floats(2, 32)],
    [`blk.${layer}.attn_v.weight.lora_b`, floats(8, 2)],
  ]),
);
const [a, b] = ['blk.0.attn_q.weight.lora_a', 'blk.0.attn_q.weight.lora_b'];
const other = 'blk.1.attn_v.weight.lora_a';

test('numbers of 16 and of 8 bits are read, and a base that the file names is told', async () => {
  // Q8_0: a scale of 1 in half precision, then 32 signed bytes, for each row of 32.
  const row = Buffer.concat([Buffer.from([0x00, 0x3c]), Buffer.from(Int8Array.from({ length: 32 }, (_, i) => i - 16))]);
  const named = { ...keys, 'general.base_model.0.repo_url': 'https://huggingface.co/maker/Tiny-1B' };
  const path = await written(named, {
    ...tensors,
    'blk.0.attn_v.weight.lora_a': { dtype: 'Q8_0', dims: [2, 32], data: Buffer.concat([row, row]) },
    'blk.0.attn_v.weight.lora_b': { dtype: 'F16', dims: [8, 2], data: new Uint16Array(16).fill(0xb800) },
    'blk.1.attn_v.weight.lora_b': { dtype: 'BF16', dims: [8, 2], data: new Uint16Array(16).fill(0x4040) },
  });
  const folder = join(scratch, 'read');
  expect(await unpackAdapter({ file: path, modelFolder: scratch, folder })).toEqual({ baseName: 'Tiny-1B' });
  const peft = await readPeft(folder);
  expect(peft).toMatchObject({ rank: 2, alpha: 4, rankStabilised: false, targetModules: ['q_proj', 'v_proj'] });
  const numbers = (layer: number, which: 'A' | 'B') =>
    peft.tensors.get(`model.layers.${layer}.self_attn.v_proj.lora_${which}`)?.data;
  expect(numbers(0, 'A')?.slice(30, 36)).toEqual(Float32Array.of(14, 15, -16, -15, -14, -13));
  expect(numbers(0, 'B')).toEqual(new Float32Array(16).fill(-0.5));
  expect(numbers(1, 'B')).toEqual(new Float32Array(16).fill(3));
});

describe('refuses', () => {
  test.each<[string, Record<string, GgufMetadata | undefined>, string, object]>([
    ['a model', { 'general.type': 'model' }, 'NOT_AN_ADAPTER', of('MODEL_AS_ADAPTER')],
    ['a file without type', { 'general.type': undefined }, 'NOT_AN_ADAPTER', of('MODEL_AS_ADAPTER')],
    ['no architecture', { 'general.architecture': undefined }, 'MODEL_FILE_INVALID', of('GGUF_NO_ARCHITECTURE')],
    [
      'a control vector',
      { 'general.architecture': 'controlvector', 'general.type': undefined },
      'ADAPTER_UNSUPPORTED',
      of('ADAPTER_METHOD', { method: 'controlvector' }),
    ],
    [
      'another architecture',
      { 'general.architecture': 'qwen2' },
      'ADAPTER_WRONG_ARCHITECTURE',
      { expected: 'qwen2', found: 'llama' },
    ],
    ['no method', { 'adapter.type': undefined }, 'MODEL_FILE_INVALID', of('KEY_NONE_OF')],
    ['another method', { 'adapter.type': 'ia3' }, 'ADAPTER_UNSUPPORTED', of('ADAPTER_METHOD', { method: 'ia3' })],
    [
      'tokens that activate it',
      { 'adapter.alora.invocation_tokens': Int32Array.of(5) },
      'ADAPTER_UNSUPPORTED',
      of('ADAPTER_KEY', { key: 'adapter.alora.invocation_tokens' }),
    ],
    ...[undefined, { float: 0 }, { float: -1 }, { float: Number.NaN }, { float: Infinity }, 'four'].map(
      (alpha): [string, Record<string, GgufMetadata | undefined>, string, object] => [
        `an alpha of ${typeof alpha === 'object' ? alpha.float : alpha}`,
        { 'adapter.lora.alpha': alpha },
        'MODEL_FILE_INVALID',
        of('KEY_NOT_POSITIVE', { key: 'adapter.lora.alpha' }),
      ],
    ),
  ])('%s', async (_, changes, code, data) => {
    expect(await refusalOf(await written({ ...keys, ...changes }, tensors))).toMatchObject({ code, data });
  });

  const pair = (module: string, rank = 2, into = 32) => ({
    [`${module}.weight.lora_a`]: floats(rank, into),
    [`${module}.weight.lora_b`]: floats(32, rank),
  });
  const without = (module: string) => ({
    [`${module}.weight.lora_a`]: undefined,
    [`${module}.weight.lora_b`]: undefined,
  });
  test.each<[string, Record<string, Stored | undefined>, string, object]>([
    ['adapted embeddings', pair('token_embd'), 'ADAPTER_UNSUPPORTED', of('ADAPTER_MODULES', { modules: 'token_embd' })],
    ['an adapted head', pair('output'), 'ADAPTER_UNSUPPORTED', of('ADAPTER_MODULES', { modules: 'output' })],
    ['an unknown module', pair('blk.0.ffn_gate_exps'), 'ADAPTER_UNSUPPORTED', of('ADAPTER_MODULES')],
    ['a norm', { 'blk.0.attn_norm.weight': floats(1, 32) }, 'ADAPTER_UNSUPPORTED', of('ADAPTER_TENSOR')],
    ['a layer beyond the last', pair('blk.2.attn_q'), 'ADAPTER_TENSOR_FOREIGN', {}],
    ['A without B', { [b]: undefined }, 'MODEL_FILE_INVALID', of('TENSOR_UNPAIRED', { tensor: a, other: b })],
    ['B without A', { [a]: undefined }, 'MODEL_FILE_INVALID', of('TENSOR_UNPAIRED', { tensor: b, other: a })],
    [
      'a module in some layers only',
      without('blk.0.attn_q'),
      'ADAPTER_UNSUPPORTED',
      of('ADAPTER_SOME_LAYERS', { key: 'attn_q' }),
    ],
    ['ranks that differ in a pair', { [a]: floats(3, 32) }, 'MODEL_FILE_INVALID', of('TENSOR_RANKS_DIFFER')],
    [
      'ranks that differ between pairs',
      pair('blk.1.attn_q', 3),
      'ADAPTER_UNSUPPORTED',
      of('ADAPTER_RANKS', { one: 2, other: 3 }),
    ],
    ['one dimension', { [a]: floats(2) }, 'ADAPTER_SHAPE', { tensor: a, expected: '[2, 32]', found: '[2]' }],
    // Before any number is read: these would be refused, too.
    ['another width', { [a]: floats(2, 48, Number.NaN) }, 'ADAPTER_SHAPE', { tensor: a, found: '[2, 48]' }],
    [
      'another width in fewer layers',
      { ...pair('blk.0.attn_q', 2, 48), ...without('blk.1.attn_q') },
      'ADAPTER_SHAPE',
      {},
    ],
    ['factors the wrong way round', { [a]: floats(2, 8), [b]: floats(32, 2) }, 'ADAPTER_SHAPE', { tensor: a }],
    ['NaN', { [other]: floats(2, 32, Number.NaN) }, 'MODEL_FILE_INVALID', of('TENSOR_NOT_FINITE', { tensor: other })],
    [
      'no tensor',
      Object.fromEntries(Object.keys(tensors).map((name) => [name, undefined])),
      'MODEL_FILE_INVALID',
      of('TENSOR_MISSING'),
    ],
  ])('%s', async (_, changes, code, data) => {
    expect(await refusalOf(await written(keys, { ...tensors, ...changes }))).toMatchObject({ code, data });
  });

  test.each<[string, (bytes: Buffer) => Buffer, string, object]>([
    ['an absurd number of tensors', (bytes) => patched(bytes, 8, u64(2 ** 40)), 'MODEL_FILE_INVALID', {}],
    ['an absurd number of keys', (bytes) => patched(bytes, 16, u64(2 ** 40)), 'MODEL_FILE_INVALID', of('GGUF_CUT_OFF')],
    ['an absurd dimension', entry(b, 12, u64(2 ** 50)), 'MODEL_FILE_INVALID', of('TENSOR_TOO_LARGE', { tensor: b })],
    ['more numbers than the file has', entry(b, 12, u64(2 ** 30)), 'MODEL_FILE_INVALID', of('TENSOR_CUT_OFF')],
    ['numbers of type I32', entry(b, 20, u32(26)), 'MODEL_UNSUPPORTED', of('TENSOR_TYPE_UNREADABLE', { type: 'I32' })],
    ['a file cut off in its header', (bytes) => bytes.subarray(0, 200), 'MODEL_FILE_INVALID', of('GGUF_CUT_OFF')],
    ['a file cut off in its numbers', (bytes) => bytes.subarray(0, -1), 'MODEL_FILE_INVALID', of('TENSOR_CUT_OFF')],
  ])('%s', async (_, change, code, data) => {
    const path = await written(keys, tensors);
    await writeFile(path, change(await readFile(path)));
    expect(await refusalOf(path)).toMatchObject({ code, data });
  });
});

function floats(rows: number, columns?: number, value = 0.25): Stored {
  const data = new Float32Array(rows * (columns ?? 1)).fill(value);
  return { dtype: 'F32', dims: columns === undefined ? [rows] : [rows, columns], data };
}

async function written(
  metadata: Readonly<Record<string, GgufMetadata | undefined>>,
  stored: Readonly<Record<string, Stored | undefined>>,
): Promise<string> {
  const path = join(await mkdtemp(join(scratch, 'file-')), 'a.gguf');
  const given = <T>(all: Readonly<Record<string, T | undefined>>) =>
    new Map(Object.entries(all).filter((each): each is [string, T] => each[1] !== undefined));
  const plan = given(stored);
  const writer = await createGguf(path, given(metadata), plan);
  for (const { data } of plan.values()) await writer.append(data);
  await writer.finish();
  return path;
}

async function refusalOf(file: string): Promise<unknown> {
  const folder = await mkdtemp(join(scratch, 'refused-'));
  return unpackAdapter({ file, modelFolder: scratch, folder }).catch((error: unknown) => error);
}

/** Of a tensor's entry, what follows its name: the number of its dimensions, each of them, its type. */
function entry(tensor: string, offset: number, value: Buffer): (bytes: Buffer) => Buffer {
  return (bytes) => patched(bytes, bytes.indexOf(tensor) + tensor.length + offset, value);
}

function patched(bytes: Buffer, at: number, value: Buffer): Buffer {
  value.copy(bytes, at);
  return bytes;
}

function of(code: string, data: object = {}): object {
  return { because: { code, data } };
}
