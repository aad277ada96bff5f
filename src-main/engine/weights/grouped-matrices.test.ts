import { expect, test } from 'vitest';
import { architectureOf } from '../architectures/by-model-type.ts';
import { ModelConfig } from '../architectures/model-config.ts';
import { float32 } from '../tensor.ts';
import { groupedMatrices } from './grouped-matrices.ts';

test('matrices with the same input form one group in architecture order, and the head another', async () => {
  const architecture = architectureOf(
    new ModelConfig(
      {
        ...{ model_type: 'llama', vocab_size: 3, hidden_size: 64, intermediate_size: 32, tie_word_embeddings: true },
        ...{ num_hidden_layers: 2, num_attention_heads: 2, num_key_value_heads: 1 },
      },
      'config.json',
    ),
  );
  // As they may be ordered in a file: by name.
  const names = [...architecture.parameters.keys()].toSorted();
  async function* weights() {
    for (const name of names) yield [name, float32(architecture.parameters.get(name) as readonly number[])] as const;
  }
  const groups = await Array.fromAsync(groupedMatrices(architecture, weights()));
  const layer = (index: number) => [
    [`${index}.down`, [[64, 32]]],
    [
      `${index}.gateup`,
      [
        [32, 64],
        [32, 64],
      ],
    ],
    [`${index}.o`, [[64, 64]]],
    [
      `${index}.qkv`,
      [
        [64, 64],
        [32, 64],
        [32, 64],
      ],
    ],
  ];
  const found = groups.map(([name, matrices]) => [name, matrices.map(({ dims }) => dims)]);
  expect(found.toSorted()).toEqual([...layer(0), ...layer(1), ['model.embed_tokens', [[3, 64]]]].toSorted());
});
