import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeTinyModel } from '../../../test/fixtures/tiny-model.ts';
import { architectureOf } from '../architectures/by-model-type.ts';
import { ModelConfig } from '../architectures/model-config.ts';
import { lowerToNodes, outputPrefix } from '../backends/onnxruntime/lower.ts';
import { type OnnxGraph, type OnnxNode, readBy } from '../backends/onnxruntime/onnx-model.ts';
import { onnxruntimeBackend } from '../backends/onnxruntime/onnxruntime-backend.ts';
import type { Expression } from '../graph/expression.ts';
import { loadModel } from '../model/load-model.ts';
import { decodeGraph } from './decode-graph.ts';

const layers = 2;
const sizes = { vocab_size: 8, hidden_size: 16, intermediate_size: 16, num_hidden_layers: layers, hidden_act: 'silu' };
const heads = { num_attention_heads: 4, num_key_value_heads: 2, head_dim: 4 };
const configs = {
  llama: { model_type: 'llama', ...sizes, ...heads },
  'qwen2, whose keys have a bias': { model_type: 'qwen2', ...sizes, ...heads },
  'qwen3, whose keys are normalised': { model_type: 'qwen3', ...sizes, ...heads },
  'gpt2, which turns nothing': {
    model_type: 'gpt2',
    vocab_size: 8,
    n_embd: 16,
    n_head: 4,
    n_layer: layers,
    n_positions: 32,
  },
};

// New keys and values are written into memory that the products read as another input. If nothing enforced the order, a
// runtime that schedules its kernels differently would answer with what was there before.
test.each(Object.entries(configs))(
  'attention products read the KV cache only after the new positions are written: %s',
  (_, config) => {
    const architecture = architectureOf(new ModelConfig(config, 'config.json'));
    const targets = new Set(['q', 'v'] as const);
    expectOrder(decodeGraph(architecture, { targets, layers: undefined, matrices: { kind: 'floats' } }));
  },
);

test('attention reads the KV cache after it is written when q, k and v are one fused product', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'decode-graph-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeTinyModel(folder, { hidden: 64, layers });
  const model = await loadModel(folder, { ...onnxruntimeBackend(), integersFor: async () => 'none' as const }, 'int8');
  let made: Record<string, Expression> | undefined;
  await model.decoding('test', (matrices) => {
    expect(matrices.kind).toBe('blocks');
    made = decodeGraph(model.architecture, { targets: new Set(['q', 'v']), layers: undefined, matrices });
    return made;
  });
  expectOrder(made ?? {});
});

test('attention reads the KV cache after it is written when products use integers', () => {
  const architecture = architectureOf(new ModelConfig(configs.llama, 'config.json'));
  const options = { targets: new Set(['q', 'v'] as const), layers: undefined };
  expectOrder(decodeGraph(architecture, { ...options, matrices: { kind: 'integers' } }));
});

/**
 * With enough heads for all threads, a text attends through one kernel or the general way; with more threads than
 * heads, always the general way.
 */
function expectOrder(graph: Readonly<Record<string, Expression>>): void {
  expectOrderOf(lowerToNodes(graph), new Array(layers).fill('If'));
  expectOrderOf(lowerToNodes(graph, undefined, { threads: 16 }), new Array(2 * layers).fill('FusedMatMul'));
}

function expectOrderOf({ nodes }: Pick<OnnxGraph, 'nodes'>, types: readonly string[]): void {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  /** What is available before these: what they depend on, and the other outputs of those kernels. */
  const thereBefore = (names: readonly string[], there = new Set<string>()) => {
    for (const name of names) {
      if (there.has(name)) continue;
      const maker = makers.get(name);
      for (const each of maker?.outputs ?? [name]) there.add(each);
      if (maker !== undefined) thereBefore(readBy(maker), there);
    }
    return there;
  };
  const keptBy = (node: OnnxNode) => readBy(node).filter((name) => name.startsWith('kept_'));
  const readers = nodes.filter((node) => node.type !== 'Shape' && keptBy(node).length > 0);
  // The branches of a node start once everything that any of them reads is available.
  expect(readers.map(({ type }) => type)).toEqual(types);
  for (const node of readers) {
    const [kept = ''] = keptBy(node);
    const layer = kept.split('.')[1];
    const before = thereBefore(readBy(node));
    for (const kind of ['keys', 'values']) expect(before).toContain(`${outputPrefix}${kind}.${layer}`);
  }
}
