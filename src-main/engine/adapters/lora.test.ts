import { expect, test } from 'vitest';
import { architectureOf } from '../architectures/by-model-type.ts';
import { ModelConfig } from '../architectures/model-config.ts';
import { adaptedModules, initialiseLora, weightDims } from './lora.ts';

const config = {
  ...{ model_type: 'llama', vocab_size: 8, hidden_size: 64, intermediate_size: 100 },
  ...{ num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2 },
};
const architecture = architectureOf(new ModelConfig(config, 'config.json'));
const settings = { rank: 8, alpha: 16, targets: ['q', 'v', 'down'], seed: 1 } as const;

test('every targeted matrix of every layer is adapted, and no other', () => {
  expect(adaptedModules(architecture, ['q', 'down'])).toEqual([
    'model.layers.0.self_attn.q_proj',
    'model.layers.0.mlp.down_proj',
    'model.layers.1.self_attn.q_proj',
    'model.layers.1.mlp.down_proj',
  ]);
  expect(weightDims(architecture, 'model.layers.1.self_attn.v_proj')).toEqual([32, 64]);
});

test('A is [rank, in] and random, B is [out, rank] and zero, and the scale is alpha ÷ rank', () => {
  const { tensors, scale } = initialiseLora(architecture, { ...settings, initialisation: 'kaiming' });
  expect(scale).toBe(2);
  expect(tensors.size).toBe(12);
  expect(tensors.get('model.layers.0.mlp.down_proj.lora_A')?.dims).toEqual([8, 100]);
  expect(tensors.get('model.layers.0.mlp.down_proj.lora_B')?.dims).toEqual([64, 8]);
  for (const [name, { data }] of tensors) expect(data.every((value) => value === 0)).toBe(name.endsWith('lora_B'));
});

test('kaiming is uniform within ±1/√in, and gaussian has a standard deviation of 1/rank', () => {
  const valuesOf = (initialisation: 'kaiming' | 'gaussian') => {
    const { tensors } = initialiseLora(architecture, { ...settings, initialisation });
    return [...(tensors.get('model.layers.0.self_attn.q_proj.lora_A')?.data ?? [])];
  };
  const deviation = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
  const uniform = valuesOf('kaiming');
  expect(Math.max(...uniform.map(Math.abs))).toBeLessThanOrEqual(1 / 8);
  // 512 values: a standard deviation is known to within a thirtieth.
  expect(Math.abs(deviation(uniform) * 8 * Math.sqrt(3) - 1)).toBeLessThan(0.1);
  expect(Math.abs(deviation(valuesOf('gaussian')) * 8 - 1)).toBeLessThan(0.15);
});

test('the same seed gives the same A; another seed or module gives another', () => {
  const start = (seed: number) =>
    initialiseLora(architecture, { ...settings, initialisation: 'kaiming', seed }).tensors;
  const first = 'model.layers.0.self_attn.q_proj.lora_A';
  expect(start(1)).toEqual(start(1));
  expect(start(1).get(first)).not.toEqual(start(2).get(first));
  expect(start(1).get(first)).not.toEqual(start(1).get('model.layers.1.self_attn.q_proj.lora_A'));
});
