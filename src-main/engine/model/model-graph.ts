import { type Adaptation, adapt, asItIs } from '../adapters/adaptation.ts';
import type { Architecture, ModelInput } from '../architectures/architecture.ts';
import { type Expression, input } from '../graph/expression.ts';
import { gradient } from '../graph/gradient.ts';
import { add } from '../graph/ops/add.ts';
import { sumTo } from '../graph/ops/broadcast.ts';
import { gather } from '../graph/ops/gather.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { pick } from '../graph/ops/pick.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { scale } from '../graph/ops/scale.ts';
import { logSoftmax } from '../graph/ops/softmax.ts';
import { rematerialise } from '../graph/rematerialise.ts';
import { int4Linear } from '../weights/int4-weights.ts';
import { int8Linear, int8Scores } from '../weights/int8-weights.ts';
import { type Precision, roundedModules } from '../weights/rounded-weights.ts';
import { maskInputs, tokensOfRow } from './causal-parts.ts';
import { isBetweenLayers, isCostly } from './kept-values.ts';

/** Output name of the log-probabilities; gradients are named after what they are taken with respect to. */
export const logProbabilities = 'log_probabilities';

export interface GraphOptions {
  readonly precision?: Precision;
}

/**
 * Natural log-probability of each target token, [targets]. Head and softmax run on target positions only. Feeds: those
 * of a micro-batch, the weights, and those of the adapter where the graph is adapted.
 */
export function scoreGraph(
  architecture: Architecture,
  adaptation: Adaptation | null,
  { precision = 'float32' }: GraphOptions = {},
): Record<string, Expression> {
  return { [logProbabilities]: forward(architecture, adaptation, precision).logProbs };
}

export interface TrainGraphOptions extends GraphOptions {
  readonly labelSmoothing?: number | undefined;
  readonly gradientCheckpointing?: boolean | undefined;
}

/**
 * As `scoreGraph`, with the gradient of Σ(cotangent ∘ log-probabilities) with respect to each adapter tensor, or to
 * every weight where there is no adapter. `cotangent` [targets] is −1/N for the mean loss over N target tokens: with
 * the N of the whole optimiser batch, gradients of its micro-batches simply add up.
 *
 * With `labelSmoothing` ε the gradient is that of (1 − ε) · log p(target) + ε · mean of log p over the vocabulary
 * (Szegedy et al. 2016, §7); the log-probabilities returned remain those of the targets, so that losses stay
 * comparable.
 *
 * What costs next to nothing is recomputed in the backward pass rather than kept for it; with `gradientCheckpointing`,
 * everything except what passes from layer to layer.
 */
export function trainGraph(
  architecture: Architecture,
  adaptation: Adaptation | null,
  { precision = 'float32', labelSmoothing = 0, gradientCheckpointing = false }: TrainGraphOptions = {},
): Record<string, Expression> {
  const { logProbs, allLogProbs, trainable } = forward(architecture, adaptation, precision);
  const names = [...trainable.keys()];
  const objective = labelSmoothing === 0 ? logProbs : smoothed(logProbs, allLogProbs, labelSmoothing);
  const cotangent = input('cotangent', ['targets']);
  const gradients = rematerialise(
    gradient(objective, cotangent, [...trainable.values()]),
    { differentiated: objective, cotangent },
    gradientCheckpointing ? isBetweenLayers : isCostly,
  );
  return {
    ...Object.fromEntries(names.map((name, i) => [name, gradients[i] as Expression])),
    // Last: onnxruntime goes from the last output to the first, and these end the forward pass.
    [logProbabilities]: logProbs,
  };
}

function forward(architecture: Architecture, adaptation: Adaptation | null, precision: Precision) {
  const { modelInput, scores, trainable, targetsOf } = inputs(architecture, adaptation, precision);
  const states = targetsOf(architecture.hiddenStates(modelInput));
  const allLogProbs = logSoftmax(scores(states));
  return { logProbs: pick(allLogProbs, input('target_ids', ['targets'], 'int32')), allLogProbs, trainable };
}

function smoothed(logProbs: Expression, allLogProbs: Expression, share: number): Expression {
  const [targets, classes] = allLogProbs.shape as readonly ['targets', number];
  const sums = reshape(sumTo(allLogProbs, [targets, 1]), [targets]);
  return add(scale(logProbs, 1 - share), scale(sums, share / classes));
}

function inputs(architecture: Architecture, adaptation: Adaptation | null, precision: Precision) {
  const weights = new Map<string, Expression>();
  const parameter = (name: string) => {
    const known = weights.get(name) ?? input(name, architecture.parameters.get(name) as readonly number[]);
    weights.set(name, known);
    return known;
  };
  const rounded = new Set(roundedModules(architecture, precision));
  const plain = (module: string, x: Expression) => {
    if (!rounded.has(module)) return matmul(x, parameter(`${module}.weight`), { transposeB: true });
    return (precision === 'int4' ? int4Linear : int8Linear)(architecture, module, x);
  };
  const scores = (states: Expression) =>
    precision === 'int8'
      ? int8Scores(architecture, states, parameter(`${architecture.head}.weight`))
      : plain(architecture.head, states);
  const adapted = adaptation === null ? undefined : adapt(architecture, plain, adaptation);
  const targetPositions = input('target_positions', ['targets'], 'int32');
  const targetsOf = (x: Expression) => (x.shape[0] === 'targets' ? x : gather(x, targetPositions));
  const isLast = (layer: number) => layer === architecture.layers - 1;
  const angles = ['rows', tokensOfRow, 1, architecture.headSize / 2];
  const [cos, sin] = [input('cos', angles), input('sin', angles)];
  const modelInput: ModelInput = {
    ids: input('ids', ['positions'], 'int32'),
    cos,
    sin,
    masks: maskInputs('mask'),
    positionIds: input('position_ids', ['positions'], 'int32'),
    local: {
      cos: architecture.localRotaryFrequencies ? input('local_cos', angles) : cos,
      sin: architecture.localRotaryFrequencies ? input('local_sin', angles) : sin,
      masks: maskInputs('local_mask'),
    },
    parameter,
    linear: adapted?.linear ?? plain,
    insert: adapted?.insert ?? asItIs,
    asked: (layer, x) => (isLast(layer) && !adapted?.wantsAllPositions ? targetsOf(x) : x),
  };
  return { modelInput, scores, targetsOf, trainable: adapted?.trainable ?? weights };
}
