import { StudioError } from '../../../src-contract/errors.ts';
import { errorMessage } from '../../../src-contract/thrown.ts';
import type { DeviceReport } from '../engine.ts';
import { input } from '../graph/expression.ts';
import { matmul } from '../graph/ops/matmul.ts';
import type { Tensor } from '../tensor.ts';
import type { Backend } from './backend.ts';
import { onnxruntimeBackend } from './onnxruntime/onnxruntime-backend.ts';
import { nvidia, tfjsBackend } from './tfjs/tfjs-backend.ts';

/** The product that devices are timed with: a layer of a small model on a short text. */
const [rows, inFeatures, out] = [512, 576, 1536];

/**
 * Probes every device that a backend could use, and times a matrix product on each that answers. Missing devices are
 * reported with the message of the library that failed to find them. Not done at startup: a driver may be slow, or
 * worse. `running` is what the engine was started with, whether it was found or not.
 */
export async function findDevices(running: Pick<Backend, 'threads' | 'device'>): Promise<DeviceReport[]> {
  return [
    await report('cpu', running, async () => onnxruntimeBackend({ threads: running.threads })),
    await report('webgpu', running, async () => onnxruntimeBackend({ device: 'webgpu' })),
    await report('cuda', running, async () => {
      const backend = await tfjsBackend();
      if (backend.device === nvidia) return backend;
      throw new Error(
        backend.device.startsWith('CPU through')
          ? 'TensorFlow found no card'
          : '@tensorflow/tfjs-node-gpu is not installed',
      );
    }),
  ];
}

async function report(
  id: DeviceReport['id'],
  running: Pick<Backend, 'device'>,
  open: () => Promise<Backend>,
): Promise<DeviceReport> {
  let used = false;
  try {
    const backend = await open();
    const { device } = backend;
    used = device === running.device;
    return { id, found: true, device, gigaflops: await measure(backend), reason: null, used };
  } catch (error) {
    const said = errorMessage(error);
    const reason = error instanceof StudioError && 'reason' in error.data ? String(error.data.reason) : said;
    return { id, found: false, device: null, gigaflops: null, reason, used };
  }
}

/** Billions of operations per second: the best of five runs after a warm-up. */
async function measure(backend: Backend): Promise<number> {
  const weights: Tensor = {
    type: 'float32',
    dims: [inFeatures, out],
    data: new Float32Array(inFeatures * out).fill(0.5),
  };
  const outputs = { product: matmul(input('x', ['rows', inFeatures]), input('weights', [inFeatures, out])) };
  const executable = await backend.compile(outputs, new Map([['weights', weights]]));
  const x: Tensor = { type: 'float32', dims: [rows, inFeatures], data: new Float32Array(rows * inFeatures).fill(2) };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 6; run++) {
    const begun = performance.now();
    const { product } = await executable.run(new Map([['x', x]]));
    if (product.data.at(-1) !== inFeatures) throw new Error('a matrix product came out wrong');
    if (run > 0) best = Math.min(best, performance.now() - begun);
  }
  await executable.release();
  return (2 * rows * inFeatures * out) / best / 1e6;
}
