import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RowFilter } from '../../src-contract/dataset.ts';
import { RowOrder } from './row-order.ts';
import { pageRows, splitOfState, stateOfSplit } from './row-states.ts';
import type { RowStore } from './row-store.ts';
import type { WordIndex } from './word-index-store.ts';

/** Which rows of a version a filter leaves, in order. */
export interface RowView {
  readonly order: RowOrder;
  /** True when there are more rows than were counted. */
  readonly isBounded: boolean;
}

/** Rows that a filter may look up by number; undefined where it says nothing about them. */
export interface RowVerdicts {
  /** Numbers of the rows with this finding; of those with any for `undefined`. */
  flagged(code: string | undefined): ReadonlySet<number>;
}

interface Parts {
  readonly rows: RowStore;
  readonly index: WordIndex;
  readonly verdicts: RowVerdicts;
}

/** Works in slices that leave the thread's other work a turn. */
export async function viewRows(
  { rows, index, verdicts }: Parts,
  version: number,
  filter: RowFilter,
  signal?: AbortSignal,
): Promise<RowView> {
  const turns = new Turns(signal);
  const fits = numberTest({ rows, index, verdicts }, version, filter);
  const text = filter.search?.trim();
  if (text) return searchRows({ rows, index }, { version, text, fits, turns });
  const order = new RowOrder();
  const isAll = filter.split === undefined && isOpen(filter);
  const wanted = filter.split !== undefined && isOpen(filter) ? stateOfSplit(filter.split) : undefined;
  for (const { numbers, states } of rows.rowsOf(version).pages()) {
    if (isAll) order.pushAll(numbers);
    else {
      for (let place = 0; place < numbers.length; place++) {
        const [number = 0, state = 0] = [numbers[place], states[place]];
        if (wanted === undefined ? fits(number, state) : state === wanted) order.push(number);
      }
    }
    await turns.rest();
  }
  return { order, isBounded: false };
}

/** Whether nothing but the split is asked for. */
function isOpen({ verdict, contextLetters, targetLetters }: RowFilter): boolean {
  return verdict === undefined && !contextLetters && !targetLetters;
}

/** So many rows are found by a search at most; whoever wants others narrows it down. */
const searchBound = 1000;

/** From the index, whose finds are looked at, and from the rows that are not in it yet. */
async function searchRows(
  { rows, index }: Pick<Parts, 'rows' | 'index'>,
  query: { version: number; text: string; fits: NumberTest; turns: Turns },
): Promise<RowView> {
  const { version, text, fits, turns } = query;
  const versionRows = rows.rowsOf(version);
  const holds = rows.textTest(text);
  const found: number[] = [];
  const indexed = index.rows;
  let looked = 0;
  let isBounded = false;
  const look = (number: number) => {
    const state = versionRows.state(number);
    if (state === 0 || !fits(number, state)) return;
    looked++;
    if (holds(number)) found.push(number);
  };
  // One or two letters stand in so many rows, as a rule, that looking at the first rows finds enough of them.
  const tried = [...text].length < 3 ? Math.min(indexed, triedRows) : 0;
  for (let number = 0; number < tried; number++) look(number);
  const isCommon = tried > 0 && found.length >= tried * commonShare;
  const candidates = isCommon ? undefined : index.candidates(text);
  for (const number of candidates ?? upTo(indexed)) {
    if (number < tried) continue;
    if (found.length >= searchBound || looked >= lookBound) {
      isBounded = true;
      break;
    }
    look(number);
    // A statement that is being walked through must not be left for another turn while the index is written to by none.
    if (turns.isDue) await turns.rest();
  }
  const end = rows.numberEnd();
  for (let number = indexed; number < end && !isBounded; number++) {
    if (found.length >= searchBound || looked >= lookBound) isBounded = true;
    else look(number);
    if (turns.isDue) await turns.rest();
  }
  const order = new RowOrder();
  for (const number of inOrder(rows, found)) order.push(number);
  return { order, isBounded };
}

const triedRows = 2000;
const commonShare = 0.1;

/** Looking at a row takes some microseconds; this many keep a search without an index below a second. */
const lookBound = 100_000;

type NumberTest = (number: number, state: number) => boolean;

/** What can be said of a row without reading it. */
function numberTest({ index, rows, verdicts }: Parts, version: number, filter: RowFilter): NumberTest {
  const tests: NumberTest[] = [];
  const { split, verdict, contextLetters, targetLetters } = filter;
  if (split !== undefined) tests.push((_, state) => splitOfState(state) === split);
  if (verdict !== undefined) {
    const flagged = verdicts.flagged(verdict === 'warning' || verdict === 'ready' ? undefined : verdict);
    tests.push(verdict === 'ready' ? (number) => !flagged.has(number) : (number) => flagged.has(number));
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

function* upTo(end: number): Generator<number> {
  for (let number = 0; number < end; number++) yield number;
}

/** Row numbers in the order of their positions. */
function inOrder(rows: RowStore, numbers: readonly number[]): number[] {
  return numbers
    .map((number) => ({ number, position: rows.positionOf(number) }))
    .sort((a, b) => a.position - b.position)
    .map(({ number }) => number);
}

/** Lets the thread's other work have a turn every few milliseconds. */
class Turns {
  readonly #signal: AbortSignal | undefined;
  #began = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  get isDue(): boolean {
    return performance.now() - this.#began > 8;
  }

  async rest(): Promise<void> {
    if (!this.isDue) return;
    await nextTurn();
    this.#signal?.throwIfAborted();
    this.#began = performance.now();
  }
}
