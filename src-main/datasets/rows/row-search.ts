import type { RowFilter } from '../../../src-contract/dataset.ts';
import { TimeSlices } from '../time-slices.ts';
import { RowOrder } from './row-order.ts';
import type { RowStore } from './row-store.ts';
import { type NumberTest, numberTest, type RowView, type ViewParts } from './row-views.ts';
import { TextTest } from './text-test.ts';
import { groupRows, type WordIndex } from './word-index-store.ts';

/**
 * The rows that contain a text, from the first on: candidates from the index, which are verified, and a scan of rows
 * not indexed yet. It advances only on request, each time for a few dozen milliseconds, and then returns what it has
 * found.
 */
export class RowSearch {
  readonly #parts: { readonly rows: RowStore; readonly index: WordIndex };
  readonly #steps: Generator<undefined, void>;
  readonly #fits: NumberTest;
  readonly #test: TextTest;
  readonly #version: number;
  readonly #indexed: number;
  readonly #found: number[] = [];
  #view: RowView = { order: new RowOrder(), isBounded: false, isSearching: true };
  #looked = 0;
  #walk: ReturnType<WordIndex['candidates']> | undefined;
  #nextGroup = 0;
  #release: ReturnType<typeof setTimeout> | undefined;
  #going: Promise<void> = Promise.resolve();

  constructor(parts: ViewParts, version: number, filter: RowFilter & { search: string }) {
    this.#parts = parts;
    this.#version = version;
    this.#fits = numberTest(parts, version, filter);
    this.#test = new TextTest(filter.search);
    this.#indexed = parts.index.rows;
    this.#steps = this.#search(filter.search);
  }

  /** True if it gave up early and would now get further, because the index has grown. */
  get isStale(): boolean {
    return !this.#view.isSearching && this.#looked >= lookBound && this.#parts.index.rows > this.#indexed;
  }

  /** What has been found so far, after searching a little further. Concurrent callers take turns. */
  async view(signal?: AbortSignal): Promise<RowView> {
    const before = this.#going;
    const turn = before.then(() => this.#goOn(signal));
    this.#going = turn.catch(() => undefined);
    await turn;
    return this.#view;
  }

  /** Ends the open index read; the next request starts another where it stopped. */
  letGo(): void {
    clearTimeout(this.#release);
    this.#walk?.return('all');
    this.#walk = undefined;
  }

  async #goOn(signal: AbortSignal | undefined): Promise<void> {
    clearTimeout(this.#release);
    // Release it if nobody asks again.
    this.#release = setTimeout(() => this.letGo(), heldMs);
    const slices = new TimeSlices(signal);
    const until = performance.now() + patienceMs;
    const before = this.#found.length;
    while (this.#view.isSearching && performance.now() < until) {
      if (this.#steps.next().done) this.#view = { ...this.#view, isSearching: false };
      if (slices.isOver) await slices.rest();
    }
    if (this.#found.length === before && this.#view.isSearching) return;
    const order = new RowOrder();
    for (const number of inOrder(this.#parts.rows, this.#found.slice(0, searchBound))) order.push(number);
    this.#view = { ...this.#view, order, isBounded: this.#isEnough };
  }

  /** Yields after every few milliseconds of work. */
  *#search(text: string): Generator<undefined, void> {
    const { rows, index } = this.#parts;
    // One or two letters usually occur in so many rows that scanning the first ones finds enough.
    const tried = [...text].length < 3 ? Math.min(this.#indexed, triedRows) : 0;
    yield* this.#lookThrough(0, tried);
    const isCommon = this.#found.length >= triedRows * commonShare;
    const isWhole = !isCommon && (yield* this.#lookAt(() => index.candidates(text, this.#nextGroup), tried));
    this.letGo();
    yield* this.#lookThrough(isWhole ? this.#indexed : tried, rows.numberEnd());
  }

  /** False if there were too many groups to verify each. */
  *#lookAt(walk: () => ReturnType<WordIndex['candidates']>, tried: number): Generator<undefined, boolean> {
    while (!this.#isEnough) {
      this.#walk ??= walk();
      const { done, value: group } = this.#walk.next();
      if (done) return group === 'all';
      if (typeof group === 'number') {
        this.#nextGroup = group + 1;
        const from = group * groupRows;
        // The index may have grown since: rows beyond what it covered are scanned instead.
        if (from < tried || from >= this.#indexed) continue;
        this.#look(from, from + groupRows);
        this.#looked += groupCost;
      }
      yield;
    }
    return true;
  }

  *#lookThrough(start: number, end: number): Generator<undefined, void> {
    for (let from = start; from < end && !this.#isEnough; from += stretchRows) {
      this.#look(from, Math.min(end, from + stretchRows));
      this.#looked += stretchRows;
      yield;
    }
  }

  get #isEnough(): boolean {
    return this.#found.length > searchBound || this.#looked >= lookBound;
  }

  #look(from: number, end: number): void {
    const versionRows = this.#parts.rows.rowsOf(this.#version);
    for (const number of this.#parts.rows.holding(this.#test, from, end)) {
      const state = versionRows.state(number);
      if (state > 0 && this.#fits(number, state)) this.#found.push(number);
    }
  }
}

/** Maximum number of rows found; to see others, the search must be narrowed. */
const searchBound = 1000;

/** An answer is returned after this time, however much has been found, so that it feels immediate. */
const patienceMs = 50;

/** How long an index read stays open for the next request. */
const heldMs = 1000;

/** A multiple of the group size. */
const triedRows = 2000;
const commonShare = 0.1;
const stretchRows = 256;

/** Scanning takes a few microseconds per row; the search gives up after this many. */
const lookBound = 10_000_000;
/** How many consecutive rows can be scanned in the time it takes to verify one group. */
const groupCost = 16;

/** Row numbers ordered by position. */
function inOrder(rows: RowStore, numbers: readonly number[]): number[] {
  return numbers
    .map((number) => ({ number, position: rows.positionOf(number) }))
    .sort((a, b) => a.position - b.position)
    .map(({ number }) => number);
}
