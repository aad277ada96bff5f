import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Example, Split } from '../../src-contract/dataset.ts';
import { RowOrder } from './row-order.ts';
import { splitOfState } from './row-states.ts';
import type { RowStore } from './row-store.ts';

export interface RowFilter {
  readonly split?: Split | undefined;
  readonly search?: string | undefined;
}

/** Which rows of a version a filter leaves, in order. Works in slices that leave the event loop free. */
export async function filterRows(
  rows: RowStore,
  version: number,
  filter: RowFilter,
  signal?: AbortSignal,
): Promise<RowOrder> {
  const order = new RowOrder();
  const needle = filter.search?.toLowerCase();
  const fits = ({ context, target }: Example) =>
    needle === undefined || context.toLowerCase().includes(needle) || target.toLowerCase().includes(needle);
  let sliceBegan = performance.now();
  const rest = async () => {
    if (performance.now() - sliceBegan <= 8) return;
    await nextTurn();
    signal?.throwIfAborted();
    sliceBegan = performance.now();
  };
  for (const { numbers, states } of rows.rowsOf(version).pages()) {
    const left =
      filter.split === undefined ? numbers : numbers.filter((_, at) => splitOfState(states[at] ?? 0) === filter.split);
    if (needle === undefined) for (const number of left) order.push(number);
    else {
      for (const number of left) {
        if (rows.byNumbers(version, [number]).some(fits)) order.push(number);
        await rest();
      }
    }
    await rest();
  }
  return order;
}
