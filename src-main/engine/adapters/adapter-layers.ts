import type { Architecture, ModelInput, Place } from '../architectures/architecture.ts';
import { type Expression, input } from '../graph/expression.ts';
import { add } from '../graph/ops/add.ts';
import { layerNorm } from '../graph/ops/inverse-rms.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { relu } from '../graph/ops/relu.ts';
import { gelu } from '../graph/ops/sigmoid.ts';
import { Random } from '../random.ts';
import { float32, type Tensor } from '../tensor.ts';

/**
 * Adapter layers: small networks inserted between the layers of a frozen model, the method LoRA is compared with.
 * - `houlsby` (Houlsby et al. 2019, §2.1): one after attention and one after the MLP, each before the residual is
 * added.
 * - `lin` (Lin et al. 2020, §3.2): one after each whole layer, with its own LayerNorm.
 */
export type AdapterDesign = 'houlsby' | 'lin';

export interface AdapterLayerWeights {
  readonly kind: 'adapter-layers';
  readonly design: AdapterDesign;
  readonly bottleneck: number;
  /** Keyed by the names of `adapterLayerDims`. */
  readonly tensors: ReadonlyMap<string, Tensor<'float32'>>;
}

export interface AdapterLayerOptions {
  readonly kind: 'adapter-layers';
  readonly design: AdapterDesign;
}

/**
 * x + up(f(down(x))), [positions, hidden]: down [bottleneck, hidden], up [hidden, bottleneck], both with biases named
 * accordingly; f is GELU for `houlsby` (as in its authors' code), ReLU over a LayerNorm of x for `lin`. All are inputs.
 */
export function insertAdapterLayers(
  { hidden }: Architecture,
  { design }: AdapterLayerOptions,
): { readonly insert: ModelInput['insert']; readonly trainable: ReadonlyMap<string, Expression> } {
  const trainable = new Map<string, Expression>();
  const weight = (name: string, shape: Expression['shape']) => {
    const made = input(name, shape);
    trainable.set(name, made);
    return made;
  };
  return {
    trainable,
    insert(place, layer, x) {
      if (!placesOf[design].includes(place)) return x;
      const module = moduleAt(place, layer);
      const seen =
        design === 'lin'
          ? layerNorm(x, weight(`${module}.norm.weight`, [hidden]), weight(`${module}.norm.bias`, [hidden]), epsilon)
          : x;
      const dense = (name: string, dims: Expression['shape'], from: Expression) =>
        add(
          matmul(from, weight(`${module}.${name}.weight`, dims), { transposeB: true }),
          weight(`${module}.${name}.bias`, dims.slice(0, 1)),
        );
      const low = dense('down', ['bottleneck', hidden], seen);
      return add(x, dense('up', [hidden, 'bottleneck'], design === 'lin' ? relu(low) : gelu(low)));
    },
  };
}

/** Every tensor of a model's adapter layers with its dims. */
export function adapterLayerDims(
  { layers, hidden }: Architecture,
  { design, bottleneck }: { design: AdapterDesign; bottleneck: number },
): ReadonlyMap<string, readonly number[]> {
  const modules = Array.from({ length: layers }, (_, layer) =>
    placesOf[design].map((place) => moduleAt(place, layer)),
  ).flat();
  return new Map(
    modules.flatMap((module): [string, readonly number[]][] => [
      ...(design === 'lin'
        ? ['weight', 'bias'].map((part): [string, number[]] => [`${module}.norm.${part}`, [hidden]])
        : []),
      [`${module}.down.weight`, [bottleneck, hidden]],
      [`${module}.down.bias`, [bottleneck]],
      [`${module}.up.weight`, [hidden, bottleneck]],
      [`${module}.up.bias`, [hidden]],
    ]),
  );
}

/**
 * Fresh adapter layers: up is zero, so that the model equals the base; down is normal with standard deviation 0.01
 * (Houlsby et al. 2019, §2.1).
 */
export function initialiseAdapterLayers(
  architecture: Architecture,
  { design, bottleneck, seed }: { design: AdapterDesign; bottleneck: number; seed: number },
): AdapterLayerWeights {
  const tensors = [...adapterLayerDims(architecture, { design, bottleneck })].map(([name, dims], i) => {
    const tensor = float32(dims);
    const random = new Random(seed, 0xada9, i);
    if (name.endsWith('.down.weight')) tensor.data.set(tensor.data.map(() => 0.01 * random.normal()));
    if (name.endsWith('.norm.weight')) tensor.data.fill(1);
    return [name, tensor] as const;
  });
  return { kind: 'adapter-layers', design, bottleneck, tensors: new Map(tensors) };
}

const placesOf: Readonly<Record<AdapterDesign, readonly Place[]>> = { houlsby: ['attention', 'mlp'], lin: ['layer'] };

/** PyTorch's default for a LayerNorm. */
const epsilon = 1e-5;

function moduleAt(place: Place, layer: number): string {
  return `adapter_layers.${layer}.${place}`;
}
