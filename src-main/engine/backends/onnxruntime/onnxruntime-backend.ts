import { cpus } from 'node:os';
import * as ort from 'onnxruntime-node';
import type { Expression } from '../../graph/expression.ts';
import type { ElementType, Tensor } from '../../tensor.ts';
import type { Backend, Executable } from '../backend.ts';
import { lower, outputPrefix } from './lower.ts';

/**
 * Runs graphs on the CPU through onnxruntime. Weights, adapters and data are all graph inputs over JavaScript memory,
 * which onnxruntime reads in place: one copy of the weights serves every session (stack.md, "big weights").
 * `run` blocks the thread it is called on; the engine has a thread of its own for that reason.
 */
export function onnxruntimeBackend({ threads = cpus().length }: { threads?: number } = {}): Backend {
  return {
    name: 'onnxruntime',
    device: `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    threads,
    compile: (outputs) => compile(outputs, threads),
  };
}

async function compile<Output extends string>(
  outputs: Readonly<Record<Output, Expression>>,
  threads: number,
): Promise<Executable<Output>> {
  const { model, inputs } = lower(outputs);
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // It plans one block of memory for each shape met, and sizes vary from step to step: off, a run holds a third less.
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
  const wanted = new Set(inputs);
  return {
    inputs: wanted,
    async run(feeds) {
      const tensors: Record<string, ort.Tensor> = {};
      for (const name of wanted) {
        const tensor = feeds.get(name);
        if (tensor === undefined) throw new Error(`onnxruntime: no feed for ${name}`);
        tensors[name] = ortTensor(tensor);
      }
      const results = await session.run(tensors);
      const named = Object.entries(results).map(
        ([name, value]) => [name.slice(outputPrefix.length), fromOrt(value)] as const,
      );
      // Sound because the session's outputs are named by the keys of `outputs`.
      return Object.fromEntries(named) as Record<Output, Tensor>;
    },
    release: () => session.release(),
  };
}

/** onnxruntime's wrapper of a tensor, made once: a step feeds hundreds of weights. */
const wrappers = new WeakMap<Tensor, ort.Tensor>();

function ortTensor(tensor: Tensor): ort.Tensor {
  let wrapper = wrappers.get(tensor);
  if (wrapper === undefined) {
    wrapper = new ort.Tensor(tensor.type, tensor.data, tensor.dims);
    wrappers.set(tensor, wrapper);
  }
  return wrapper;
}

function fromOrt(value: ort.Tensor): Tensor {
  return { type: value.type as ElementType, dims: value.dims, data: value.data as Tensor['data'] };
}
