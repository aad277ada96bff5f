import type { Dataset, Split } from '../../../src-contract/dataset.ts';
import type { DealSplitsEvent, DealSplitsInput } from '../../../src-contract/dataset-version.ts';
import { counted } from '../counted.ts';
import type { DatasetStore } from '../dataset-store.ts';
import { passageOf } from '../rows/row-passage.ts';
import type { RowStore } from '../rows/row-store.ts';
import type { DatasetChanges } from '../versions/change-dataset.ts';
import type { VersionChange } from '../versions/version-change-store.ts';
import { RowSplits } from './row-splits.ts';

/** Reassigns all rows of a dataset to splits, as its next version; an abort leaves the dataset unchanged. */
export async function* dealDataset(
  { store, changes }: { store: DatasetStore; changes: DatasetChanges },
  { dataset, by }: { dataset: Dataset; by: DealSplitsInput['by'] },
  signal?: AbortSignal,
): AsyncGenerator<DealSplitsEvent, void> {
  const { id, rows: total } = dataset;
  const rows = store.rows(id);
  const deal = (tell: (done: number) => void) =>
    changes.apply(
      { id, kind: 'splits' },
      function* (change) {
        for (const done of dealSplits(change, rows, by)) yield tell(done);
      },
      signal,
    );
  const after = yield* counted(deal, (done) => ({ kind: 'progress' as const, done: Math.min(done, total), total }));
  yield { kind: 'finished', dataset: after };
}

/**
 * Reassigns all rows of the current version to splits, reading only what decides: each row's group or context. Yields
 * now and then, for the event loop, how many rows have been assigned.
 */
export function* dealSplits(change: VersionChange, rows: RowStore, by: DealSplitsInput['by']): Generator<number> {
  if (by.kind === 'shares') yield* dealByShares(change, rows, by);
  else {
    const homes = new Map<string, Split>([
      ...by.validation.map((group) => [group, 'validation'] as const),
      ...by.test.map((group) => [group, 'test'] as const),
    ]);
    for (const { done, numbers } of stretches(rows, change.headVersion)) {
      for (const number of numbers) {
        const { group } = rows.splitFacts(number);
        change.deal(number, (group === null ? undefined : homes.get(group)) ?? 'train');
      }
      yield done;
    }
  }
}

function* dealByShares(
  change: VersionChange,
  rows: RowStore,
  { validation, test, seed, together }: Extract<DealSplitsInput['by'], { kind: 'shares' }>,
): Generator<number> {
  const splits = new RowSplits(seed, { validation, test });
  let all = 0;
  for (const { done, numbers } of stretches(rows, change.headVersion)) {
    for (const number of numbers) {
      const { group, context } = rows.splitFacts(number);
      const passage = together === 'passage' ? () => passageOf(context()) : undefined;
      change.deal(number, splits.next({ group, context, passage }));
    }
    all = done;
    yield done;
  }
  // If there are few units, they are reassigned now that all are known.
  const moved = splits.moved();
  let next = moved.next();
  for (const { done, numbers } of stretches(rows, change.headVersion)) {
    if (next.done) return;
    for (; !next.done && next.value.position < done; next = moved.next()) {
      const number = numbers[next.value.position - (done - numbers.length)];
      if (number !== undefined) change.deal(number, next.value.split);
    }
    yield all;
  }
}

/** Row numbers of a version in order, a few hundred at a time, with a running count. */
function* stretches(rows: RowStore, version: number): Generator<{ done: number; numbers: Uint32Array }> {
  let done = 0;
  for (const { numbers } of rows.numbersOf(version)) {
    for (let start = 0; start < numbers.length; start += stretchRows) {
      const stretch = numbers.subarray(start, start + stretchRows);
      done += stretch.length;
      yield { done, numbers: stretch };
    }
  }
}

const stretchRows = 256;
