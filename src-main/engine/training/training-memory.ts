import { mostValidationRows } from '../../../src-contract/validation-interval.ts';
import { stackSizes } from '../adapters/adapter-stack.ts';
import { adaptedModules, weightDims } from '../adapters/lora.ts';
import { groupsOf } from '../adapters/target-groups.ts';
import { decodeGraph } from '../answering/decode-graph.ts';
import { longestPiece } from '../answering/stream-batch.ts';
import { type Architecture, moduleOfWeight } from '../architectures/architecture.ts';
import type { Backend } from '../backends/backend.ts';
import type { TrainingMemory, TrainingMemoryJob } from '../engine.ts';
import { type Expression, type OpName, topologicalOrder } from '../graph/expression.ts';
import { peakMemory } from '../graph/peak-memory.ts';
import { causalParts } from '../model/causal-parts.ts';
import { answeringMatrices, kernelsPrefill, precisionFor } from '../model/matrix-choices.ts';
import { scoreGraph, trainGraph } from '../model/model-graph.ts';
import { openModel } from '../model/open-model.ts';
import { elements } from '../tensor.ts';
import {
  bytesInside,
  type CachesBy,
  cacheBytes,
  cachesBy,
  inFourBits,
  kernelBytes,
  matrixNumbers,
} from '../weights/kernel-matrices.ts';
import { halfRoundedModule, type Precision, roundedModules } from '../weights/rounded-weights.ts';
import { cutMicroBatches, type MicroBatch, type Packing } from './micro-batches.ts';
import { packingFor } from './packing.ts';
import { sharesPass } from './pass-group.ts';
import { RowOrder } from './row-order.ts';

/**
 * What a training will hold in memory, by part, computed from the very graphs and micro-batches it will run; the
 * weights are not loaded. Throws as `inspect` does.
 */
export async function trainingMemory(job: TrainingMemoryJob, backend: Backend): Promise<TrainingMemory> {
  const { architecture, source } = await openModel(job.modelFolder);
  const wanted = job.precision ?? 'auto';
  const precision = wanted === 'auto' ? precisionFor(architecture, backend) : wanted;
  const ofKernels = kernelBytes(architecture, inFourBits({ architecture, source }, precision));
  await source.close();
  const { rank, targets } = job.method;
  const adaptation = { kind: 'lora' as const, targets, dropout: job.method.dropout > 0 };
  const { labelSmoothing, gradientCheckpointing } = job;
  const options = { precision, labelSmoothing, gradientCheckpointing };
  const answersBy = precision === 'float32' ? 'floats' : await answeringMatrices(precision, ofKernels, backend);
  const writes = precision !== 'float32' && backend.hasInt8;
  const numbers = matrixNumbers(architecture);
  const graphReads =
    precision === 'float32' ||
    answersBy === 'floats' ||
    !(await kernelsPrefill({ precision, answersBy, numbers }, backend));
  const decodeOptions = { targets: new Set(targets), layers: undefined };
  const graphs = {
    train: executed(trainGraph(architecture, adaptation, options)),
    score: Object.values(scoreGraph(architecture, { ...adaptation, dropout: false }, { precision })),
    generate: Object.values(
      decodeGraph(architecture, {
        ...decodeOptions,
        matrices: { kind: answersBy === 'integers' ? answersBy : 'floats' },
      }),
    ),
  };
  const packing = packingFor(architecture);
  const order = new RowOrder(job.rows, { batchSize: job.batchSize, seed: job.shuffle ? job.seed : null }).of(0);
  const batches: MicroBatch[] = [];
  for (let first = 0; first < order.length; first += job.batchSize) {
    batches.push(...cutMicroBatches(rowsOfStep(job, order, first), packing));
  }
  const validation = cutMicroBatches(job.validationRows.slice(0, mostValidationRows), packing);
  const perRank = adaptedModules(architecture, targets).reduce((sum, module) => {
    const [out, inFeatures] = weightDims(architecture, module);
    return sum + out + inFeatures;
  }, 0);
  const passGroups = passGroupsOf(job, packing);
  const largestGroup = passGroups.reduce((most, each) => (each.length > most.length ? each : most));
  // Pass groups train one after the other: the largest counts.
  const trained = perRank * Math.max(...passGroups.map((ranks) => ranks.reduce((sum, each) => sum + each, 0)));
  const highest = Math.max(rank, ...(job.others ?? []).map((other) => other.rank));
  const activations = arena(
    Math.max(
      fullest(graphs.train, batches, highest),
      largestGroup.length === 1
        ? 0
        : together(executed(trainGraph(architecture, { kind: 'row-adapters', targets }, options)), batches, {
            adapters: largestGroup.length,
            rank: highest,
            tokenBudget: packing.tokenBudget,
          }),
    ),
  );
  const masks = adaptation.dropout ? dropoutMasks(architecture, targets, batches) : 0;
  return {
    passGroups: passGroups.map((ranks) => ranks.length),
    weights: weightBytes(architecture, precision),
    // A and B, the best ones so far, and their gradients, both accumulated and of the latest pass.
    adapter: 4 * trained * 4,
    optimiser: 2 * trained * 4,
    activations: activations + masks,
    validation: validation.length === 0 ? 0 : arena(fullest(graphs.score, validation, highest)),
    cache:
      job.samples === null
        ? 0
        : generation(graphs.generate, {
            ...job.samples,
            architecture,
            bytesEach: graphReads ? bytesInside[answersBy] : 0,
            besides: writes ? ofKernels + besideKernels : 0,
            cachesBy: await cachesBy(backend, precision),
            rank: highest,
          }),
    graphs:
      graphBytes(graphs.train) +
      (validation.length > 0 ? graphBytes(graphs.score) : 0) +
      (job.samples !== null ? graphBytes(graphs.generate) : 0),
  };
}

/** Outputs in the order in which onnxruntime computes them. */
function executed(graph: Readonly<Record<string, Expression>>): Expression[] {
  return Object.values(graph).toReversed();
}

type Row = TrainingMemoryJob['rows'][number];

function rowsOfStep({ rows, batchSize }: TrainingMemoryJob, order: Int32Array, first: number): Row[] {
  return Array.from(order.subarray(first, first + batchSize), (place) => rows[place] as Row);
}

/** The ranks of the adapters in each pass group, grouped as in `trainTogether`. */
function passGroupsOf(job: TrainingMemoryJob, packing: Packing): number[][] {
  const { method, seed, shuffle, batchSize, rows } = job;
  const all = [{ rank: method.rank, seed }, ...(job.others ?? [])];
  if (method.dropout > 0) return all.map(({ rank }) => [rank]);
  const firstSteps = new Map<number, MicroBatch[]>();
  const firstStep = (own: number) => {
    const order = new RowOrder(rows, { batchSize, seed: shuffle ? own : null }).of(0);
    return cutMicroBatches(rowsOfStep(job, order, 0), packing);
  };
  const passGroups: number[][] = [];
  let steps: MicroBatch[][] = [];
  for (const { rank, seed: own } of all) {
    const step = firstSteps.get(own) ?? firstStep(own);
    firstSteps.set(own, step);
    steps.push(step);
    if (passGroups.length > 0 && sharesPass(steps, packing.tokenBudget)) passGroups.at(-1)?.push(rank);
    else {
      passGroups.push([rank]);
      steps = [step];
    }
  }
  return passGroups;
}

/** For a pass shared by adapters, each with its own rows, no fuller than the engine makes one. */
function together(
  graph: readonly Expression[],
  batches: readonly MicroBatch[],
  about: { adapters: number; rank: number; tokenBudget: number },
): number {
  const { rank, tokenBudget } = about;
  const held = largest(batches).map(({ sequences, length, targetTokens }) => {
    const each = sequences * length;
    const adapters = Math.min(about.adapters, Math.floor(tokenBudget / each));
    if (adapters < 2) return 0;
    const sizes = { rows: adapters * sequences, positions: adapters * each, targets: adapters * targetTokens };
    return peakMemory(
      graph,
      new Map([...Object.entries({ ...sizes, part: length / causalParts, adapters, each, rank })]),
    );
  });
  return Math.max(0, ...held);
}

/** Size of a compiled graph per node. Measured: 36 MB for 4181 of them, 8 MB for 1208. */
const bytesPerNode = 8e3;

/** Operations that are lowered to several nodes. */
const nodesOf: Partial<Record<OpName, number>> = { after: 5, matmulInt8: 7, scoresInt8: 7, matmulInt4: 14 };

function graphBytes(graph: readonly Expression[]): number {
  return bytesPerNode * topologicalOrder(graph).reduce((sum, { op }) => sum + (nodesOf[op] ?? 1), 0);
}

/**
 * What the runtime's allocator takes from the system for a peak of this many bytes: it never gives back, and rounds up.
 * Measured on six shapes and two models, 98 MB to 2.1 GB: 1.05 times that plus 22 MB.
 */
function arena(bytes: number): number {
  return Math.round(1.05 * bytes + 22e6);
}

function fullest(graph: readonly Expression[], batches: readonly MicroBatch[], rank: number): number {
  return Math.max(0, ...largest(batches).map((batch) => peakMemory(graph, sizesOf(batch, rank))));
}

/** The micro-batches that include the fullest one: by tokens, by attention size, and by targets. */
function largest(batches: readonly MicroBatch[]): MicroBatch[] {
  const measures: ((batch: MicroBatch) => number)[] = [
    ({ sequences, length }) => sequences * length,
    ({ sequences, length }) => sequences * length ** 2,
    ({ targetTokens }) => targetTokens,
  ];
  const found = measures.map((measure) => {
    const values = batches.map(measure);
    return batches[values.indexOf(Math.max(...values))];
  });
  return [...new Set(found)].filter((batch) => batch !== undefined);
}

function sizesOf({ sequences, length, targetTokens }: MicroBatch, rank: number): Map<string, number> {
  return new Map([
    ...Object.entries({
      rows: sequences,
      part: length / causalParts,
      positions: sequences * length,
      targets: targetTokens,
      rank,
    }),
  ]);
}

/**
 * In JavaScript memory: every weight as a float; for a quantised matrix with `int8` each number as two bytes, plain and
 * transposed, with `int4` half a byte, plus a scale and a minimum for every 32. The head may be there as bytes as well.
 */
function weightBytes(architecture: Architecture, precision: Precision): number {
  const rounded = new Set(roundedModules(architecture, precision));
  const head = halfRoundedModule(architecture, precision);
  let bytes = rounded.size > 0 ? leftByRounding : 0;
  for (const [name, dims] of architecture.parameters) {
    const module = moduleOfWeight(name);
    const isRounded = rounded.has(module);
    if (isRounded) bytes += precision === 'int4' ? 0.75 * elements(dims) : 2 * elements(dims) + 4 * (dims[0] ?? 0);
    if (!isRounded || module === architecture.embedding) bytes += 4 * elements(dims);
    if (module === head && name.endsWith('.weight')) bytes += elements(dims) + 4 * (dims[0] ?? 0);
  }
  return bytes;
}

/** Memory left behind by floats that were quantised. Measured on SmolLM2-135M, in large pages: 92 and 104 MB. */
const leftByRounding = 100e6;

/** Fed to a pass, one mask per adapted matrix. */
function dropoutMasks(
  architecture: Architecture,
  targets: TrainingMemoryJob['method']['targets'],
  batches: readonly MicroBatch[],
): number {
  const positions = Math.max(0, ...batches.map(({ sequences, length }) => sequences * length));
  const features = adaptedModules(architecture, targets).reduce(
    (sum, module) => sum + weightDims(architecture, module)[1],
    0,
  );
  return positions * features * 4;
}

/** The KV cache, one pass over the longest prompt, and a quantised base's copies of the integers in the executable. */
function generation(
  graph: readonly Expression[],
  about: {
    prompt: number;
    answer: number;
    architecture: Architecture;
    bytesEach: number;
    besides: number;
    cachesBy: CachesBy;
    rank: number;
  },
): number {
  const { prompt, answer, architecture, bytesEach, besides, rank } = about;
  const { keyValueHeads } = architecture;
  const kept = cacheBytes(architecture, prompt + answer, about.cachesBy);
  const tokens = Math.min(prompt, longestPiece);
  const masks = { mask_streams: 1, mask_queries: (tokens * architecture.heads) / keyValueHeads };
  const shares = { shares: 1, each: tokens, last_each: 1 };
  const sizes = { tokens, positions: tokens, streams: keyValueHeads, keys: prompt, last: 1, ...shares, ...masks };
  const ranks = groupsOf(architecture).flatMap((group) => stackSizes(group, group.targets.length * rank));
  // Scores before and after softmax are internal to one operation.
  const scores = 2 * architecture.heads * tokens * prompt * 4;
  const pass = arena(peakMemory(graph, new Map([...Object.entries(sizes), ...ranks])) + scores);
  return kept + pass + bytesEach * matrixNumbers(architecture) + besides;
}

/**
 * What our own kernels and their threads take besides matrices, whatever the model; where they also run the prefill,
 * there is no such graph.
 */
const besideKernels = 75e6;
