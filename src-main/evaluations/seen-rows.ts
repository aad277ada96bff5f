import type { Example } from '../../src-contract/dataset.ts';
import { TimeSlices } from '../datasets/time-slices.ts';

/** How many rows have a context that is also one of those trained on. */
export async function countSeen(
  rows: readonly Pick<Example, 'context'>[],
  trained: Iterable<Pick<Example, 'context'>>,
  signal: AbortSignal,
): Promise<number> {
  const unseen = new Map<string, number>();
  for (const { context } of rows) unseen.set(context, (unseen.get(context) ?? 0) + 1);
  const slices = new TimeSlices(signal);
  let seen = 0;
  for (const { context } of trained) {
    seen += unseen.get(context) ?? 0;
    unseen.delete(context);
    if (unseen.size === 0) break;
    if (slices.isOver) await slices.rest();
  }
  return seen;
}
