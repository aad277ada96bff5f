import { expect, test } from 'vitest';
import type { Target } from '../../../src-contract/adapter.ts';
import { decodeGraph } from '../answering/decode-graph.ts';
import { architectureOf } from '../architectures/by-model-type.ts';
import { ModelConfig } from '../architectures/model-config.ts';
import { type Expression, topologicalOrder } from '../graph/expression.ts';
import { scoreGraph } from './model-graph.ts';

const small = { hidden_size: 8, intermediate_size: 16, num_attention_heads: 2, vocab_size: 32 };
const llama = architectureOf(
  new ModelConfig({ ...small, model_type: 'llama', num_hidden_layers: 2, eos_token_id: 2 }, 'config.json'),
);
const down = (layer: number) => llama.moduleOf('down', layer);
const everything: ReadonlySet<Target> = new Set(llama.targets);

test('in the last layer, everything after attention is computed only for target positions', () => {
  const graph = scoreGraph(llama, { kind: 'lora', targets: ['q', 'down'], dropout: false });
  expect(rowsOf(graph, `${down(0)}.weight`)).toEqual(['positions']);
  expect(rowsOf(graph, `${down(1)}.weight`)).toEqual(['targets']);
});

test('the last layer keeps all positions if it has per-position inputs', () => {
  for (const adaptation of [
    { kind: 'lora', targets: ['down'], dropout: true },
    { kind: 'row-adapters', targets: ['down'] },
  ] as const) {
    expect(rowsOf(scoreGraph(llama, adaptation), `${down(1)}.weight`)).toEqual(['positions']);
  }
});

test('decoding computes the end of the last layer only for positions whose logits are requested', () => {
  const graph = decodeGraph(llama, { targets: everything, layers: undefined, matrices: { kind: 'floats' } });
  expect(rowsOf(graph, `${down(0)}.weight`)).toEqual(['positions']);
  expect(rowsOf(graph, `${down(1)}.weight`)).toEqual(['last']);
});

/** How many rows a weight is multiplied by, in each of its products. */
function rowsOf(graph: Readonly<Record<string, Expression>>, weight: string) {
  return topologicalOrder(Object.values(graph))
    .filter(({ op, inputs }) => op === 'matmul' && inputs[1]?.op === 'input' && nameOf(inputs[1]) === weight)
    .map(({ shape }) => shape[0]);
}

function nameOf(node: Expression): string {
  return (node as Expression<'input'>).attributes.name;
}
