import type { Target } from '../../../src-contract/adapter.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { weightDims } from './lora.ts';

/** Matrices of a layer with the same input. */
export interface TargetGroup {
  readonly name: string;
  readonly targets: readonly Target[];
  /** Where the outputs of each begin. */
  readonly starts: ReadonlyMap<Target, number>;
  /** Total number of outputs. */
  readonly width: number;
  /** Number of input features. */
  readonly inFeatures: number;
}

/** Queries, keys and values have the same input, and so do gate and up. */
const together = [['q', 'k', 'v'], ['o'], ['gate', 'up'], ['down']] as const satisfies readonly (readonly Target[])[];

/** The groups of an architecture, the same in every layer. */
export function groupsOf(architecture: Architecture): readonly TargetGroup[] {
  const groups = together.map((all) => all.filter((target) => architecture.targets.includes(target)));
  return groups.flatMap((targets) => {
    const [first] = targets;
    if (first === undefined) return [];
    const starts = new Map<Target, number>();
    let width = 0;
    for (const target of targets) {
      starts.set(target, width);
      width += weightDims(architecture, architecture.moduleOf(target, 0))[0];
    }
    const [, inFeatures] = weightDims(architecture, architecture.moduleOf(first, 0));
    return [{ name: targets.join(''), targets, starts, width, inFeatures }];
  });
}

const places = new WeakMap<
  Architecture,
  ReadonlyMap<string, readonly [group: number, layer: number, target: Target]>
>();

/** The group, layer and target of a module. */
export function groupOf(architecture: Architecture, groups: readonly TargetGroup[], module: string) {
  let known = places.get(architecture);
  if (known === undefined) {
    const all = groups.flatMap(({ targets }, group) =>
      targets.flatMap((target) =>
        Array.from(
          { length: architecture.layers },
          (_, layer) => [architecture.moduleOf(target, layer), [group, layer, target]] as const,
        ),
      ),
    );
    known = new Map(all);
    places.set(architecture, known);
  }
  const place = known.get(module);
  if (place === undefined) throw new Error(`${module} belongs to no group`);
  const [group, layer, target] = place;
  return { group: groups[group] as TargetGroup, layer, target };
}
