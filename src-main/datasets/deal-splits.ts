import type { Split } from '../../src-contract/dataset.ts';
import type { DealSplitsInput } from '../../src-contract/dataset-version.ts';
import type { RowStore } from './row-store.ts';
import { chanceOf, dealUnits, manyUnits, type SplitShares, splitKey, splitOf } from './split.ts';
import type { VersionChange } from './version-change-store.ts';

/** Deals all rows of the version in force to the splits anew; yields after every row, so that the event loop can have turns. */
export function* dealSplits(change: VersionChange, rows: RowStore, by: DealSplitsInput['by']): Generator<void> {
  const version = change.headVersion;
  if (by.kind === 'groups') {
    const homes = new Map<string, Split>([
      ...by.validation.map((group) => [group, 'validation'] as const),
      ...by.test.map((group) => [group, 'test'] as const),
    ]);
    for (const { position, group } of rows.examples(version)) {
      change.move(position, (group === null ? undefined : homes.get(group)) ?? 'train');
      yield;
    }
    return;
  }
  const shares: SplitShares = { validation: by.validation, test: by.test };
  const keyOf = (row: { context: string; group: string | null }) =>
    row.group === null && by.together === 'passage' ? `p${passageOf(row.context)}` : splitKey(row);
  const small = yield* dealtUnits(rows, { version, keyOf, seed: by.seed, shares });
  for (const row of rows.examples(version)) {
    const key = keyOf(row);
    change.move(row.position, small?.get(key) ?? splitOf(key, by.seed, shares));
    yield;
  }
}

/** The splits of the units of a table that has few of them; undefined for one where chance comes near enough to the shares. */
function* dealtUnits(
  rows: RowStore,
  by: {
    version: number;
    keyOf: (row: { context: string; group: string | null }) => string;
    seed: number;
    shares: SplitShares;
  },
): Generator<void, Map<string, Split> | undefined> {
  const units = new Map<string, { key: string; rows: number; chance: number }>();
  for (const row of rows.examples(by.version)) {
    const key = by.keyOf(row);
    const unit = units.get(key);
    if (unit) unit.rows++;
    else {
      if (units.size === manyUnits) return undefined;
      units.set(key, { key, rows: 1, chance: chanceOf(key, by.seed) });
    }
    yield;
  }
  return new Map([...dealUnits([...units.values()], by.shares)].map(([{ key }, split]) => [key, split]));
}

/** What stands before the question, in the layout of the tasks that have one; else the whole context. */
function passageOf(context: string): string {
  const end = context.lastIndexOf('\n\nQuestion: ');
  return end < 0 ? context : context.slice(0, end);
}
