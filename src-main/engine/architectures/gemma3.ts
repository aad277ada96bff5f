import type { Target } from '../../../src-contract/adapter.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { Expression } from '../graph/expression.ts';
import { add } from '../graph/ops/add.ts';
import { gather } from '../graph/ops/gather.ts';
import { inverseRms } from '../graph/ops/inverse-rms.ts';
import { multiply } from '../graph/ops/multiply.ts';
import { scale } from '../graph/ops/scale.ts';
import { gelu } from '../graph/ops/sigmoid.ts';
import { type Architecture, type ModelInput, moduleOfWeight } from './architecture.ts';
import { applyRotary, attention, splitHeads } from './attention.ts';
import { decoderSizes, matrixDims, most, refuseForeign, requireActivation } from './decoder-sizes.ts';
import { windowedLayers } from './layer-types.ts';
import { attentionTargets, feedForwardTargets, modules } from './llama-family.ts';
import type { ModelConfig } from './model-config.ts';
import { scaledRotary } from './rotary.ts';

/**
 * Gemma 3, the text model (Gemma Team 2025): norms before and after attention and MLP, queries and keys normalised head
 * by head, GeGLU, five sliding-window layers to each global one, either kind with its own rotary angles. Norm weights
 * are stored as their difference from 1. Throws MODEL_UNSUPPORTED, MODEL_FILE_INVALID.
 */
export function gemma3(config: ModelConfig): Architecture {
  const sizes = decoderSizes(config, { headSize: 256, contextLength: 131_072 });
  const { layers, hidden, vocabulary, heads, keyValueHeads, headSize, epsilon } = sizes;
  refuseForeign(config);
  refuseOtherGemmas(config);
  requireActivation(config, 'hidden_activation', ['gelu_pytorch_tanh']);
  const pattern = config.count('sliding_window_pattern', most.layers, 6);
  const isLocal = windowedLayers(config, layers, (layer) => (layer + 1) % pattern !== 0);
  const { global, local } = rotaries(config, headSize);
  const scoreScale = 1 / Math.sqrt(config.positive('query_pre_attn_scalar', 256));

  const head = config.flag('tie_word_embeddings', true) ? 'model.embed_tokens.weight' : 'lm_head.weight';
  const blocks = Array.from({ length: layers }, (_, layer) => `model.layers.${layer}`);
  const matrices = matrixDims(sizes);
  const matrix = (block: string, target: Target): [string, readonly number[]] => [
    `${block}.${modules[target]}.weight`,
    matrices[target],
  ];
  const parameters = new Map<string, readonly number[]>([
    ['model.embed_tokens.weight', [vocabulary, hidden]],
    ...blocks.flatMap((block): [string, readonly number[]][] => [
      [`${block}.input_layernorm.weight`, [hidden]],
      ...attentionTargets.map((target) => matrix(block, target)),
      [`${block}.self_attn.q_norm.weight`, [headSize]],
      [`${block}.self_attn.k_norm.weight`, [headSize]],
      [`${block}.post_attention_layernorm.weight`, [hidden]],
      [`${block}.pre_feedforward_layernorm.weight`, [hidden]],
      ...feedForwardTargets.map((target) => matrix(block, target)),
      [`${block}.post_feedforward_layernorm.weight`, [hidden]],
    ]),
    ['model.norm.weight', [hidden]],
    [head, [vocabulary, hidden]],
  ]);

  function norm(x: Expression, name: string, input: ModelInput): Expression {
    const normed = multiply(x, inverseRms(x, epsilon));
    // x̂ (1 + w)
    return add(normed, multiply(normed, input.parameter(`${name}.weight`)));
  }

  function selfAttention(layer: number, x: Expression, input: ModelInput): Expression {
    const block = blocks[layer];
    const sight = isLocal(layer) ? input.local : input;
    const factor = scoreScale * (isLocal(layer) ? local : global).scoreFactor;
    const project = (target: Target, count: number) =>
      splitHeads(input.linear(`${block}.${modules[target]}`, x), sight, count, headSize);
    const rotated = applyRotary(
      {
        queries: norm(project('q', heads), `${block}.self_attn.q_norm`, input),
        keys: norm(project('k', keyValueHeads), `${block}.self_attn.k_norm`, input),
        values: project('v', keyValueHeads),
      },
      sight,
    );
    const mixed = attention(rotated, input, { layer, masks: sight.masks, factor });
    return input.linear(`${block}.${modules.o}`, input.asked(layer, mixed));
  }

  function feedForward(layer: number, x: Expression, input: ModelInput): Expression {
    const linear = (target: Target, from: Expression) => input.linear(`${blocks[layer]}.${modules[target]}`, from);
    return linear('down', multiply(gelu(linear('gate', x)), linear('up', x)));
  }

  return {
    ...sizes,
    name: 'gemma3_text',
    parameters,
    basePrefix: 'model.',
    targets: [...attentionTargets, ...feedForwardTargets],
    moduleOf: (target, layer) => `${blocks[layer]}.${modules[target]}`,
    rotaryFrequencies: global.frequencies,
    localRotaryFrequencies: local.frequencies,
    window: config.count('sliding_window', most.contextLength, 4096),
    hiddenStates(input) {
      let x = scale(gather(input.parameter('model.embed_tokens.weight'), input.ids), Math.sqrt(hidden));
      blocks.forEach((block, layer) => {
        const attended = selfAttention(layer, norm(x, `${block}.input_layernorm`, input), input);
        const after = norm(attended, `${block}.post_attention_layernorm`, input);
        x = add(input.asked(layer, x), input.insert('attention', layer, after));
        const fed = feedForward(layer, norm(x, `${block}.pre_feedforward_layernorm`, input), input);
        const last = norm(fed, `${block}.post_feedforward_layernorm`, input);
        x = input.insert('layer', layer, add(x, input.insert('mlp', layer, last)));
      });
      return norm(x, 'model.norm', input);
    },
    embedding: 'model.embed_tokens',
    head: moduleOfWeight(head),
  };
}

/**
 * Newer configs have an object for each kind of layer; older ones give two bases and scale the global one. Source:
 * transformers 5, `Gemma3TextConfig.convert_rope_params_to_dict`.
 */
function rotaries(config: ModelConfig, headSize: number) {
  const parameters = config.object('rope_parameters');
  const older = config.object('rope_scaling');
  // Version 4 of transformers scales by a `type`, version 5 doesn't look at it.
  if (older?.has('rope_type') === false && older.text('type', 'default') !== 'default')
    throw config.invalid(because('KEY_READ_TWO_WAYS', { key: 'rope_scaling.type', other: 'rope_type' }));
  const globally = parameters?.object('full_attention')?.with(older) ?? older;
  const locally = parameters?.object('sliding_attention');
  const globalTheta = config.positive('rope_theta', 1_000_000);
  const localTheta = config.positive('rope_local_base_freq', 10_000);
  const theta = globally?.positive('rope_theta', globalTheta) ?? globalTheta;
  const thetaNearby = locally?.positive('rope_theta', localTheta) ?? localTheta;
  return {
    global: scaledRotary(config, headSize, { scaling: globally, theta }),
    local: scaledRotary(config, headSize, { scaling: locally, theta: thetaNearby }),
  };
}

function refuseOtherGemmas(config: ModelConfig): void {
  for (const key of ['attn_logit_softcapping', 'final_logit_softcapping']) {
    if (config.has(key)) throw config.unsupported(because('SCORES_CAPPED', { key }));
  }
  if (config.flag('use_bidirectional_attention', false)) throw config.unsupported(because('ATTENTION_BOTH_WAYS'));
  if (config.flag('attention_bias', false)) throw config.unsupported(because('ATTENTION_BIAS'));
}
