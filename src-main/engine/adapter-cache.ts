import type { Target } from '../../src-contract/adapter.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Architecture } from './architectures/architecture.ts';
import { type PeftAdapter, readPeft } from './formats/peft.ts';
import { adaptedModules, type LoraWeights, weightDims } from './lora.ts';

const allTargets: readonly Target[] = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'];
/** Adapters kept in memory; one of rank 8 on a 135M model is 2 MB. */
const capacity = 64;

/** Adapters by folder, read once for a model: choosing a known one is a look-up. Folders are never rewritten under the same name. */
export class AdapterCache {
  readonly #adapters = new Map<string, { readonly weights: LoraWeights; readonly architecture: Architecture }>();

  async get(folder: string, architecture: Architecture): Promise<LoraWeights> {
    const known = this.#adapters.get(folder);
    // Checked against one model, it may not fit the next.
    const weights =
      known?.architecture === architecture ? known.weights : fitAdapter(await readPeft(folder), architecture, folder);
    // Put last again: a Map keeps the order of insertion, so the first is the one unused for longest.
    this.#adapters.delete(folder);
    this.#adapters.set(folder, { weights, architecture });
    if (this.#adapters.size > capacity) this.#adapters.delete(this.#adapters.keys().next().value as string);
    return weights;
  }

  forget(folder: string): void {
    this.#adapters.delete(folder);
  }
}

/** Checks a PEFT adapter against the model it is to serve. Throws ADAPTER_UNSUPPORTED, ADAPTER_SHAPE. */
export function fitAdapter(adapter: PeftAdapter, architecture: Architecture, folder: string): LoraWeights {
  const targets = allTargets.filter((target) => isNamed(adapter.targetModules, architecture.moduleOf(target, 0)));
  const unknown = adapter.targetModules.filter(
    (name) => !targets.some((target) => isNamed([name], architecture.moduleOf(target, 0))),
  );
  if (unknown.length > 0)
    throw new StudioError('ADAPTER_UNSUPPORTED', { adapter: folder, feature: `target modules ${unknown.join(', ')}` });
  const expected = new Map<string, readonly [number, number]>();
  for (const module of adaptedModules(architecture, targets)) {
    const [out, inside] = weightDims(architecture, module);
    expected.set(`${module}.lora_A`, [adapter.rank, inside]).set(`${module}.lora_B`, [out, adapter.rank]);
  }
  for (const [name, dims] of expected) {
    const found = adapter.tensors.get(name)?.dims;
    if (found?.[0] !== dims[0] || found[1] !== dims[1]) {
      throw new StudioError('ADAPTER_SHAPE', {
        adapter: folder,
        tensor: name,
        expected: `[${dims.join(', ')}]`,
        found: found ? `[${found.join(', ')}]` : 'nothing',
      });
    }
  }
  for (const name of adapter.tensors.keys()) {
    if (!expected.has(name))
      throw new StudioError('ADAPTER_SHAPE', { adapter: folder, tensor: name, expected: 'nothing', found: 'a tensor' });
  }
  const { rank, alpha, tensors } = adapter;
  return { rank, alpha, scale: alpha / (adapter.rankStabilised ? Math.sqrt(rank) : rank), targets, tensors };
}

/** PEFT's rule for a list: a name matches a module path that it equals or ends after a dot. */
function isNamed(names: readonly string[], module: string): boolean {
  return names.some((name) => module === name || module.endsWith(`.${name}`));
}
