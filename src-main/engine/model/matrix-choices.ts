import { totalmem } from 'node:os';
import { type Architecture, countParameters } from '../architectures/architecture.ts';
import type { Backend } from '../backends/backend.ts';
import { makesWideVectors } from '../backends/wasm/wide-vectors.ts';
import type { Precision } from '../weights/rounded-weights.ts';
import type { RoundedMatrices } from './loaded-model.ts';

/** Below this many parameters a model is fast enough, and floats are exact. */
const smallModel = 50e6;

/** Eight bits where that pays off. */
export function precisionFor({ parameters }: Architecture, backend: Backend): Precision {
  return !isSmall({ parameters }) && backend.hasInt8 ? 'int8' : 'float32';
}

export function isSmall(architecture: Pick<Architecture, 'parameters'>): boolean {
  return countParameters(architecture) < smallModel;
}

/** What matrices may take of our kernels' memory of four gibibytes, leaving some of it free. */
const mostOfKernels = 3.6e9;

/**
 * What a quantised model's generation multiplies by: the integers used in training where the processor is faster with
 * those (decision 0046), or faster for prefill while our own kernels generate (decision 0051).
 */
export async function answeringMatrices(
  precision: RoundedMatrices['precision'],
  bytesOfKernels: number,
  backend: Backend,
): Promise<RoundedMatrices['answersBy']> {
  if (precision !== 'int8') return 'blocks';
  const use = await backend.integersFor();
  if (use === 'reading') return bytesOfKernels <= mostOfKernels ? 'integers' : 'blocks';
  return use === 'all' ? 'integers' : 'blocks';
}

/** What a second copy of the matrices, which only prompts need, may take: of the machine's memory, and in bytes. */
const mostForPrompts = { share: 1 / 8, bytes: 2e9 } as const;

/**
 * Whether our own kernels, if available, run the prefill, for which V8 must emit wide vectors: without VNNI they are
 * faster than onnxruntime on the same integers (decision 0050), and there is a single copy of the matrices, which
 * matters where memory is scarce, or a base is rounded to four bits to save it (0068).
 */
export async function kernelsPrefill(
  { precision, answersBy, numbers }: { readonly numbers: number } & Pick<RoundedMatrices, 'precision' | 'answersBy'>,
  backend: Backend,
  memoryBytes = totalmem(),
): Promise<boolean> {
  if (!backend.hasInt8 || !makesWideVectors()) return false;
  if (precision === 'int4') return true;
  if (answersBy !== 'integers') return false;
  const { share, bytes } = mostForPrompts;
  return (await backend.integersFor()) === 'all' || numbers > Math.min(bytes, share * memoryBytes);
}
