import { setTimeout as sleep } from 'node:timers/promises';
import type { RowFilter, ShownExample } from '../../../src-contract/dataset.ts';
import { asRowsFault } from '../../database/rows-file.ts';
import { checkRows, findingsOf } from '../findings/check-rows.ts';
import type { CheckedRow } from '../findings/detector.ts';
import { FindingStore } from '../findings/finding-store.ts';
import { TimeSlices } from '../time-slices.ts';
import { listedTexts } from './listed-texts.ts';
import { RowKin } from './row-kin.ts';
import { RowSearch } from './row-search.ts';
import { splitOfState } from './row-states.ts';
import { RowStore } from './row-store.ts';
import { type RowView, type ViewParts, viewRows } from './row-views.ts';
import type { RowsPlace, RowsThreadCalls } from './rows-thread-messages.ts';
import { groupRows, WordIndex } from './word-index-store.ts';

/** One dataset as a rows thread reads it: pages of filtered rows, the word index, the check. */
export class DatasetReading {
  readonly #rows: RowStore;
  readonly #index: WordIndex;
  readonly #findings: FindingStore;
  readonly #views = new Map<string, Promise<RowView> | RowSearch>();
  /** Indexing is writing to the file that it shares with the findings. */
  #isIndexing = false;
  /** A check is waiting to write. */
  #isAwaited = false;

  constructor({ rowsFile, derivedFile }: RowsPlace) {
    this.#rows = new RowStore(rowsFile, { readonly: true });
    this.#index = new WordIndex(derivedFile);
    this.#findings = new FindingStore(derivedFile);
  }

  close(): void {
    for (const [key, view] of this.#views) this.#forget(key, view);
    this.#rows.close();
    this.#index.close();
    this.#findings.close();
  }

  /** A filter's list is computed once and cached; pages of it are then read row by row. */
  async page(
    { version, filter, offset, limit }: RowsThreadCalls['page']['ask'],
    signal: AbortSignal,
  ): Promise<RowsThreadCalls['page']['answer']> {
    const view = await this.#view(version, filter, signal);
    const numbers = view.order.slice(offset, limit);
    const examples = [...this.#shown(version, numbers)];
    return {
      ...{ total: view.order.length, isBounded: view.isBounded, isSearching: view.isSearching, examples },
      indexed: { done: this.#index.rows, total: this.#indexable() },
    };
  }

  *#shown(version: number, numbers: Iterable<number>): Generator<ShownExample> {
    for (const number of numbers) {
      for (const { example } of this.#rows.numbered(version, [number])) {
        const findings = [...(example.warning?.split(' ') ?? []), ...this.#findings.codesOf(number)];
        yield { ...example, ...listedTexts(example), findings };
      }
    }
  }

  /** Scans every row, yielding to the thread's other work. */
  async kin(
    { version, context }: RowsThreadCalls['kin']['ask'],
    signal: AbortSignal,
  ): Promise<RowsThreadCalls['kin']['answer']> {
    const kin = new RowKin(context);
    const slices = new TimeSlices(signal);
    for (const { numbers, states } of this.#rows.rowsOf(version).pages()) {
      for (const [place, number] of numbers.entries()) {
        const split = splitOfState(states[place] ?? 0);
        const { group, context: text } = this.#rows.splitFacts(number);
        if (split) kin.see({ number, split, group, context: text() });
        if (slices.isOver) await slices.rest();
      }
    }
    const [same = null] = kin.same === undefined ? [] : this.#rows.byNumbers(version, [kin.same]);
    return { same, split: kin.split, group: kin.group };
  }

  /**
   * Uses few, large transactions, because adding a large piece of index at once needs little merging. A check that needs
   * to write ends the current one early.
   */
  async index(
    tell: (event: RowsThreadCalls['index']['event']) => void,
    signal: AbortSignal,
  ): Promise<{ rows: number }> {
    const total = this.#indexable();
    let next = this.#index.rows;
    const slices = new TimeSlices(signal);
    while (next < total) {
      const end = Math.min(next + rowsPerTransaction, total);
      this.#index.begin();
      this.#isIndexing = true;
      try {
        // Another process may have advanced it meanwhile.
        next = Math.max(next, this.#index.rows);
        while (next < end && !this.#isAwaited) {
          const slice = Math.min(next + 24 * groupRows, end);
          this.#index.add(this.#rows.contentBetween(next, slice));
          next = slice;
          if (slices.isOver) await slices.rest();
        }
        this.#index.commit(next);
      } catch (error) {
        this.#index.rollback();
        throw error;
      } finally {
        this.#isIndexing = false;
      }
      tell({ done: next, total });
      if (next < total) await sleep(betweenMs, undefined, { signal });
    }
    return { rows: next };
  }

  /** An incomplete group waits; searches scan its rows directly. */
  #indexable(): number {
    const end = this.#rows.numberEnd();
    return end - (end % groupRows);
  }

  async check(
    { version, task, more }: RowsThreadCalls['check']['ask'],
    tell: (event: RowsThreadCalls['check']['event']) => void,
    signal: AbortSignal,
  ): Promise<RowsThreadCalls['check']['answer']> {
    const began = performance.now();
    const rows = this.#rows.version(version)?.rows ?? 0;
    const read = (number: number) => {
      const found = this.#rows.numbered(version, [number])[0];
      return found && checkedRow(found);
    };
    const steps = checkRows(this.#checked(version), { task, rows, read }, signal);
    let told = 0;
    for (let step = await steps.next(); ; step = await steps.next()) {
      if (step.done) {
        const flagged = [...step.value.flagged, ...more.flagged];
        const limits = [...step.value.limits, ...more.limits];
        const report = {
          ...{ version, rows, limits, findings: findingsOf(flagged), doubts: step.value.doubts },
          flagged: new Set(flagged.map(({ number }) => number)).size,
          seconds: (performance.now() - began) / 1000,
        };
        await this.#indexRests(signal);
        while (!this.#findings.replace(report, flagged)) await sleep(retryMs, undefined, { signal });
        for (const [key, view] of this.#views) this.#forget(key, view);
        return report;
      }
      if (performance.now() - told < 100) continue;
      told = performance.now();
      tell(step.value);
    }
  }

  /** Waits until indexing stops writing: SQLite would block this thread, which indexing needs to continue. */
  async #indexRests(signal: AbortSignal): Promise<void> {
    const slices = new TimeSlices(signal);
    this.#isAwaited = true;
    try {
      while (this.#isIndexing) await slices.rest();
    } finally {
      this.#isAwaited = false;
    }
  }

  *#checked(version: number): Generator<CheckedRow> {
    for (const { numbers } of this.#rows.rowsOf(version).pages()) {
      for (let start = 0; start < numbers.length; start += 200) {
        yield* this.#rows.numbered(version, numbers.slice(start, start + 200)).map(checkedRow);
      }
    }
  }

  async #view(version: number, filter: RowFilter, signal: AbortSignal): Promise<RowView> {
    const { verdict } = filter;
    const search = filter.search?.trim();
    // The rows of a verdict change when a check completes.
    const state = verdict ? JSON.stringify(this.#findings.report()?.seconds) : '';
    const key = `${version} ${state} ${JSON.stringify(filter)}`;
    const known = this.#views.get(key);
    // Whoever asked for it first may have left.
    if (known instanceof Promise) return known.catch(() => this.#view(version, filter, signal));
    if (known && !known.isStale) return known.view(signal);
    if (known) this.#forget(key, known);
    const flagged = (code: string | undefined) => {
      const numbers = new Set(this.#findings.numbers(code));
      if (code === undefined) for (const number of this.#rows.warned()) numbers.add(number);
      return numbers;
    };
    const parts: ViewParts = { rows: this.#rows, index: this.#index, flagged };
    const view = search
      ? new RowSearch(parts, version, { ...filter, search })
      : viewRows(parts, version, filter, signal);
    const [oldest] = this.#views;
    if (this.#views.size >= 6 && oldest) this.#forget(...oldest);
    this.#views.set(key, view);
    if (view instanceof RowSearch) return view.view(signal);
    view.catch(() => this.#views.delete(key));
    return view;
  }

  #forget(key: string, view: Promise<RowView> | RowSearch): void {
    if (view instanceof RowSearch) view.letGo();
    this.#views.delete(key);
  }
}

/** The error itself, or a damage error if it came from a damaged rows file. */
export function rowsFault({ rowsFile }: RowsPlace, error: unknown): unknown {
  return asRowsFault(rowsFile, error);
}

const rowsPerTransaction = 20_000;
/** Gives other processes a chance to write between two transactions. */
const [betweenMs, retryMs] = [50, 10];

function checkedRow({ number, example }: { number: number; example: Omit<CheckedRow, 'number'> }): CheckedRow {
  const { position, split, context, target, group, database } = example;
  return { number, position, split, context, target, group, database };
}
