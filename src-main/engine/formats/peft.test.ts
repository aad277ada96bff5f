import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { float32 } from '../tensor.ts';
import { toFloat16 } from './float-types.ts';
import { readPeft, writePeft } from './peft.ts';
import { type StoredTensor, writeSafetensors } from './safetensors.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peft-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const plain = {
  peft_type: 'LORA',
  task_type: 'CAUSAL_LM',
  r: 1,
  lora_alpha: 2,
  lora_dropout: 0.05,
  target_modules: ['q_proj'],
  bias: 'none',
};
const module = 'model.layers.0.self_attn.q_proj';
const keyA = `base_model.model.${module}.lora_A.weight`;
const keyB = `base_model.model.${module}.lora_B.weight`;
const pair: Record<string, StoredTensor> = {
  [keyA]: { dtype: 'F32', dims: [1, 2], data: Float32Array.of(1, 2) },
  [keyB]: { dtype: 'F32', dims: [2, 1], data: Float32Array.of(3, 4) },
};

test('an adapter round-trips unchanged', async () => {
  const adapter = {
    rank: 1,
    alpha: 16,
    rankStabilised: true,
    fanInFanOut: true,
    targetModules: ['q_proj'],
    blocks: ['q', 'v'],
    tensors: new Map([
      [`${module}.lora_A`, float32([1, 2], Float32Array.of(1, 2))],
      [`${module}.lora_B`, float32([2, 1], Float32Array.of(3, 4))],
    ]),
  };
  await writePeft(join(folder, 'written'), adapter, { dropout: 0.1, baseModel: 'a-model' });
  expect(await readPeft(join(folder, 'written'))).toEqual(adapter);
  const config = JSON.parse(await readFile(join(folder, 'written', 'adapter_config.json'), 'utf8'));
  expect(config).toMatchObject({ lora_dropout: 0.1, base_model_name_or_path: 'a-model', inference_mode: true });
});

test('half precision and bfloat16 adapters are read as float32', async () => {
  const halves = (data: Float32Array): StoredTensor['data'] => toFloat16(data);
  const upper = (data: Float32Array): StoredTensor['data'] =>
    Uint16Array.from(new Uint32Array(data.buffer), (word) => word >>> 16);
  for (const [dtype, store] of [['F16', halves] as const, ['BF16', upper] as const]) {
    const path = await write(
      {},
      {
        [keyA]: { dtype, dims: [1, 2], data: store(Float32Array.of(0.5, -2)) },
        [keyB]: { dtype, dims: [2, 1], data: store(Float32Array.of(3, 4)) },
      },
    );
    const { tensors } = await readPeft(path);
    expect(tensors.get(`${module}.lora_A`)).toEqual(float32([1, 2], Float32Array.of(0.5, -2)));
  }
});

test('a target_modules pattern is not run as a regex: tensor names say what it matched', async () => {
  const { targetModules } = await readPeft(await write({ target_modules: '(a+)+.*\\.(q|v)_proj' }));
  expect(targetModules).toEqual(['self_attn.q_proj']);
});

// Regression: patterns of Python were taken for damaged ones.
test.each(['(?i).*\\.Q_PROJ', '.*\\.(?P<which>q|v)_proj', '(?P<a>q)(?P=a)?_proj'])(
  'target_modules may be a pattern in Python’s syntax, such as %s',
  async (pattern) => {
    expect((await readPeft(await write({ target_modules: pattern }))).targetModules).toEqual(['self_attn.q_proj']);
  },
);

test('what may have chosen modules in some layers only is told by its key', async () => {
  const chosenBy = async (changes: Record<string, unknown>) => (await readPeft(await write(changes))).chosenBy;
  expect(await chosenBy({})).toBeUndefined();
  expect(await chosenBy({ target_modules: '.*q_proj' })).toBe('target_modules');
  expect(await chosenBy({ exclude_modules: '.*layers\\.1.*' })).toBe('exclude_modules');
});

// It used to be refused, although it changes nothing in an adapter without tensors for what it excludes.
test.each([[['lm_head', 'proj']], [[]], [null], ['(a+)+.*lm_head']])(
  'exclude_modules %j is accepted if the adapter has no tensors for it',
  async (excluded) => {
    const adapter = await readPeft(await write({ exclude_modules: excluded }));
    expect({ ...adapter, chosenBy: undefined }).toEqual(await readPeft(await write({})));
  },
);

// PEFT 0.21 writes this for "all-linear" without a module; it was refused for its missing tensors.
test.each([[['k_proj']], ['.*k_proj']])(
  'a target that exclude_modules %j leaves out has no tensors',
  async (excluded) => {
    const config = { target_modules: ['q_proj', 'k_proj'], exclude_modules: excluded };
    const adapter = await readPeft(await write(config));
    expect({ ...adapter, chosenBy: undefined }).toEqual(await readPeft(await write({})));
    expect((await readPeft(await write({ ...config, exclude_modules: [] }))).targetModules).toHaveLength(2);
  },
);

test('unknown keys of newer versions are accepted if they are off', async () => {
  const off = {
    use_dora: false,
    use_bdlora: null,
    rank_pattern: {},
    layers_to_transform: null,
    kasa_config: null,
    new_key: [],
  };
  await expect(readPeft(await write({ ...off, peft_version: '0.99.0' }))).resolves.toMatchObject({ rank: 1 });
});

test('a byte order mark before the config is skipped', async () => {
  const path = await write({});
  await writeFile(join(path, 'adapter_config.json'), `\uFEFF${JSON.stringify(plain)}`);
  await expect(readPeft(path)).resolves.toMatchObject({ rank: 1 });
});

test.each<[feature: string, changes: Record<string, unknown>]>([
  ['the method IA3', { peft_type: 'IA3' }],
  ['the task type SEQ_CLS', { task_type: 'SEQ_CLS' }],
  // Regression: `String` calls what a file names `toString`.
  ['the task type object', { task_type: { toString: 1 } }],
  ['trained biases (bias)', { bias: 'all' }],
  ['trained biases (bias)', { bias: 'lora_only' }],
  ['init_lora_weights = "pissa"', { init_lora_weights: 'pissa' }],
  ['init_lora_weights = "olora"', { init_lora_weights: 'olora' }],
  ['init_lora_weights = "lora_ga"', { init_lora_weights: 'lora_ga', lora_ga_config: { scale: 'stable' } }],
  ['use_dora', { use_dora: true }],
  ['lora_bias', { lora_bias: true }],
  ['use_qalora', { use_qalora: true }],
  ['modules_to_save', { modules_to_save: ['lm_head'] }],
  ['layers_to_transform', { layers_to_transform: 0 }],
  ['layers_to_transform', { layers_to_transform: [0, 1] }],
  ['rank_pattern', { rank_pattern: { q_proj: 4 } }],
  ['alpha_pattern', { alpha_pattern: { q_proj: 4 } }],
  ['exclude_modules', { exclude_modules: ['q_proj'] }],
  ['exclude_modules', { exclude_modules: [module] }],
  ['target_parameters', { target_parameters: ['experts.0'] }],
  ['trainable_token_indices', { trainable_token_indices: [1] }],
  ['layer_replication', { layer_replication: [[0, 1]] }],
  ['alora_invocation_tokens', { alora_invocation_tokens: [5, 6] }],
  ['use_bdlora', { use_bdlora: { nblocks: 2 } }],
  ['arrow_config', { arrow_config: { top_k: 2 } }],
  ['monteclora_config', { monteclora_config: { num_samples: 4 } }],
  ['kasa_config', { kasa_config: { beta: 1 } }],
  ['megatron_config', { megatron_config: { tensor_model_parallel_size: 2 } }],
  ['a_key_from_the_future', { a_key_from_the_future: 'on' }],
])('“%s” is refused and named', async (feature, changes) => {
  await expect(readPeft(await write(changes))).rejects.toMatchObject({
    code: 'ADAPTER_UNSUPPORTED',
    data: { feature },
  });
});

test.each<[changes: Record<string, unknown>, reason: string]>([
  [{ peft_type: undefined }, '“peft_type”'],
  [{ peft_type: 'NO_SUCH' }, '“peft_type”'],
  [{ bias: 'some' }, '“bias”'],
  [{ r: 0 }, '“r”'],
  [{ r: 2 ** 31 }, '“r”'],
  [{ r: 7.5 }, '“r”'],
  [{ r: '8' }, '“r”'],
  [{ r: undefined }, '“r”'],
  [{ lora_alpha: 0 }, '“lora_alpha”'],
  [{ lora_alpha: '16' }, '“lora_alpha”'],
  [{ lora_dropout: 2 }, '“lora_dropout”'],
  [{ lora_dropout: -0.1 }, '“lora_dropout”'],
  [{ use_rslora: 'yes' }, '“use_rslora”'],
  [{ target_modules: undefined }, '“target_modules”'],
  [{ target_modules: [] }, '“target_modules”'],
  [{ target_modules: [1] }, '“target_modules”'],
  [{ target_modules: '(' }, '“target_modules”'],
  [{ exclude_modules: [1] }, '“exclude_modules”'],
  [{ exclude_modules: '(' }, '“exclude_modules”'],
])('a config with %j is invalid', async (changes, reason) => {
  await expect(readPeft(await write(changes))).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { file: 'adapter_config.json', reason: expect.stringContaining(reason) },
  });
});

test('an alpha that overflows to infinity is invalid', async () => {
  const path = await write({});
  await writeFile(
    join(path, 'adapter_config.json'),
    JSON.stringify(plain).replace('"lora_alpha":2', '"lora_alpha":1e999'),
  );
  await expect(readPeft(path)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
});

test('tensors that are not matrices of a pair, or of an unsupported type, are refused', async () => {
  const extra = (key: string, tensor: StoredTensor) => write({}, { ...pair, [key]: tensor });
  const embedding: StoredTensor = { dtype: 'F32', dims: [1, 2], data: Float32Array.of(1, 2) };
  await expect(readPeft(await extra('base_model.model.embed.lora_embedding_A', embedding))).rejects.toMatchObject({
    code: 'ADAPTER_UNSUPPORTED',
    data: { feature: 'the tensor base_model.model.embed.lora_embedding_A' },
  });
  const vector: StoredTensor = { dtype: 'F32', dims: [2], data: Float32Array.of(1, 2) };
  await expect(readPeft(await extra(keyA, vector))).rejects.toMatchObject({ code: 'ADAPTER_UNSUPPORTED' });
  const whole: StoredTensor = { dtype: 'I32', dims: [1, 2], data: Int32Array.of(1, 2) };
  await expect(readPeft(await extra(keyA, whole))).rejects.toMatchObject({
    code: 'ADAPTER_UNSUPPORTED',
    data: { feature: 'numbers of type I32' },
  });
});

test('an adapter with NaN or infinite values is refused', async () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const broken: StoredTensor = { dtype: 'F32', dims: [2, 1], data: Float32Array.of(3, value) };
    await expect(readPeft(await write({}, { ...pair, [keyB]: broken }))).rejects.toMatchObject({
      code: 'MODEL_FILE_INVALID',
      data: { file: 'adapter_model.safetensors', reason: expect.stringContaining('not finite') },
    });
  }
});

let written = 0;

async function write(changes: Record<string, unknown>, tensors = pair): Promise<string> {
  const path = await mkdtemp(join(folder, `adapter-${written++}-`));
  await writeFile(join(path, 'adapter_config.json'), JSON.stringify({ ...plain, ...changes }));
  await writeSafetensors(join(path, 'adapter_model.safetensors'), new Map(Object.entries(tensors)));
  return path;
}
