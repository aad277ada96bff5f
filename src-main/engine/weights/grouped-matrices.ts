import { adaptedModules } from '../adapters/lora.ts';
import { groupOf, groupsOf } from '../adapters/target-groups.ts';
import { type Architecture, moduleOfWeight } from '../architectures/architecture.ts';
import type { Matrix } from './rounding.ts';

/** Matrices [out, in] with the same input, stacked vertically, under one name. */
export type GroupedMatrices = readonly [name: string, matrices: readonly Matrix[]];

/** A model's matrices grouped as for generation, by `<layer>.<group>` or the head's name; yields complete groups. */
export async function* groupedMatrices(
  architecture: Architecture,
  weights: AsyncIterable<readonly [name: string, matrix: Matrix]>,
): AsyncGenerator<GroupedMatrices> {
  const groups = groupsOf(architecture);
  const grouped = groups.flatMap(({ targets }) => targets);
  const modules = new Set(adaptedModules(architecture, grouped));
  const waiting = new Map<string, Map<string, Matrix>>();
  for await (const [parameter, matrix] of weights) {
    const module = moduleOfWeight(parameter);
    if (module === architecture.head) yield [module, [matrix]];
    if (!parameter.endsWith('.weight') || !modules.has(module)) continue;
    const { group, layer, target } = groupOf(architecture, groups, module);
    const name = `${layer}.${group.name}`;
    const members = waiting.get(name) ?? new Map<string, Matrix>();
    waiting.set(name, members.set(target, matrix));
    if (members.size < group.targets.length) continue;
    yield [name, group.targets.map((each) => members.get(each) as Matrix)];
    waiting.delete(name);
  }
}
