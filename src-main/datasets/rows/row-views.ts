import type { RowFilter } from '../../../src-contract/dataset.ts';
import { TimeSlices } from '../time-slices.ts';
import { RowOrder } from './row-order.ts';
import { pageRows, splitOfState, stateOfSplit } from './row-states.ts';
import type { RowStore } from './row-store.ts';
import type { WordIndex } from './word-index-store.ts';

/** The rows of a version that match a filter, in order. */
export interface RowView {
  readonly order: RowOrder;
  /** True when there are, or may be, more rows than were counted. */
  readonly isBounded: boolean;
  /** True while the search can continue. */
  readonly isSearching: boolean;
}

export interface ViewParts {
  readonly rows: RowStore;
  readonly index: WordIndex;
  /** Numbers of the rows with this finding; for `undefined`, with any. */
  readonly flagged: (code: string | undefined) => ReadonlySet<number>;
}

/** For a filter without a search text. Works in slices that yield to the thread's other work. */
export async function viewRows(
  parts: ViewParts,
  version: number,
  filter: RowFilter,
  signal?: AbortSignal,
): Promise<RowView> {
  const slices = new TimeSlices(signal);
  const fits = numberTest(parts, version, filter);
  const order = new RowOrder();
  const isAll = filter.split === undefined && isOpen(filter);
  const wanted = filter.split !== undefined && isOpen(filter) ? stateOfSplit(filter.split) : undefined;
  for (const { numbers, states } of parts.rows.rowsOf(version).pages()) {
    if (isAll) order.pushAll(numbers);
    else {
      for (let place = 0; place < numbers.length; place++) {
        const [number = 0, state = 0] = [numbers[place], states[place]];
        if (wanted === undefined ? fits(number, state) : state === wanted) order.push(number);
      }
    }
    if (slices.isOver) await slices.rest();
  }
  return { order, isBounded: false, isSearching: false };
}

/** Whether only a split is requested. */
function isOpen({ verdict, contextLetters, targetLetters }: RowFilter): boolean {
  return verdict === undefined && !contextLetters && !targetLetters;
}

export type NumberTest = (number: number, state: number) => boolean;

/** The part of a filter that can be evaluated without reading the row. */
export function numberTest({ index, rows, flagged }: ViewParts, version: number, filter: RowFilter): NumberTest {
  const tests: NumberTest[] = [];
  const { split, verdict, contextLetters, targetLetters } = filter;
  if (split !== undefined) tests.push((_, state) => splitOfState(state) === split);
  if (verdict !== undefined) {
    const found = flagged(verdict === 'warning' || verdict === 'ready' ? undefined : verdict);
    tests.push((number) => found.has(number) !== (verdict === 'ready'));
  }
  if (contextLetters || targetLetters) {
    const indexed = index.rows;
    let page = -1;
    let letters = index.letters(0);
    const within = (value: number, bounds: { min?: number | undefined; max?: number | undefined } | undefined) =>
      !bounds || (value >= (bounds.min ?? 0) && value <= (bounds.max ?? Infinity));
    tests.push((number) => {
      if (number >= indexed) {
        const row = rows.byNumbers(version, [number])[0];
        return (
          row !== undefined && within(row.context.length, contextLetters) && within(row.target.length, targetLetters)
        );
      }
      if (Math.floor(number / pageRows) !== page) {
        page = Math.floor(number / pageRows);
        letters = index.letters(page);
      }
      return (
        within(letters.context[number % pageRows] ?? 0, contextLetters) &&
        within(letters.target[number % pageRows] ?? 0, targetLetters)
      );
    });
  }
  return (number, state) => tests.every((test) => test(number, state));
}
