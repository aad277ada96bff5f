import type { Target } from '../../../src-contract/adapter.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because } from '../../../src-contract/failure-reason.ts';
import type { Architecture, PeftPart } from '../architectures/architecture.ts';
import type { PeftAdapter } from '../formats/peft.ts';
import { float32, type Tensor } from '../tensor.ts';
import { type LoraWeights, weightDims } from './lora.ts';
import { requireShapes } from './required-shapes.ts';

// Converts between adapters as PEFT stores them, one A and B per module of the checkpoint, and as graphs know them, one
// per matrix. For most models the two are the same. GPT-2's c_attn holds queries, keys and values: our A's of each are
// stacked in it, and our B's are in the rows of their part, zeros elsewhere. That is exact, at a rank multiplied by the
// number of matrices; which these are, in block order, is noted in the file (`PeftAdapter.blocks`).

/** An adapter in the form to be written. */
export function toPeft(weights: LoraWeights, architecture: Architecture): PeftAdapter {
  const { rank, alpha, scale, targets } = weights;
  const blocks = sharesA(weights, architecture) ? [] : targets.filter((target) => isFused(architecture, target));
  const times = Math.max(1, blocks.length);
  const whole = rank * times;
  const tensors = new Map<string, Tensor<'float32'>>();
  for (const { module, own, target, parts, part } of places(architecture, targets)) {
    const [out, inFeatures] = weightDims(architecture, own);
    const a = tensors.get(`${module}.lora_A`) ?? float32([whole, inFeatures]);
    const b = tensors.get(`${module}.lora_B`) ?? float32([out * parts, whole]);
    tensors.set(`${module}.lora_A`, a).set(`${module}.lora_B`, b);
    const start = Math.max(0, blocks.indexOf(target)) * rank;
    a.data.set(dataOf(weights.tensors, `${own}.lora_A`), start * inFeatures);
    const ownB = dataOf(weights.tensors, `${own}.lora_B`);
    for (let row = 0; row < out; row++) {
      b.data.set(ownB.subarray(row * rank, (row + 1) * rank), (part * out + row) * whole + start);
    }
  }
  return {
    rank: whole,
    alpha: times === 1 ? alpha : scale * whole,
    rankStabilised: times === 1 && scale !== alpha / rank,
    fanInFanOut: architecture.fanInFanOut ?? false,
    targetModules: [...new Set(targets.map((target) => peftName(architecture, target)))],
    blocks,
    tensors,
  };
}

/** Checks a PEFT adapter against the model it is for. Throws ADAPTER_UNSUPPORTED, ADAPTER_SHAPE, MODEL_FILE_INVALID. */
export function fitAdapter(adapter: PeftAdapter, architecture: Architecture, folder: string): LoraWeights {
  if (adapter.fanInFanOut && !architecture.fanInFanOut) {
    const why = because('ADAPTER_KEY', { key: 'fan_in_fan_out' });
    throw new StudioError('ADAPTER_UNSUPPORTED', { adapter: folder, ...why });
  }
  const { rank: whole, blocks = [] } = adapter;
  const named = targetsOf(adapter, architecture, folder);
  const targets = blocks.length === 0 ? named : named.filter((t) => !isFused(architecture, t) || blocks.includes(t));
  const rank = whole / Math.max(1, blocks.length);
  if (blocks.some((block) => !named.some((target) => target === block)) || !Number.isSafeInteger(rank))
    throw damaged(because('BLOCKS_MISSING'));

  const expected = new Map<string, readonly [number, number]>();
  for (const { module, own, parts } of places(architecture, named)) {
    const [out, inFeatures] = weightDims(architecture, own);
    expected.set(`${module}.lora_A`, [whole, inFeatures]).set(`${module}.lora_B`, [out * parts, whole]);
  }
  const { chosenBy: key, tensors: stored } = adapter;
  const isThere = ({ module }: PeftPart) => stored.has(`${module}.lora_A`) || stored.has(`${module}.lora_B`);
  if (key !== undefined && !places(architecture, named).every(isThere))
    throw new StudioError('ADAPTER_UNSUPPORTED', { adapter: folder, ...because('ADAPTER_SOME_LAYERS', { key }) });
  requireShapes(adapter.tensors, expected, folder);

  const tensors = new Map<string, Tensor<'float32'>>();
  let used = 0;
  for (const { module, own, target, part } of places(architecture, targets)) {
    const [out, inFeatures] = weightDims(architecture, own);
    const start = Math.max(0, blocks.indexOf(target)) * rank;
    const a = dataOf(adapter.tensors, `${module}.lora_A`).slice(start * inFeatures, (start + rank) * inFeatures);
    const b = float32([out, rank]);
    const from = dataOf(adapter.tensors, `${module}.lora_B`);
    for (let row = 0; row < out; row++) {
      const at = (part * out + row) * whole + start;
      b.data.set(from.subarray(at, at + rank), row * rank);
    }
    tensors.set(`${own}.lora_A`, float32([rank, inFeatures], a)).set(`${own}.lora_B`, b);
    used += nonZero(b.data);
  }
  if (blocks.length > 0) {
    const all = [...adapter.tensors].filter(([name]) => name.endsWith('.lora_B'));
    if (used !== all.reduce((sum, [, { data }]) => sum + nonZero(data), 0)) throw damaged(because('BLOCKS_FOREIGN'));
  }
  const scale = adapter.alpha / (adapter.rankStabilised ? Math.sqrt(whole) : whole);
  const alpha = blocks.length > 1 ? scale * rank : adapter.alpha;
  return { kind: 'lora', rank, alpha, scale, targets, tensors };
}

/** The targets that an adapter's module names refer to. */
function targetsOf({ targetModules }: PeftAdapter, architecture: Architecture, folder: string): Target[] {
  const moduleOf = (target: Target) => partOf(architecture, target, 0).module;
  const unknown = targetModules.filter(
    (name) => !architecture.targets.some((target) => isNamed([name], moduleOf(target))),
  );
  if (unknown.length > 0) {
    const why = because('ADAPTER_MODULES', { modules: unknown.join(', ') });
    throw new StudioError('ADAPTER_UNSUPPORTED', { adapter: folder, ...why });
  }
  return architecture.targets.filter((target) => isNamed(targetModules, moduleOf(target)));
}

/** PEFT's rule for a list: a name matches a module path that equals it or ends in it after a dot. */
function isNamed(names: readonly string[], module: string): boolean {
  return names.some((name) => module === name || module.endsWith(`.${name}`));
}

/** As much of a module's path as distinguishes it from the others. */
function peftName(architecture: Architecture, target: Target): string {
  const { module } = partOf(architecture, target, 0);
  const others = architecture.targets
    .map((other) => partOf(architecture, other, 0).module)
    .filter((other) => other !== module);
  const path = module.split('.');
  const name = (length: number) => path.slice(-length).join('.');
  const length = path.findIndex((_, i) => !others.some((other) => isNamed([name(i + 1)], other))) + 1;
  return name(length);
}

/** For each layer and target, the module in the file, the part of it, and the module as graphs know it. */
export function places(architecture: Architecture, targets: readonly Target[]) {
  return Array.from({ length: architecture.layers }, (_, layer) =>
    targets.map((target) => ({
      target,
      own: architecture.moduleOf(target, layer),
      ...partOf(architecture, target, layer),
    })),
  ).flat();
}

function partOf(architecture: Architecture, target: Target, layer: number): PeftPart {
  return (
    architecture.peftPartOf?.(target, layer) ?? { module: architecture.moduleOf(target, layer), parts: 1, part: 0 }
  );
}

function isFused(architecture: Architecture, target: Target): boolean {
  return partOf(architecture, target, 0).parts > 1;
}

/** Whether every part of each fused module is adapted with the same A, as in PEFT's own adapters. */
function sharesA({ tensors, targets }: LoraWeights, architecture: Architecture): boolean {
  const modules = Map.groupBy(places(architecture, targets), ({ module }) => module);
  return [...modules.values()].every((parts) => {
    const [first, ...others] = parts.map(({ own }) => dataOf(tensors, `${own}.lora_A`));
    const complete = parts.length === parts[0]?.parts;
    return complete && others.every((data) => data.every((value, i) => value === first?.[i]));
  });
}

function dataOf(tensors: ReadonlyMap<string, Tensor<'float32'>>, name: string): Float32Array {
  return (tensors.get(name) as Tensor<'float32'>).data;
}

function nonZero(data: Float32Array): number {
  return data.reduce((count, value) => count + (value === 0 ? 0 : 1), 0);
}

function damaged(why: Because): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: 'adapter_model.safetensors', ...why });
}
