import { expect, test } from 'vitest';
import { architectureOf } from './by-model-type.ts';
import { ModelConfig } from './model-config.ts';

const small = {
  model_type: 'llama',
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 256,
  rope_theta: 500,
  eos_token_id: 2,
};

test('a small model has the expected sizes and weight shapes, with lm_head only if it is untied', () => {
  const untied = llama({});
  expect(untied).toMatchObject({ layers: 2, hidden: 64, vocabulary: 256, headSize: 16, keyValueHeads: 2, endIds: [2] });
  expect(untied.parameters.get('model.layers.1.self_attn.k_proj.weight')).toEqual([32, 64]);
  expect(untied.parameters.get('lm_head.weight')).toEqual([256, 64]);
  expect(llama({ tie_word_embeddings: true }).parameters.has('lm_head.weight')).toBe(false);
});

test('head_dim can make the attention wider than the hidden state', () => {
  const { parameters } = llama({ head_dim: 40 });
  expect(parameters.get('model.layers.0.self_attn.q_proj.weight')).toEqual([160, 64]);
  expect(parameters.get('model.layers.0.self_attn.o_proj.weight')).toEqual([64, 160]);
});

test('without num_key_value_heads, every head has its own keys and values', () => {
  const { parameters } = llama({ num_key_value_heads: undefined });
  expect(parameters.get('model.layers.0.self_attn.v_proj.weight')).toEqual([64, 64]);
});

test('rotary frequencies are powers of theta, also from the rope_parameters of newer configs', () => {
  expect([...llama({ head_dim: 4, rope_theta: 100 }).rotaryFrequencies]).toEqual([1, 0.1]);
  const nested = llama({ head_dim: 4, rope_theta: 7, rope_parameters: { rope_type: 'default', rope_theta: 100 } });
  expect([...nested.rotaryFrequencies]).toEqual([1, 0.1]);
  expect([...llama({ head_dim: 4, rope_theta: 100, rope_parameters: {} }).rotaryFrequencies]).toEqual([1, 0.1]);
});

test('rope_scaling is read before rope_parameters, with its own theta, and an empty one is none', () => {
  const linear = { rope_type: 'linear', factor: 2 };
  const frequencies = (changes: object) => [...llama({ head_dim: 4, ...changes }).rotaryFrequencies];
  expect(frequencies({ rope_scaling: { ...linear, rope_theta: 100 } })).toEqual([0.5, 0.05]);
  const both = { rope_theta: 100, rope_scaling: linear, rope_parameters: { rope_theta: 7 } };
  expect(frequencies(both)).toEqual([0.5, 0.05]);
  expect(frequencies({ rope_scaling: {}, rope_parameters: { ...linear, rope_theta: 100 } })).toEqual([0.5, 0.05]);
});

test('a trained length beside the scaling takes precedence over the one in it', () => {
  const scaling = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const trainedFor = (length: number) => ({ ...scaling, original_max_position_embeddings: length });
  const beside = llama({ rope_scaling: trainedFor(16), original_max_position_embeddings: 64 });
  expect(beside.rotaryFrequencies).toEqual(llama({ rope_scaling: trainedFor(64) }).rotaryFrequencies);
  expect(beside.rotaryFrequencies).not.toEqual(llama({ rope_scaling: trainedFor(16) }).rotaryFrequencies);
});

test.each([
  ['MODEL_FILE_INVALID', { hidden_size: 0 }],
  ['MODEL_FILE_INVALID', { num_attention_heads: 0 }],
  ['MODEL_FILE_INVALID', { num_attention_heads: 5, num_key_value_heads: 5 }],
  ['MODEL_FILE_INVALID', { num_key_value_heads: 3 }],
  ['MODEL_FILE_INVALID', { num_hidden_layers: 1e9 }],
  ['MODEL_FILE_INVALID', { head_dim: 2 ** 31 - 2 }],
  ['MODEL_FILE_INVALID', { vocab_size: undefined }],
  ['MODEL_FILE_INVALID', { rope_theta: 0 }],
  ['MODEL_FILE_INVALID', { rms_norm_eps: -1e-5 }],
  ['MODEL_FILE_INVALID', { eos_token_id: 256 }],
  ['MODEL_UNSUPPORTED', { model_type: 'nope' }],
  ['MODEL_UNSUPPORTED', { model_type: 'constructor' }],
  ['MODEL_UNSUPPORTED', { auto_map: { AutoModelForCausalLM: 'modeling_x.X' } }],
  ['MODEL_UNSUPPORTED', { quantization_config: { quant_method: 'bitsandbytes' } }],
  ['MODEL_FILE_INVALID', { rope_scaling: { rope_type: 'llama3', factor: 8 } }],
  ['MODEL_FILE_INVALID', { rope_scaling: { rope_type: 'linear', factor: 0 } }],
  ['MODEL_UNSUPPORTED', { rope_parameters: { rope_type: 'longrope', factor: 4 } }],
  ['MODEL_UNSUPPORTED', { partial_rotary_factor: 0.5 }],
  ['MODEL_UNSUPPORTED', { hidden_act: 'gelu' }],
  ['MODEL_FILE_INVALID', { attention_bias: 'yes' }],
  ['MODEL_UNSUPPORTED', { head_dim: 15 }],
  ['MODEL_UNSUPPORTED', { is_causal: false }],
  ['MODEL_UNSUPPORTED', { per_layer_config: { 1: { rms_norm_eps: 0.5 } } }],
  ['MODEL_UNSUPPORTED', { layer_types: ['full_attention', 'sliding_attention'] }],
  ['MODEL_UNSUPPORTED', { rope_parameters: { full_attention: { rope_type: 'linear', factor: 4 } } }],
])('%s for a config with %j', (code, changes) => {
  expect(() => llama(changes)).toThrow(expect.objectContaining({ code }));
});

function llama(changes: Record<string, unknown>) {
  return architectureOf(new ModelConfig({ ...small, ...changes }, 'config.json'));
}

test('Mistral, Qwen2 and Qwen3 differ from Llama in windows, biases and head norms', () => {
  const of = (changes: Record<string, unknown>) =>
    architectureOf(new ModelConfig({ ...small, ...changes }, 'config.json'));
  expect(of({ model_type: 'mistral' }).window).toBe(4096);
  expect(of({ model_type: 'mistral', sliding_window: null }).window).toBeUndefined();
  const qwen2 = { model_type: 'qwen2', sliding_window: 64, max_window_layers: 1 };
  expect(of(qwen2).window).toBeUndefined();
  expect(of({ ...qwen2, use_sliding_window: true }).window).toBe(64);
  expect(of({ ...qwen2, use_sliding_window: true, max_window_layers: 0 }).window).toBe(64);
  expect(of(qwen2).parameters.get('model.layers.0.self_attn.k_proj.bias')).toEqual([32]);
  expect(of(qwen2).parameters.has('model.layers.0.self_attn.o_proj.bias')).toBe(false);
  const qwen3 = of({ model_type: 'qwen3' });
  expect(qwen3.headSize).toBe(128);
  expect(qwen3.parameters.get('model.layers.0.self_attn.q_norm.weight')).toEqual([128]);
});

test('Gemma 3 scales the rotary positions of its global layers, whichever key has the scaling', () => {
  const linear = { rope_type: 'linear', factor: 2 };
  const parameters = { full_attention: { rope_theta: 100 }, sliding_attention: { rope_theta: 16 } };
  const changes = { model_type: 'gemma3_text', head_dim: 4, rope_parameters: parameters, rope_scaling: linear };
  const gemma = architectureOf(new ModelConfig({ ...small, ...changes }, 'config.json'));
  expect([...gemma.rotaryFrequencies]).toEqual([0.5, 0.05]);
  expect([...(gemma.localRotaryFrequencies ?? [])]).toEqual([1, 0.25]);
});

test('GPT-2 may have the keys of other models, which take precedence', () => {
  const own = { model_type: 'gpt2', vocab_size: 256, n_embd: 12, n_head: 3, n_layer: 1 };
  const others = { hidden_size: 8, num_attention_heads: 2, num_hidden_layers: 2, max_position_embeddings: 32 };
  expect(architectureOf(new ModelConfig({ ...own, ...others }, 'config.json'))).toMatchObject({
    ...{ hidden: 8, heads: 2, layers: 2, contextLength: 32 },
  });
});

test.each([
  ['MODEL_FILE_INVALID', { model_type: 'gemma3_text', rope_scaling: { type: 'linear', factor: 8 } }],
  ['MODEL_UNSUPPORTED', { model_type: 'mistral', layer_types: ['sliding_attention', 'full_attention'] }],
  ['MODEL_UNSUPPORTED', { model_type: 'qwen2', layer_types: ['full_attention', 'sliding_attention'] }],
  ['MODEL_FILE_INVALID', { model_type: 'qwen3', use_sliding_window: true, layer_types: ['full_attention'] }],
  ['MODEL_UNSUPPORTED', { model_type: 'qwen3', use_sliding_window: true, layer_types: ['full_attention', 'chunked'] }],
  ['MODEL_UNSUPPORTED', { model_type: 'gemma3_text', final_logit_softcapping: 30 }],
  ['MODEL_UNSUPPORTED', { model_type: 'gemma3_text', hidden_activation: 'gelu' }],
  ['MODEL_UNSUPPORTED', { model_type: 'gemma3_text', use_bidirectional_attention: true }],
  ['MODEL_FILE_INVALID', { model_type: 'gpt2', num_hidden_layers: undefined }],
  ['MODEL_FILE_INVALID', { model_type: 'gpt2', num_attention_heads: 3 }],
  ['MODEL_UNSUPPORTED', { model_type: 'gpt2', activation_function: 'relu' }],
  ['MODEL_UNSUPPORTED', { model_type: 'gpt2', add_cross_attention: true }],
])('%s for a config with %j', (code, changes) => {
  const config = new ModelConfig({ ...small, ...changes }, 'config.json');
  expect(() => architectureOf(config)).toThrow(expect.objectContaining({ code }));
});
