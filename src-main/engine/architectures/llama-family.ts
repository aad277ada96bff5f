import type { Target } from '../../../src-contract/adapter.ts';
import type { Expression } from '../graph/expression.ts';
import { add } from '../graph/ops/add.ts';
import { gather } from '../graph/ops/gather.ts';
import { rmsNorm } from '../graph/ops/inverse-rms.ts';
import { multiply } from '../graph/ops/multiply.ts';
import { silu } from '../graph/ops/silu.ts';
import { type Architecture, type ModelInput, moduleOfWeight } from './architecture.ts';
import { applyRotary, attention, splitHeads } from './attention.ts';
import { decoderSizes, matrixDims, refuseForeign, requireActivation } from './decoder-sizes.ts';
import type { ModelConfig } from './model-config.ts';
import { rotaryOf } from './rotary.ts';

/** The usual module of each matrix inside its layer. */
export const modules: Readonly<Record<Target, string>> = {
  q: 'self_attn.q_proj',
  k: 'self_attn.k_proj',
  v: 'self_attn.v_proj',
  o: 'self_attn.o_proj',
  gate: 'mlp.gate_proj',
  up: 'mlp.up_proj',
  down: 'mlp.down_proj',
};

export const attentionTargets: readonly Target[] = ['q', 'k', 'v', 'o'];
export const feedForwardTargets: readonly Target[] = ['gate', 'up', 'down'];

/** How a member of the family differs from plain Llama. */
export interface Traits {
  readonly name: string;
  /** Matrices with a bias. */
  readonly biases: readonly Target[];
  /** Whether queries and keys are normalised head by head before they are rotated. */
  readonly headNorms: boolean;
  /** The window of each layer that has one; `layers` tells which. */
  readonly window?: { readonly size: number; readonly layers: (layer: number) => boolean } | undefined;
  /** Where the config has none. */
  readonly headSize?: number;
  readonly contextLength: number;
}

/**
 * Llama (Touvron et al. 2023) and its descendants: pre-norm blocks of attention and SwiGLU, RMSNorm, rotary positions,
 * grouped-query attention. Weight names and config keys are those of transformers. Throws MODEL_UNSUPPORTED,
 * MODEL_FILE_INVALID.
 */
export function llamaFamily(config: ModelConfig, traits: Traits): Architecture {
  const sizes = decoderSizes(config, traits);
  const { layers, hidden, vocabulary, heads, keyValueHeads, headSize, epsilon } = sizes;
  refuseForeign(config);
  requireActivation(config, 'hidden_act', ['silu']);
  const rotary = rotaryOf(config, headSize);
  const factor = rotary.scoreFactor / Math.sqrt(headSize);

  const head = config.flag('tie_word_embeddings', false) ? 'model.embed_tokens.weight' : 'lm_head.weight';
  const blocks = Array.from({ length: layers }, (_, layer) => `model.layers.${layer}`);
  const matrices = matrixDims(sizes);
  type Named = [name: string, dims: readonly number[]];
  const matrix = (block: string, target: Target): Named[] => {
    const named: Named = [`${block}.${modules[target]}.weight`, matrices[target]];
    return traits.biases.includes(target)
      ? [named, [`${block}.${modules[target]}.bias`, [matrices[target][0]]]]
      : [named];
  };
  const headNorms = (block: string) =>
    ['q', 'k'].map((which): Named => [`${block}.self_attn.${which}_norm.weight`, [headSize]]);
  const parameters = new Map<string, readonly number[]>([
    ['model.embed_tokens.weight', [vocabulary, hidden]],
    ...blocks.flatMap((block): Named[] => [
      [`${block}.input_layernorm.weight`, [hidden]],
      ...attentionTargets.flatMap((target) => matrix(block, target)),
      ...(traits.headNorms ? headNorms(block) : []),
      [`${block}.post_attention_layernorm.weight`, [hidden]],
      ...feedForwardTargets.flatMap((target) => matrix(block, target)),
    ]),
    ['model.norm.weight', [hidden]],
    [head, [vocabulary, hidden]],
  ]);

  function project(target: Target, layer: number, x: Expression, input: ModelInput): Expression {
    const module = `${blocks[layer]}.${modules[target]}`;
    const y = input.linear(module, x);
    return traits.biases.includes(target) ? add(y, input.parameter(`${module}.bias`)) : y;
  }

  function selfAttention(layer: number, x: Expression, input: ModelInput): Expression {
    const sight = traits.window?.layers(layer) ? input.local : input;
    const split = (target: Target, count: number) =>
      splitHeads(project(target, layer, x, input), sight, count, headSize);
    const normed = (which: 'q' | 'k', value: Expression) =>
      traits.headNorms
        ? rmsNorm(value, input.parameter(`${blocks[layer]}.self_attn.${which}_norm.weight`), epsilon)
        : value;
    const rotated = applyRotary(
      {
        queries: normed('q', split('q', heads)),
        keys: normed('k', split('k', keyValueHeads)),
        values: split('v', keyValueHeads),
      },
      sight,
    );
    const mixed = attention(rotated, input, { layer, masks: sight.masks, factor });
    return project('o', layer, input.asked(layer, mixed), input);
  }

  function feedForward(layer: number, x: Expression, input: ModelInput): Expression {
    const gated = multiply(silu(project('gate', layer, x, input)), project('up', layer, x, input));
    return project('down', layer, gated, input);
  }

  return {
    ...sizes,
    name: traits.name,
    parameters,
    basePrefix: 'model.',
    targets: [...attentionTargets, ...feedForwardTargets],
    moduleOf: (target, layer) => `${blocks[layer]}.${modules[target]}`,
    rotaryFrequencies: rotary.frequencies,
    window: traits.window?.size,
    hiddenStates(input) {
      const norm = (x: Expression, name: string) => rmsNorm(x, input.parameter(name), epsilon);
      let x = gather(input.parameter('model.embed_tokens.weight'), input.ids);
      blocks.forEach((block, layer) => {
        const attended = selfAttention(layer, norm(x, `${block}.input_layernorm.weight`), input);
        x = add(input.asked(layer, x), input.insert('attention', layer, attended));
        const fed = feedForward(layer, norm(x, `${block}.post_attention_layernorm.weight`), input);
        x = input.insert('layer', layer, add(x, input.insert('mlp', layer, fed)));
      });
      return norm(x, 'model.norm.weight');
    },
    embedding: 'model.embed_tokens',
    head: moduleOfWeight(head),
  };
}
