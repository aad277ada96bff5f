import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { Expression } from '../../graph/expression.ts';
import { topologicalOrder } from '../../graph/expression.ts';
import type { ElementType, Tensor } from '../../tensor.ts';
import type { Backend, Executable } from '../backend.ts';
import { interpret } from './interpret.ts';

/** The device's name where TensorFlow found a GPU. */
export const nvidia = 'NVIDIA GPU through TensorFlow';

/**
 * The second interpreter of the op algebra, through TensorFlow.js: on NVIDIA GPUs where the optional package
 * `@tensorflow/tfjs-node-gpu` is installed, otherwise on its plain CPU backend, which is slow and serves to check
 * onnxruntime.
 */
export async function tfjsBackend(): Promise<Backend> {
  // Otherwise the CPU backend prints a banner and checks every result for NaN.
  tf.enableProdMode();
  const native = loadNative();
  await tf.setBackend(native ? 'tensorflow' : 'cpu');
  return {
    name: 'tfjs',
    device: native ? nativeDevice() : 'CPU, 1 thread, TensorFlow.js',
    threads: 1,
    weightsInside: false,
    // It would multiply the integers as floats: exact, but slower than existing floats.
    hasInt8: false,
    integersFor: async () => 'none',
    takesShared: async () => false,
    compile: async (outputs, constants = new Map()) => executable(outputs, constants),
  };
}

function executable<Output extends string>(
  outputs: Readonly<Record<Output, Expression>>,
  constants: ReadonlyMap<string, Tensor>,
): Executable<Output> {
  const names = Object.keys(outputs) as Output[];
  const expressions = names.map((name) => outputs[name]);
  const inputs = topologicalOrder(expressions).flatMap((node) =>
    node.op === 'input' ? [(node as Expression<'input'>).attributes.name] : [],
  );
  return {
    inputs: new Set(inputs.filter((name) => !constants.has(name))),
    async run(feeds, into = new Map()) {
      const results = tf.tidy(() => {
        const fed = inputs.flatMap((name) => {
          const tensor = feeds.get(name) ?? constants.get(name);
          return tensor ? [[name, toTfjs(tensor)] as const] : [];
        });
        return interpret(expressions, new Map(fed));
      });
      const values = await Promise.all(results.map(fromTfjs));
      tf.dispose(results);
      for (const [i, name] of names.entries()) {
        // Sound because `into` has the type of the output.
        (into.get(name)?.data as Float32Array | undefined)?.set(values[i]?.data as Float32Array);
      }
      // Sound because results come in the order of the names.
      return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<Output, Tensor>;
    },
    release: async () => undefined,
  };
}

function toTfjs({ type, dims, data }: Tensor): tf.Tensor {
  // It has no eight-bit type.
  const values = type === 'int8' ? Int32Array.from(data) : data;
  return tf.tensor(values as Float32Array | Int32Array, [...dims], type === 'float32' ? 'float32' : 'int32');
}

async function fromTfjs(tensor: tf.Tensor): Promise<Tensor> {
  return { type: tensor.dtype as ElementType, dims: tensor.shape, data: (await tensor.data()) as Float32Array };
}

/** TensorFlow falls back to the CPU if it finds no GPU or not the right driver; that must not be reported as a GPU. */
function nativeDevice(): string {
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
  return isUsingGpuDevice ? nvidia : 'CPU through TensorFlow';
}

/** Loads the CUDA package if it is installed; a plain install never fetches it. */
function loadNative(): boolean {
  const require = createRequire(import.meta.url);
  const name = '@tensorflow/tfjs-node-gpu';
  try {
    require.resolve(name);
  } catch {
    return false;
  }
  // tfjs-node-gpu 4.22 calls a function that Node 24 removed: restore it first.
  const old = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  old.isNullOrUndefined ??= (value) => value === null || value === undefined;
  require(name);
  return true;
}
