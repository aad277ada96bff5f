import { weightDims } from '../adapters/lora.ts';
import { groupsOf } from '../adapters/target-groups.ts';
import type { Architecture } from '../architectures/architecture.ts';
import type { Backend } from '../backends/backend.ts';
import { isFourBit } from '../formats/four-bit-rows.ts';
import type { WeightSource } from '../formats/weight-source.ts';
import { int4Block } from '../graph/ops/matmul-int4.ts';
import type { Precision } from './rounded-weights.ts';
import { placeOfWeight } from './stored-weights.ts';

/** Matrices that our own kernels multiply as one, by the name that `groupedMatrices` gives them. */
interface KernelMatrix {
  readonly name: string;
  readonly modules: readonly string[];
  readonly numbers: number;
  readonly inFeatures: number;
}

type Opened = { readonly architecture: Architecture; readonly source: WeightSource };

/**
 * Those that our own kernels multiply in four bits: what a file stores in such blocks, and the layers of a base that is
 * rounded to four bits.
 */
export function inFourBits({ architecture, source }: Opened, precision: Precision): ReadonlySet<string> {
  const isStored = (module: string) => {
    const place = placeOfWeight(architecture, source, `${module}.weight`);
    return place !== undefined && isFourBit(place.dtype);
  };
  const isRounded = ({ name, inFeatures }: KernelMatrix) =>
    precision === 'int4' && name !== architecture.head && inFeatures % int4Block === 0;
  const all = matricesOf(architecture).filter((each) => isRounded(each) || each.modules.every(isStored));
  return new Set(all.map(({ name }) => name));
}

/** Bytes of a number in a matrix as our own kernels lay it out, with what it is scaled by. */
const bytesEach = { int8: 1.05, int4: 0.63 } as const;

/** What the kernels' matrices take of their memory. */
export function kernelBytes(architecture: Architecture, fourBits: ReadonlySet<string>): number {
  return matricesOf(architecture).reduce(
    (sum, { name, numbers }) => sum + bytesEach[fourBits.has(name) ? 'int4' : 'int8'] * numbers,
    0,
  );
}

/** What reads a KV cache; `apart` are kernels whose memory the backend cannot use. */
export type CachesBy = 'graph' | 'kernels' | 'kernels apart';

export async function cachesBy(backend: Backend, precision: Precision): Promise<CachesBy> {
  if (precision === 'float32' || !backend.hasInt8) return 'graph';
  return (await backend.takesShared()) ? 'kernels' : 'kernels apart';
}

/** Bytes of a KV cache of so many positions: kernels have a copy in 16 bits, and apart also one of the floats. */
export function cacheBytes({ layers, keyValueHeads, headSize }: Architecture, positions: number, by: CachesBy): number {
  const bytes = { graph: 4, kernels: 4 + 2, 'kernels apart': 4 + 4 + 2 }[by];
  return layers * 2 * keyValueHeads * headSize * positions * bytes;
}

/**
 * Bytes per matrix element in a decode graph, in the layout of its kernels, with scales and the space its copies left
 * behind. Measured, with 135 million to 1.2 billion weights: blocks 2.5; integers 1, as they are repacked from where
 * they are. It takes more while compiling, but that is before the first training pass and in space that this will take.
 */
export const bytesInside = { floats: 0, blocks: 2.5, integers: 1 } as const;

/** How many numbers generation's matrices have. */
export function matrixNumbers(architecture: Architecture): number {
  return matricesOf(architecture).reduce((sum, { numbers }) => sum + numbers, 0);
}

function matricesOf(architecture: Architecture): KernelMatrix[] {
  const { head, layers } = architecture;
  const [out, hidden] = weightDims(architecture, head);
  const ofLayer = (layer: number): KernelMatrix[] =>
    groupsOf(architecture).map(({ name, targets, width, inFeatures }) => ({
      ...{ name: `${layer}.${name}`, inFeatures, numbers: width * inFeatures },
      modules: targets.map((target) => architecture.moduleOf(target, layer)),
    }));
  const ofHead = { name: head, modules: [head], inFeatures: hidden, numbers: out * hidden };
  return [...Array.from({ length: layers }, (_, layer) => ofLayer(layer)).flat(), ofHead];
}
