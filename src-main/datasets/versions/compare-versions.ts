import type { Example } from '../../../src-contract/dataset.ts';
import type { RowDifference, VersionComparison } from '../../../src-contract/dataset-version.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { withinMessage } from '../../async/within-message.ts';
import type { RowStore } from '../rows/row-store.ts';
import { TimeSlices } from '../time-slices.ts';
import type { OrderedRows } from './version-rows-store.ts';

/**
 * The changes from one version to another, comparing the rows at each position: total counts, and the first differences
 * in full: at most `limit`, fewer if their texts are long. Throws OPTION_INVALID for a version that does not exist.
 */
export async function compareVersions(
  rows: RowStore,
  { from, to, limit }: { from: number; to: number; limit: number },
  signal?: AbortSignal,
): Promise<VersionComparison> {
  for (const version of [from, to]) {
    if (rows.version(version)) continue;
    throw new StudioError('OPTION_INVALID', { option: 'version', ...because('VERSION_UNKNOWN', { version }) });
  }
  const counts = { added: 0, removed: 0, edited: 0, moved: 0 };
  const first: Difference[] = [];
  const [before, after] = [rows.versionRows(from), rows.versionRows(to)];
  const slices = new TimeSlices(signal);
  for (const page of rows.pagesChangedBetween(from, to)) {
    for (const difference of differences(before.ordered(page), after.ordered(page))) {
      const { old, now } = difference;
      const kind =
        old === undefined ? 'added' : now === undefined ? 'removed' : old.number === now.number ? 'moved' : 'edited';
      counts[kind]++;
      if (first.length < limit) first.push(difference);
      if (slices.isOver) await slices.rest();
    }
  }
  const side = (version: number, row: Place | undefined) =>
    row ? sideOf(rows.byNumbers(version, [row.number])[0]) : null;
  const shown = first
    .values()
    .map(({ position, old, now }) => ({ position, before: side(from, old), after: side(to, now) }));
  return {
    ...counts,
    rows: withinMessage(shown, (row) =>
      [row.before, row.after].flatMap((texts) => (texts ? [texts.context, texts.target] : [])),
    ),
  };
}

interface Difference {
  readonly position: number;
  readonly old: Place | undefined;
  readonly now: Place | undefined;
}

interface Place {
  readonly number: number;
  readonly state: number;
}

/** Positions at which two pages have different rows, or the same row in different splits. */
function* differences(before: OrderedRows, after: OrderedRows): Generator<Difference> {
  const place = (rows: OrderedRows, at: number): Place | undefined => {
    const number = rows.numbers[at];
    return number === undefined ? undefined : { number, state: rows.states[at] ?? 0 };
  };
  for (let left = 0, right = 0; left < before.numbers.length || right < after.numbers.length; ) {
    const oldAt = before.positions[left] ?? Infinity;
    const nowAt = after.positions[right] ?? Infinity;
    const position = Math.min(oldAt, nowAt);
    const old = oldAt === position ? place(before, left++) : undefined;
    const now = nowAt === position ? place(after, right++) : undefined;
    if (old?.number !== now?.number || old?.state !== now?.state) yield { position, old, now };
  }
}

function sideOf(example: Example | undefined): RowDifference['before'] {
  if (!example) return null;
  const { context, target, group, database, split } = example;
  return { context, target, group, database, split };
}
