import type { Target } from '../../../src-contract/adapter.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { Expression } from '../graph/expression.ts';
import { add } from '../graph/ops/add.ts';
import { gather } from '../graph/ops/gather.ts';
import { layerNorm } from '../graph/ops/inverse-rms.ts';
import { gelu } from '../graph/ops/sigmoid.ts';
import { type Architecture, type ModelInput, moduleOfWeight, type StoredPart } from './architecture.ts';
import { attention, splitHeads } from './attention.ts';
import { most, refuseForeign, requireActivation } from './decoder-sizes.ts';
import type { ModelConfig } from './model-config.ts';

/** Where each matrix is stored: c_attn holds three side by side. There is no gate. */
const stored = {
  q: { module: 'attn.c_attn', third: 0 },
  k: { module: 'attn.c_attn', third: 1 },
  v: { module: 'attn.c_attn', third: 2 },
  o: { module: 'attn.c_proj', third: undefined },
  up: { module: 'mlp.c_fc', third: undefined },
  down: { module: 'mlp.c_proj', third: undefined },
} as const;
type Gpt2Target = keyof typeof stored;
/** Other models' names of its keys, which take precedence. Source: transformers, `GPT2Config.attribute_map`. */
const aliases = {
  ...{ n_layer: 'num_hidden_layers', n_embd: 'hidden_size', n_head: 'num_attention_heads' },
  n_positions: 'max_position_embeddings',
} as const;
const targets = Object.keys(stored) as Gpt2Target[];

/**
 * GPT-2 (Radford et al. 2019): pre-norm blocks with LayerNorm, learned positions, biases everywhere, GELU.
 *
 * Checkpoints store matrices as [in, out] (transformers' Conv1D), and queries, keys and values as one, `c_attn`. Here
 * each is a separate linear layer, [out, in], so that LoRA can adapt any of them; `storedAs` and `peftPartOf` give
 * their place in the files. Throws MODEL_UNSUPPORTED, MODEL_FILE_INVALID.
 */
export function gpt2(config: ModelConfig): Architecture {
  const named = (own: keyof typeof aliases) => (config.has(aliases[own]) ? aliases[own] : own);
  const layers = config.count(named('n_layer'), most.layers);
  const hidden = config.count(named('n_embd'), most.width);
  const heads = config.count(named('n_head'), most.heads);
  if (hidden % heads !== 0) throw config.invalid(because('KEY_NOT_DIVISOR', { key: named('n_head'), number: hidden }));
  const headSize = hidden / heads;
  const intermediate = config.count('n_inner', most.width, 4 * hidden);
  const vocabulary = config.count('vocab_size', most.vocabulary);
  const contextLength = config.count(named('n_positions'), most.contextLength, 1024);
  const epsilon = config.positive('layer_norm_epsilon', 1e-5);
  refuseForeign(config);
  requireActivation(config, 'activation_function', ['gelu_new', 'gelu_pytorch_tanh']);
  if (config.flag('add_cross_attention', false)) throw config.unsupported(because('CROSS_ATTENTION'));
  const base = config.flag('scale_attn_weights', true) ? 1 / Math.sqrt(headSize) : 1;
  const byLayer = config.flag('scale_attn_by_inverse_layer_idx', false);

  const head = config.flag('tie_word_embeddings', true) ? 'transformer.wte.weight' : 'lm_head.weight';
  const blocks = Array.from({ length: layers }, (_, layer) => `transformer.h.${layer}`);
  const dims: Readonly<Record<Gpt2Target, readonly [number, number]>> = {
    ...{ q: [hidden, hidden], k: [hidden, hidden], v: [hidden, hidden], o: [hidden, hidden] },
    ...{ up: [intermediate, hidden], down: [hidden, intermediate] },
  };
  const parts = new Map<string, StoredPart>();
  for (const block of blocks) {
    for (const target of targets) {
      const [out, inFeatures] = dims[target];
      const { module, third } = stored[target];
      const all = third === undefined ? out : 3 * out;
      const [start, end] = third === undefined ? [0, out] : [third * out, (third + 1) * out];
      const own = `${block}.${moduleIn(target)}`;
      const from = `${block}.${module}`;
      parts.set(`${own}.weight`, { tensor: `${from}.weight`, dims: [inFeatures, all], start, end, transposed: true });
      parts.set(`${own}.bias`, { tensor: `${from}.bias`, dims: [all], start, end, transposed: false });
    }
  }
  const norm = (name: string): [string, readonly number[]][] => [
    [`${name}.weight`, [hidden]],
    [`${name}.bias`, [hidden]],
  ];
  const linears = (block: string, ...some: Gpt2Target[]): [string, readonly number[]][] => [
    // Weights first, then biases: parts of one tensor are consecutive.
    ...some.map((target): [string, readonly number[]] => [`${block}.${moduleIn(target)}.weight`, dims[target]]),
    ...some.map((target): [string, readonly number[]] => [`${block}.${moduleIn(target)}.bias`, [dims[target][0]]]),
  ];
  const parameters = new Map<string, readonly number[]>([
    ['transformer.wte.weight', [vocabulary, hidden]],
    ['transformer.wpe.weight', [contextLength, hidden]],
    ...blocks.flatMap((block) => [
      ...norm(`${block}.ln_1`),
      ...linears(block, 'q', 'k', 'v'),
      ...linears(block, 'o'),
      ...norm(`${block}.ln_2`),
      ...linears(block, 'up'),
      ...linears(block, 'down'),
    ]),
    ...norm('transformer.ln_f'),
    [head, [vocabulary, hidden]],
  ]);

  function linear(target: Gpt2Target, layer: number, x: Expression, input: ModelInput): Expression {
    const module = `${blocks[layer]}.${moduleIn(target)}`;
    return add(input.linear(module, x), input.parameter(`${module}.bias`));
  }

  function selfAttention(layer: number, x: Expression, input: ModelInput): Expression {
    const project = (target: Gpt2Target) => splitHeads(linear(target, layer, x, input), input, heads, headSize);
    const projected = { queries: project('q'), keys: project('k'), values: project('v') };
    const factor = byLayer ? base / (layer + 1) : base;
    const mixed = attention(projected, input, { layer, masks: input.masks, factor });
    return linear('o', layer, input.asked(layer, mixed), input);
  }

  return {
    ...{ name: 'gpt2', layers, hidden, intermediate, vocabulary, contextLength, heads, keyValueHeads: heads, headSize },
    endIds: config.ids('eos_token_id', vocabulary),
    parameters,
    basePrefix: 'transformer.',
    storedAs: (parameter) => parts.get(parameter),
    targets,
    moduleOf: (target, layer) => `${blocks[layer]}.${moduleIn(known(target))}`,
    peftPartOf(target, layer) {
      const { module, third } = stored[known(target)];
      return { module: `${blocks[layer]}.${module}`, parts: third === undefined ? 1 : 3, part: third ?? 0 };
    },
    fanInFanOut: true,
    rotaryFrequencies: new Float64Array(),
    hiddenStates(input) {
      const normed = (x: Expression, name: string) =>
        layerNorm(x, input.parameter(`${name}.weight`), input.parameter(`${name}.bias`), epsilon);
      let x = add(
        gather(input.parameter('transformer.wte.weight'), input.ids),
        gather(input.parameter('transformer.wpe.weight'), input.positionIds),
      );
      blocks.forEach((block, layer) => {
        const attended = selfAttention(layer, normed(x, `${block}.ln_1`), input);
        x = add(input.asked(layer, x), input.insert('attention', layer, attended));
        const wide = gelu(linear('up', layer, normed(x, `${block}.ln_2`), input));
        const fed = linear('down', layer, wide, input);
        x = input.insert('layer', layer, add(x, input.insert('mlp', layer, fed)));
      });
      return normed(x, 'transformer.ln_f');
    },
    embedding: 'transformer.wte',
    head: moduleOfWeight(head),
  };
}

/** The module of a matrix inside its block, with a name of our own where the file stores it inside another. */
function moduleIn(target: Gpt2Target): string {
  const { module, third } = stored[target];
  return third === undefined ? module : `${module}.${target}`;
}

/** Callers check `targets` first. */
function known(target: Target): Gpt2Target {
  if (!Object.hasOwn(stored, target)) throw new Error(`GPT-2 has no matrix ${target}`);
  return target as Gpt2Target;
}
