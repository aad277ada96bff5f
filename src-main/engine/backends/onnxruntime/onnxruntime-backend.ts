import { availableParallelism } from 'node:os';
import * as ort from 'onnxruntime-node';
import { StudioError } from '../../../../src-contract/errors.ts';
import { inEnglish } from '../../../../src-contract/failure-reason.ts';
import { errorMessage } from '../../../../src-contract/thrown.ts';
import { type Expression, input, topologicalOrder } from '../../graph/expression.ts';
import { matmulInt8 } from '../../graph/ops/matmul-int8.ts';
import { scale } from '../../graph/ops/scale.ts';
import { type ElementType, float32, type Tensor } from '../../tensor.ts';
import type { Backend, Executable, IntegerUse } from '../backend.ts';
import { type LoweredGraph, lower, outputPrefix, type RowReach } from './lower.ts';

// Otherwise onnxruntime 1.30, from Linux and macOS, tells Microsoft of every session (decision 0079). It reads this when
// the first one is opened.
process.env.ORT_DISABLE_TELEMETRY = '1';

export interface OnnxruntimeOptions {
  readonly threads?: number;
  readonly device?: 'cpu' | 'webgpu';
}

/**
 * Runs graphs through onnxruntime, on the CPU or, through WebGPU, on a GPU of any vendor. On the CPU, training and
 * scoring graphs get weights, adapters and data as inputs in JavaScript memory, which onnxruntime reads in place: one
 * copy of the weights serves all of them (stack.md, "big weights"). Decode graphs have their own matrices baked in
 * (decisions 0022, 0046). On a GPU, weights are part of the compiled graph and stay in GPU memory; ops without a GPU
 * kernel, such as scatters, run on the CPU. `run` blocks the calling thread, which is why the engine has its own
 * process.
 */
export function onnxruntimeBackend({
  threads = availableParallelism(),
  device = 'cpu',
}: OnnxruntimeOptions = {}): Backend {
  const cpu = `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return {
    name: 'onnxruntime',
    device: device === 'cpu' ? cpu : 'graphics processor (WebGPU)',
    threads,
    weightsInside: device !== 'cpu',
    // WebGPU has no integer product with a scale for each row.
    hasInt8: device === 'cpu',
    integersFor: async () => (device === 'cpu' ? integersFor() : 'none'),
    takesShared: async () => device === 'cpu' && (await readsShared()),
    compile: (outputs, constants) => compile(outputs, constants, { threads, device }),
  };
}

async function compile<Output extends string>(
  outputs: Readonly<Record<Output, Expression>>,
  constants: ReadonlyMap<string, Tensor> | undefined,
  { threads, device }: Required<OnnxruntimeOptions>,
): Promise<Executable<Output>> {
  const rowReach = await rowReachFor(Object.values(outputs));
  return open(lower(outputs, constants, { device, rowReach, threads }), { threads, device });
}

async function open<Output extends string>(
  { model, outside, inputs, optional }: LoweredGraph,
  { threads, device }: Required<OnnxruntimeOptions>,
): Promise<Executable<Output>> {
  const opening = ort.InferenceSession.create(model, {
    // Copied from where they are, and dropped where a kernel repacks them; inside the model they would be held twice
    // more.
    ...{ externalData: Array.from(outside, ([path, data]) => ({ path, data })) },
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // It preallocates a block of memory for each shape seen, and sizes vary from step to step: without it, a run holds
    // a third less.
    enableMemPattern: false,
    extra: {
      session: {
        // The softmax of masked scores is denormal (below 2^-126), which takes the processor a hundred times as long
        // (decision 0037).
        set_denormal_as_zero: '1',
        // Otherwise its threads keep spinning for some milliseconds, in the way of another session: with one graph for
        // prefill and another for decoding, the first two tokens after a prompt took a third longer.
        force_spinning_stop: '1',
      },
    },
    logSeverityLevel: 3,
  });
  // The first session opens the device; a missing one must not be mistaken for a fault of the graph.
  const session = await opening.catch((error: unknown) => {
    const said = errorMessage(error);
    const [, missing] = /(Failed to get a WebGPU (?:adapter|device).*)/.exec(said) ?? [];
    if (missing === undefined) throw error;
    throw new StudioError('DEVICE_MISSING', { device: 'graphics processor', ...inEnglish(missing) });
  });
  const wanted = new Set(inputs);
  const empty = new Map(Array.from(optional, ([name, tensor]) => [name, ortTensor(tensor)]));
  /** Settles when the last run does, without its results: runs end in the order they began. */
  let running: Promise<void> = Promise.resolve();
  const over = () => {};
  const outputs = session.outputNames.map((full) => [full, full.slice(outputPrefix.length)] as const);
  return {
    inputs: wanted,
    async run(feeds, into = new Map()) {
      const tensors: Record<string, ort.Tensor> = {};
      for (const name of wanted) {
        const tensor = feeds.get(name);
        const given = tensor === undefined ? empty.get(name) : ortTensor(tensor);
        if (given === undefined) throw new Error(`onnxruntime: no feed for ${name}`);
        tensors[name] = given;
      }
      const fetches: Record<string, ort.Tensor | null> = {};
      for (const [full, name] of outputs) {
        const tensor = into.get(name);
        fetches[full] = tensor === undefined ? null : new ort.Tensor(tensor.type, tensor.data, tensor.dims);
      }
      const run = session.run(tensors, fetches);
      running = run.then(over, over);
      const results = await run;
      const named: Record<string, Tensor> = {};
      // For an output that was given memory, onnxruntime returns a copy.
      for (const [full, name] of outputs) named[name] = into.get(name) ?? fromOrt(results[full] as ort.Tensor);
      // Sound because the session's outputs are named by the keys of `outputs`.
      return named as Record<Output, Tensor>;
    },
    async release() {
      await running;
      await session.release();
    },
  };
}

/** The widest range that rows may be rounded to (`LowerOptions`), where a graph rounds any. */
function rowReachFor(outputs: readonly Expression[]): Promise<RowReach> | RowReach {
  const isRounded = topologicalOrder(outputs).some(({ op }) => op === 'matmulInt8' || op === 'scoresInt8');
  return isRounded ? widestReach() : 127;
}

function widestReach(): Promise<RowReach> {
  widest ??= addsUp().then((isExact) => (isExact ? 127 : 63));
  return widest;
}

let widest: Promise<RowReach> | undefined;

/** Where sums saturate there is no VNNI, and without it blocks take two to three times as long. ARM is unmeasured. */
async function integersFor(): Promise<IntegerUse> {
  if ((await widestReach()) === 63) return 'all';
  return process.arch === 'x64' ? 'reading' : 'none';
}

/**
 * Multiplies the largest possible numbers: without VNNI, x86 adds two products in 16 bits and saturates (onnxruntime's
 * documentation on quantisation, "When should I use U8S8").
 */
async function addsUp(): Promise<boolean> {
  const [inFeatures, out] = [64, 16];
  const matrix = {
    integers: input('integers', [inFeatures, out], 'int8'),
    scales: input('scales', [out]),
  };
  const graph = lower({ product: matmulInt8(input('x', ['rows', inFeatures]), matrix) });
  const probe = await open<'product'>(graph, { threads: 1, device: 'cpu' });
  const { product } = await probe.run(
    new Map<string, Tensor>([
      ['x', { type: 'float32', dims: [4, inFeatures], data: new Float32Array(4 * inFeatures).fill(1) }],
      ['integers', { type: 'int8', dims: [inFeatures, out], data: new Int8Array(inFeatures * out).fill(127) }],
      ['scales', { type: 'float32', dims: [out], data: new Float32Array(out).fill(1) }],
    ]),
  );
  await probe.release();
  return [...product.data].every((value) => Math.abs(value - inFeatures * 127) < inFeatures);
}

let shared: Promise<boolean> | undefined;

/** Tested at run time: Node.js exposes such memory to native libraries only from some 24.x version on. */
function readsShared(): Promise<boolean> {
  shared ??= doublesShared();
  return shared;
}

async function doublesShared(): Promise<boolean> {
  const [x, twice] = [1, 0].map((value) => float32([4], new Float32Array(new SharedArrayBuffer(16)).fill(value)));
  try {
    const probe = await open<'twice'>(lower({ twice: scale(input('x', [4]), 2) }), { threads: 1, device: 'cpu' });
    await probe
      .run(new Map([['x', x as Tensor]]), new Map([['twice', twice as Tensor]]))
      .finally(() => probe.release());
    return twice?.data[3] === 2;
  } catch {
    return false;
  }
}

/**
 * A tensor as onnxruntime's native part reads it. Its own class would validate it and answer through getters, for each
 * of hundreds in a pass.
 */
function ortTensor({ type, data, dims }: Tensor): ort.Tensor {
  // Sound because these four are all that is read of a CPU input (onnxruntime-node 1.30).
  return { type, data, dims, location: 'cpu' } as unknown as ort.Tensor;
}

function fromOrt(value: ort.Tensor): Tensor {
  return { type: value.type as ElementType, dims: value.dims, data: value.data as Tensor['data'] };
}
