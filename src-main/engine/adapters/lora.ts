import type { Target } from '../../../src-contract/adapter.ts';
import type { Architecture, ModelInput } from '../architectures/architecture.ts';
import type { LoraSettings } from '../engine.ts';
import { type Expression, input } from '../graph/expression.ts';
import { add } from '../graph/ops/add.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { multiply } from '../graph/ops/multiply.ts';
import { Random } from '../random.ts';
import { float32, type Tensor } from '../tensor.ts';

/** An adapter's numbers: A and B of each adapted module, under their names in graphs. */
export interface LoraWeights {
  readonly kind: 'lora';
  readonly rank: number;
  readonly alpha: number;
  /** alpha ÷ rank, or ÷ √rank for rsLoRA. */
  readonly scale: number;
  readonly targets: readonly Target[];
  /** `<module>.lora_A` [rank, in] and `<module>.lora_B` [out, rank]. */
  readonly tensors: ReadonlyMap<string, Tensor<'float32'>>;
}

export interface LoraGraph {
  readonly linear: ModelInput['linear'];
  /** A and B of every adapted module: what gradients are taken with respect to. */
  readonly trainable: ReadonlyMap<string, Expression>;
}

export interface LoraGraphOptions {
  readonly kind: 'lora';
  readonly targets: readonly Target[];
  /** With dropout the graph expects a mask `<module>.dropout` [positions, in] for each adapted module. */
  readonly dropout: boolean;
}

/**
 * Adds the low-rank update to the frozen linear layers of the targeted matrices: y = x Wᵀ + scale · (x Aᵀ) Bᵀ.
 *
 * x [positions, in] · W [out, in] · lora_A [rank, in] · lora_B [out, rank] → [positions, out]. A, B and the scale
 * (`lora_scale`, [1]) are graph inputs, never constants: switching adapters feeds other tensors and compiles nothing.
 * Source: Hu et al. 2021, §4.1.
 */
export function adaptLinear(
  architecture: Architecture,
  plain: ModelInput['linear'],
  { targets, dropout }: Omit<LoraGraphOptions, 'kind'>,
): LoraGraph {
  const adapted = new Set(adaptedModules(architecture, targets));
  const trainable = new Map<string, Expression>();
  const scale = input('lora_scale', [1]);
  return {
    trainable,
    linear(module, x) {
      const y = plain(module, x);
      if (!adapted.has(module)) return y;
      const [out, inFeatures] = weightDims(architecture, module);
      const a = input(`${module}.lora_A`, ['rank', inFeatures]);
      const b = input(`${module}.lora_B`, [out, 'rank']);
      trainable.set(`${module}.lora_A`, a).set(`${module}.lora_B`, b);
      const seen = dropout ? multiply(x, input(`${module}.dropout`, x.shape)) : x;
      const low = multiply(matmul(seen, a, { transposeB: true }), scale);
      return add(y, matmul(low, b, { transposeB: true }));
    },
  };
}

/** The module paths that targets refer to, layer by layer. */
export function adaptedModules(architecture: Architecture, targets: readonly Target[]): string[] {
  return Array.from({ length: architecture.layers }, (_, layer) =>
    targets.map((target) => architecture.moduleOf(target, layer)),
  ).flat();
}

/** [out, in] of a module's weight. */
export function weightDims(architecture: Architecture, module: string): readonly [number, number] {
  const dims = architecture.parameters.get(`${module}.weight`);
  if (dims?.length !== 2) throw new Error(`${module} is no linear layer`);
  return [dims[0] as number, dims[1] as number];
}

export interface LoraInitialisation {
  readonly rank: number;
  readonly alpha: number;
  readonly targets: readonly Target[];
  readonly initialisation: LoraSettings['initialisation'];
  readonly seed: number;
}

/**
 * A fresh adapter: A random, B zero, so that the adapted model equals the base (§4.1). `kaiming` is uniform in ±1/√in,
 * as in the authors' code (kaiming_uniform_ with a = √5), which `gradient` starts from too; `gaussian` is normal with
 * standard deviation 1/rank, as PEFT's option of that name.
 */
export function initialiseLora(
  architecture: Architecture,
  { rank, alpha, targets, initialisation, seed }: LoraInitialisation,
): LoraWeights {
  const tensors = new Map<string, Tensor<'float32'>>();
  adaptedModules(architecture, targets).forEach((module, i) => {
    const [out, inFeatures] = weightDims(architecture, module);
    const random = new Random(seed, 0x10ca, i);
    const bound = 1 / Math.sqrt(inFeatures);
    const draw =
      initialisation === 'gaussian' ? () => random.normal() / rank : () => (2 * random.uniform() - 1) * bound;
    tensors.set(
      `${module}.lora_A`,
      float32([rank, inFeatures], Float32Array.from({ length: rank * inFeatures }, draw)),
    );
    tensors.set(`${module}.lora_B`, float32([out, rank]));
  });
  return { kind: 'lora', rank, alpha, scale: alpha / rank, targets, tensors };
}
