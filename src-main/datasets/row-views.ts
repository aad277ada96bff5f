import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RowFilter } from '../../src-contract/dataset.ts';
import { RowOrder } from './row-order.ts';
import { pageRows, splitOfState, stateOfSplit } from './row-states.ts';
import type { RowStore } from './row-store.ts';
import { TextTest } from './text-test.ts';
import { groupRows, type WordIndex } from './word-index-store.ts';

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
  const test = new TextTest(text);
  const found: number[] = [];
  const indexed = index.rows;
  let looked = 0;
  const look = (from: number, end: number) => {
    for (const number of rows.holding(test, from, end)) {
      const state = versionRows.state(number);
      if (state > 0 && fits(number, state)) found.push(number);
    }
  };
  const isEnough = () => found.length > searchBound || looked >= lookBound;
  // One or two letters stand in so many rows, as a rule, that looking at the first rows finds enough of them.
  const tried = [...text].length < 3 ? Math.min(indexed, triedRows) : 0;
  if (tried > 0) look(0, tried);
  const isCommon = found.length >= triedRows * commonShare;
  const candidates = isCommon ? undefined : index.candidates(text);
  for (const group of candidates ?? []) {
    const from = group * groupRows;
    if (from < tried) continue;
    if (isEnough()) break;
    look(from, from + groupRows);
    looked += groupCost;
    // A statement that is being walked through must not be left for another turn while the index is written to by none.
    if (turns.isDue) await turns.rest();
  }
  const end = rows.numberEnd();
  for (let from = candidates ? indexed : tried; from < end && !isEnough(); from += stretchRows) {
    look(from, Math.min(end, from + stretchRows));
    looked += stretchRows;
    if (turns.isDue) await turns.rest();
  }
  const isBounded = isEnough();
  const order = new RowOrder();
  for (const number of inOrder(rows, found.slice(0, searchBound))) order.push(number);
  return { order, isBounded };
}

/** A multiple of the groups. */
const triedRows = 2000;
const commonShare = 0.1;
const stretchRows = 256;

/** Rows that follow each other are looked at in less than a microsecond each; so many keep a search below a second or so. */
const lookBound = 1_000_000;
/** So many rows that follow each other could be looked at while a group somewhere is. */
const groupCost = 16;

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
