import type { Random } from '../random.ts';
import { chooseToken, type SamplingSettings } from './sampling.ts';

/** A token that fits, and where it leads: to the same branch as other ways to write the same in tokens. */
export interface Fitting<Branch> {
  readonly id: number;
  readonly branch: Branch;
}

/**
 * Chooses among the tokens that fit. A text can be written in many tokens (“order”, “or” and “der”): unless one is
 * drawn, that of the branch is taken whose tokens have the most probability together. Returns it with how probable its
 * branch was among all; undefined if none can be chosen.
 */
export function takeBranch<Branch>(
  all: readonly Fitting<Branch>[],
  logits: Float32Array,
  settings: SamplingSettings,
  random: Random,
): { readonly id: number; readonly certainty: number } | undefined {
  const left = new Float32Array(logits.length).fill(Number.NEGATIVE_INFINITY);
  for (const { id } of all) left[id] = logits[id] as number;
  const drawn = chooseToken(left, settings, random);
  if (drawn === undefined) return undefined;
  const largest = all.reduce((most, { id }) => Math.max(most, logits[id] as number), Number.NEGATIVE_INFINITY);
  const weights = new Map<Branch, number>();
  for (const { id, branch } of all)
    weights.set(branch, (weights.get(branch) ?? 0) + Math.exp((logits[id] as number) - largest));
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const [likeliest] = [...weights].reduce((best, each) => (each[1] > best[1] ? each : best));
  const branch = settings.temperature === 0 ? likeliest : all.find(({ id }) => id === drawn)?.branch;
  const certainty = ((branch !== undefined && weights.get(branch)) || 0) / total;
  if (settings.temperature > 0) return { id: drawn, certainty };
  const { id } = all
    .filter((each) => each.branch === branch)
    .reduce((best, each) => ((logits[each.id] as number) > (logits[best.id] as number) ? each : best));
  return { id, certainty };
}
