import type { Target } from '../../../src-contract/adapter.ts';
import type { Dim, Expression } from '../graph/expression.ts';
import { add } from '../graph/ops/add.ts';
import { gather } from '../graph/ops/gather.ts';
import { rmsNorm } from '../graph/ops/inverse-rms.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { multiply } from '../graph/ops/multiply.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { rotate } from '../graph/ops/rotate.ts';
import { silu } from '../graph/ops/sigmoid.ts';
import { transpose } from '../graph/ops/transpose.ts';
import type { Architecture, ModelInput } from './architecture.ts';
import { attend } from './attention.ts';
import type { ModelConfig } from './model-config.ts';

const modules: Readonly<Record<Target, string>> = {
  q: 'self_attn.q_proj',
  k: 'self_attn.k_proj',
  v: 'self_attn.v_proj',
  o: 'self_attn.o_proj',
  gate: 'mlp.gate_proj',
  up: 'mlp.up_proj',
  down: 'mlp.down_proj',
};

/** Far above any Llama there is. */
const most = { layers: 1024, width: 2 ** 20, vocabulary: 2 ** 24, heads: 4096, headSize: 4096, contextLength: 2 ** 30 };

/**
 * Llama (Touvron et al. 2023): pre-norm blocks of attention and SwiGLU, RMSNorm, rotary positions, grouped-query attention.
 * Weight names and config keys are those of Hugging Face's LlamaForCausalLM. Throws MODEL_UNSUPPORTED, MODEL_FILE_INVALID.
 */
export function llama(config: ModelConfig): Architecture {
  const layers = config.count('num_hidden_layers', most.layers);
  const hidden = config.count('hidden_size', most.width);
  const intermediate = config.count('intermediate_size', most.width);
  const vocabulary = config.count('vocab_size', most.vocabulary);
  const heads = config.count('num_attention_heads', most.heads);
  const keyValueHeads = config.count('num_key_value_heads', most.heads, heads);
  const headSize = config.count('head_dim', most.headSize, hidden / heads);
  const epsilon = config.positive('rms_norm_eps', 1e-6);
  const tied = config.flag('tie_word_embeddings', false);
  refuseWhatIsNotLlama(config, heads, keyValueHeads, headSize);

  const head = tied ? 'model.embed_tokens.weight' : 'lm_head.weight';
  const blocks = Array.from({ length: layers }, (_, layer) => `model.layers.${layer}`);
  const parameters = new Map<string, readonly number[]>([
    ['model.embed_tokens.weight', [vocabulary, hidden]],
    ...blocks.flatMap((block): [string, readonly number[]][] => [
      [`${block}.input_layernorm.weight`, [hidden]],
      [`${block}.${modules.q}.weight`, [heads * headSize, hidden]],
      [`${block}.${modules.k}.weight`, [keyValueHeads * headSize, hidden]],
      [`${block}.${modules.v}.weight`, [keyValueHeads * headSize, hidden]],
      [`${block}.${modules.o}.weight`, [hidden, heads * headSize]],
      [`${block}.post_attention_layernorm.weight`, [hidden]],
      [`${block}.${modules.gate}.weight`, [intermediate, hidden]],
      [`${block}.${modules.up}.weight`, [intermediate, hidden]],
      [`${block}.${modules.down}.weight`, [hidden, intermediate]],
    ]),
    ['model.norm.weight', [hidden]],
    [head, [vocabulary, hidden]],
  ]);

  function attention(layer: number, x: Expression, input: ModelInput): Expression {
    const block = blocks[layer];
    const [rows, tokens] = input.cos.shape as [Dim, Dim];
    const project = (target: Target, count: number) =>
      reshape(input.linear(`${block}.${modules[target]}`, x), [rows, tokens, count, headSize]);
    const headsFirst = (value: Expression) => transpose(value, [0, 2, 1, 3]);
    const queries = rotate(project('q', heads), input.cos, input.sin);
    const keys = headsFirst(rotate(project('k', keyValueHeads), input.cos, input.sin));
    const values = headsFirst(project('v', keyValueHeads));
    const mixed = attend(queries, input.cache(layer, { keys, values }), input.mask, x.shape[0] as Dim);
    return input.linear(`${block}.${modules.o}`, mixed);
  }

  function feedForward(layer: number, x: Expression, input: ModelInput): Expression {
    const block = blocks[layer];
    const gated = multiply(
      silu(input.linear(`${block}.${modules.gate}`, x)),
      input.linear(`${block}.${modules.up}`, x),
    );
    return input.linear(`${block}.${modules.down}`, gated);
  }

  return {
    name: 'llama',
    layers,
    hidden,
    intermediate,
    vocabulary,
    contextLength: config.count('max_position_embeddings', most.contextLength, 2048),
    keyValueHeads,
    headSize,
    endIds: config.ids('eos_token_id', vocabulary),
    parameters,
    moduleOf: (target, layer) => `${blocks[layer]}.${modules[target]}`,
    rotaryFrequencies: rotaryFrequencies(headSize, ropeTheta(config)),
    hiddenStates(input) {
      const norm = (x: Expression, name: string) => rmsNorm(x, input.parameter(name), epsilon);
      let x = gather(input.parameter('model.embed_tokens.weight'), input.ids);
      blocks.forEach((block, layer) => {
        x = add(x, attention(layer, norm(x, `${block}.input_layernorm.weight`), input));
        x = add(x, feedForward(layer, norm(x, `${block}.post_attention_layernorm.weight`), input));
      });
      return norm(x, 'model.norm.weight');
    },
    logits: (states, parameter) => matmul(states, parameter(head), { transposeB: true }),
  };
}

/** θ^(−2i / size) for each pair i (Su et al. 2021). */
function rotaryFrequencies(headSize: number, theta: number): Float64Array {
  return Float64Array.from({ length: headSize / 2 }, (_, i) => theta ** ((-2 * i) / headSize));
}

/** Newer configs keep it in `rope_parameters`. */
function ropeTheta(config: ModelConfig): number {
  const theta = config.positive('rope_theta', 10_000);
  return config.object('rope_parameters')?.positive('rope_theta', theta) ?? theta;
}

function refuseWhatIsNotLlama(config: ModelConfig, heads: number, keyValueHeads: number, headSize: number): void {
  const scaling = config.object('rope_scaling') ?? config.object('rope_parameters');
  const kind = scaling?.text('rope_type', scaling.text('type', 'default')) ?? 'default';
  if (kind !== 'default') throw config.unsupported(`rotary scaling “${kind}”`, 'plain rotary positions');
  if (config.has('quantization_config')) throw config.unsupported('quantised weights', 'F32, F16 and BF16 weights');
  if (config.has('auto_map')) throw config.unsupported('a model with code of its own', 'models that need no code');
  if (config.positive('partial_rotary_factor', 1) !== 1)
    throw config.unsupported('positions that turn a part of each head', 'plain rotary positions');
  if (config.text('hidden_act', 'silu') !== 'silu')
    throw config.unsupported(`activation “${config.text('hidden_act', '')}”`, 'silu');
  for (const key of ['attention_bias', 'mlp_bias']) {
    if (config.flag(key, false)) throw config.unsupported(`“${key}”`, 'layers without bias');
  }
  if (heads % keyValueHeads !== 0) throw config.invalid('num_key_value_heads', `a divisor of the ${heads} heads`);
  if (headSize % 2 !== 0) throw config.unsupported(`a head size of ${headSize}`, 'an even head size');
}
