import { adaptedModules, weightDims } from '../adapters/lora.ts';
import type { Architecture } from '../architectures/architecture.ts';
import type { FourBitBlocks } from '../formats/four-bit-rows.ts';
import { type Expression, input } from '../graph/expression.ts';
import { int4Block, matmulInt4 } from '../graph/ops/matmul-int4.ts';
import { float32, type Tensor } from '../tensor.ts';

/**
 * The modules whose matrices are kept in four bits: those of the layers where rows are whole blocks. The head stays as
 * it is, as in QLoRA (Dettmers et al. 2023): mostly it is the embedding, which is in memory as floats anyway.
 */
export function int4Modules(architecture: Architecture): string[] {
  const modules = adaptedModules(architecture, architecture.targets);
  return modules.filter((module) => weightDims(architecture, module)[1] % int4Block === 0);
}

/** y = x Wᵀ by the module's blocks: inputs `<module>.int4`, `<module>.int4_scales` and `<module>.int4_minima`. */
export function int4Linear(architecture: Architecture, module: string, x: Expression): Expression {
  return int4Product(module, x, weightDims(architecture, module));
}

/** The same for blocks of any name, of a matrix [out, in]. */
export function int4Product(name: string, x: Expression, [out, inFeatures]: readonly [number, number]): Expression {
  const blocks = inFeatures / int4Block;
  return matmulInt4(x, {
    integers: input(`${name}.int4`, [out, blocks, int4Block / 2], 'uint8'),
    scales: input(`${name}.int4_scales`, [out * blocks]),
    minima: input(`${name}.int4_minima`, [out * blocks]),
  });
}

/** A weight [out, in] in four-bit blocks; for the cost in loss see decision 0030. */
export function toInt4(
  module: string,
  { integers, scales, minima }: FourBitBlocks,
  [out, inFeatures]: readonly number[],
): Map<string, Tensor> {
  return new Map<string, Tensor>([
    [
      `${module}.int4`,
      { type: 'uint8', dims: [out as number, (inFeatures as number) / int4Block, int4Block / 2], data: integers },
    ],
    [`${module}.int4_scales`, float32([scales.length], scales)],
    [`${module}.int4_minima`, float32([minima.length], minima)],
  ]);
}
