import type { Split } from '../../../src-contract/dataset.ts';
import {
  type ChangeDetail,
  type ChangeKind,
  longestText,
  type RowContent,
} from '../../../src-contract/dataset-version.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { openRowsFile, type RowsDatabase } from '../../database/rows-file.ts';
import { contentHash, datasetHash, NeighbourSum, SplitsHash } from '../rows/content-hash.ts';
import { Neighbours } from '../rows/neighbours.ts';
import { RowBlocks } from '../rows/row-blocks-store.ts';
import { packStates, pageRows, stateOfSplit } from '../rows/row-states.ts';
import { TimeSlices } from '../time-slices.ts';
import { VersionRows } from './version-rows-store.ts';

/** Facts of the current version. */
interface Head {
  readonly version: number;
  readonly rows: number;
  readonly train_rows: number;
  readonly validation_rows: number;
  readonly test_rows: number;
  readonly content_sum: string;
  readonly splits_sha256: string;
  readonly same_as: number;
  readonly undo_to: number | null;
  readonly redo_to: number | null;
}

/**
 * One change of a dataset, which becomes its next version: a single transaction on its own handle, which takes effect
 * on `commit` or not at all. Row content is append-only, so a change costs only what it touches.
 */
export class VersionChange {
  readonly #database: RowsDatabase;
  readonly #head: Head;
  readonly #before: VersionRows;
  readonly #blocks: RowBlocks;
  readonly #after = new Map<number, Uint8Array>();
  /** By position: the row there before and now; undefined for none. */
  readonly #changed = new Map<number, { old: number | undefined; now: number | undefined }>();
  readonly #insert;
  readonly #select;
  /** One past the last position used before this change. */
  readonly #positionEnd: number;
  #nextNumber: number;
  #nextPosition: number;
  #isOpen = true;

  /** Throws DATASET_IN_USE immediately if another process is changing the dataset. */
  constructor(file: string, datasetName: string) {
    this.#database = openRowsFile(file, { readonly: false });
    try {
      const patienceMs = this.#database.pragma('busy_timeout', { simple: true });
      this.#database.pragma('busy_timeout = 0');
      this.#database.exec('BEGIN IMMEDIATE');
      this.#database.pragma(`busy_timeout = ${patienceMs}`);
      const head = this.#database
        .prepare<[], Head>(
          `SELECT version, rows, train_rows, validation_rows, test_rows, content_sum, splits_sha256, same_as, undo_to, redo_to
           FROM version ORDER BY version DESC LIMIT 1`,
        )
        .get();
      const first = this.#database.prepare<[], number>('SELECT rows FROM version WHERE version = 1').pluck().get();
      if (!head || first === undefined) throw new Error('the rows file has no version');
      this.#head = head;
      this.#before = new VersionRows(this.#database, head.version, first);
      this.#blocks = new RowBlocks(this.#database);
      const last = this.#database.prepare<[], number | null>('SELECT max(number) FROM example').pluck().get() ?? -1;
      this.#nextNumber = Math.max(last + 1, this.#blocks.end);
      this.#positionEnd = this.#before.positionEnd();
      this.#nextPosition = this.#positionEnd;
      this.#insert = this.#database.prepare(
        `INSERT INTO example (number, position, line, context, target, group_key, database_name, source_id, warning)
         VALUES (:number, :position, :line, :context, :target, :group, :database, :sourceId, NULL)`,
      );
      this.#select = this.#database.prepare<[number], StoredContent>(
        `SELECT line, context, target, group_key AS "group", database_name AS "database", source_id AS sourceId
         FROM example WHERE number = ?`,
      );
    } catch (error) {
      this.#database.close();
      if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') {
        throw new StudioError(
          'DATASET_IN_USE',
          { dataset: datasetName, ...because('USED_BY_CHANGE') },
          { cause: error },
        );
      }
      throw error;
    }
  }

  get headVersion(): number {
    return this.#head.version;
  }

  /**
   * Replaces texts of a row. False if there is no such row or it already has these texts. Throws OPTION_INVALID for a
   * text that grows beyond the limit for a row; one imported that long, from several cells, may stay.
   */
  edit(position: number, content: Partial<RowContent>): boolean {
    const number = this.#numberNow(position);
    const old = number === undefined ? undefined : this.#content(number);
    if (number === undefined || old === undefined) return false;
    const next = { ...old, ...content };
    if (
      next.context === old.context &&
      next.target === old.target &&
      next.group === old.group &&
      next.database === old.database
    ) {
      return false;
    }
    for (const field of ['context', 'target'] as const) {
      const letters = next[field].length;
      if (letters > longestText && letters > old[field].length) throw textTooLong('row', position, letters);
    }
    const state = this.#state(number);
    this.#setState(number, 0);
    const own = this.#write(position, next);
    this.#setState(own, state);
    this.#note(position, own);
    return true;
  }

  /** False if there is no such row. */
  remove(position: number): boolean {
    const number = this.#numberNow(position);
    if (number === undefined) return false;
    this.#setState(number, 0);
    this.#note(position, undefined);
    return true;
  }

  /** Adds a row after all others and returns its position. */
  add({ context, target, group, database }: RowContent, split: Split, sourceId: string | null = null): number {
    const position = this.#nextPosition++;
    const number = this.#write(position, { context, target, group, database, line: 0, sourceId });
    this.#setState(number, stateOfSplit(split));
    this.#note(position, number);
    return position;
  }

  /** Moves a row to another split. */
  move(position: number, split: Split): boolean {
    const number = this.#numberNow(position);
    if (number === undefined || this.#state(number) === stateOfSplit(split)) return false;
    this.deal(number, split);
    return true;
  }

  /** Like `move`, for a row of the current version by its number. */
  deal(number: number, split: Split): void {
    const state = stateOfSplit(split);
    if (this.#state(number) === state) return;
    this.#setState(number, state);
  }

  /**
   * Stores the change as the next version and returns its number. Undefined, and nothing is stored, if nothing has
   * changed.
   */
  async commit(kind: ChangeKind, detail: ChangeDetail, now: number, signal?: AbortSignal): Promise<number | undefined> {
    const figures = { added: 0, removed: 0, edited: 0 };
    for (const { old, now: number } of this.#changed.values()) {
      if (old === number) continue;
      if (old === undefined) figures.added++;
      else if (number === undefined) figures.removed++;
      else figures.edited++;
    }
    const { moved, counts } = await this.#stateFigures(signal);
    if (figures.added + figures.removed + figures.edited + moved === 0) {
      this.rollback();
      return undefined;
    }
    const contentSum = await this.#contentSum(signal);
    const version = this.#head.version + 1;
    await this.#writePages(version, signal);
    const splitsSha256 =
      moved + figures.added + figures.removed === 0
        ? this.#head.splits_sha256
        : await this.#splitsSha256(version, signal);
    const sha256 = datasetHash(contentSum, splitsSha256);
    const told = { ...detail, ...nonZero({ ...figures, moved }) };
    // The same rows may have existed before, if the change was reverted by hand.
    const sameAs = this.#database
      .prepare<[string], number>('SELECT min(same_as) FROM version WHERE sha256 = ?')
      .pluck()
      .get(sha256);
    this.#insertVersion({
      ...{ version, kind, detail: JSON.stringify(told), ...counts },
      ...{ content_sum: contentSum, splits_sha256: splitsSha256, sha256 },
      ...{ same_as: sameAs ?? version, undo_to: this.#head.version, redo_to: null, created_at: now },
    });
    this.#close('COMMIT');
    return version;
  }

  /**
   * Makes the rows of an earlier version the next version. `undo` and `redo` use the targets of the current version;
   * undefined if it has none. Throws OPTION_INVALID for a version that does not exist.
   */
  bringBack(to: 'undo' | 'redo' | { version: number }, now: number): number | undefined {
    const head = this.#head;
    const target = to === 'undo' ? head.undo_to : to === 'redo' ? head.redo_to : to.version;
    if (target === null) {
      this.rollback();
      return undefined;
    }
    const source = this.#database
      .prepare<[number], Head & { sha256: string }>(
        `SELECT version, rows, train_rows, validation_rows, test_rows, content_sum, splits_sha256, sha256, same_as, undo_to,
           redo_to
         FROM version WHERE version = ?`,
      )
      .get(target);
    if (!source) {
      this.rollback();
      throw new StudioError('OPTION_INVALID', {
        option: 'version',
        ...because('VERSION_UNKNOWN', { version: target }),
      });
    }
    const version = head.version + 1;
    this.#copyPages(target, version);
    const steps =
      to === 'undo'
        ? { undo_to: source.undo_to, redo_to: head.version }
        : to === 'redo'
          ? { undo_to: source.undo_to, redo_to: source.redo_to }
          : { undo_to: head.version, redo_to: null };
    const { rows, train_rows, validation_rows, test_rows, content_sum, splits_sha256, sha256, same_as } = source;
    this.#insertVersion({
      ...{ version, kind: typeof to === 'string' ? to : 'restore', detail: JSON.stringify({ version: target }) },
      ...{ rows, train_rows, validation_rows, test_rows, content_sum, splits_sha256, sha256, same_as },
      ...{ ...steps, created_at: now },
    });
    this.#close('COMMIT');
    return version;
  }

  /** Stores a note, or removes it if the text is empty, in place of a version: notes are not part of any. */
  note(position: number, text: string, now: number): void {
    if (text.trim() === '') this.#database.prepare('DELETE FROM note WHERE position = ?').run(position);
    else {
      this.#database
        .prepare('INSERT OR REPLACE INTO note (position, text, written_at) VALUES (?, ?, ?)')
        .run(position, text, now);
    }
    this.#close('COMMIT');
  }

  /** Discards everything; a no-op after `commit`. */
  rollback(): void {
    this.#close('ROLLBACK');
  }

  #close(end: 'COMMIT' | 'ROLLBACK'): void {
    if (!this.#isOpen) return;
    try {
      // When the disk is full, SQLite has already rolled back, and ROLLBACK would fail with an error that hides the
      // real one.
      if (end === 'COMMIT' || this.#database.inTransaction) this.#database.exec(end);
    } finally {
      this.#isOpen = false;
      this.#database.close();
    }
  }

  #numberNow(position: number): number | undefined {
    const change = this.#changed.get(position);
    return change ? change.now : this.#numberBefore(position);
  }

  #numberBefore(position: number): number | undefined {
    return position < this.#positionEnd ? this.#before.at(position) : undefined;
  }

  #note(position: number, number: number | undefined): void {
    const known = this.#changed.get(position);
    if (known) known.now = number;
    else this.#changed.set(position, { old: this.#numberBefore(position), now: number });
  }

  #state(number: number): number {
    const page = this.#after.get(Math.floor(number / pageRows));
    return page ? (page[number % pageRows] ?? 0) : this.#before.state(number);
  }

  #setState(number: number, state: number): void {
    const place = Math.floor(number / pageRows);
    let page = this.#after.get(place);
    if (!page) {
      page = Uint8Array.from(this.#before.page(place));
      this.#after.set(place, page);
    }
    page[number % pageRows] = state;
  }

  #write(position: number, content: StoredContent): number {
    const number = this.#nextNumber++;
    this.#insert.run({ ...content, number, position });
    return number;
  }

  #content(number: number): StoredContent | undefined {
    if (number < this.#blocks.end) return { ...this.#blocks.row(number), sourceId: this.#blocks.sourceId(number) };
    return this.#select.get(number);
  }

  #hash(number: number | undefined): Buffer | undefined {
    const content = number === undefined ? undefined : this.#content(number);
    return content && contentHash(content);
  }

  /** Updates the sum: subtracts the neighbour pairs that no longer exist and adds the new ones. */
  async #contentSum(signal: AbortSignal | undefined): Promise<string> {
    const sum = new NeighbourSum(this.#head.content_sum);
    const positions = [...this.#changed]
      .filter(([, { old, now }]) => old !== now)
      .map(([position]) => position)
      .sort((a, b) => a - b);
    const sides = [
      { at: (position: number) => this.#numberBefore(position), end: this.#positionEnd, isOld: true },
      { at: (position: number) => this.#numberNow(position), end: this.#nextPosition, isOld: false },
    ];
    const slices = new TimeSlices(signal);
    for (const { at, end, isOld } of sides) {
      const neighbours = new Neighbours(at, end);
      let lastLeft: number | undefined | null = null;
      for (const position of positions) {
        if (slices.isOver) await slices.rest();
        for (const [left, right] of neighbours.pairsAround(position)) {
          // In ascending order, so if this pair was seen before, it was the previous one.
          if (lastLeft !== null && (left ?? -1) <= (lastLeft ?? -1)) continue;
          lastLeft = left;
          const pair = [left, right].map((place) => this.#hash(place === undefined ? undefined : at(place)));
          if (isOld) sum.subtract(pair[0], pair[1]);
          else sum.add(pair[0], pair[1]);
        }
      }
    }
    return sum.toHex();
  }

  /** How many rows have moved to another split, and how many each split has now. */
  async #stateFigures(signal: AbortSignal | undefined) {
    const changes = [0, 0, 0, 0];
    let moved = 0;
    const slices = new TimeSlices(signal);
    for (const [page, after] of this.#after) {
      const before = this.#before.page(page);
      for (let place = 0; place < pageRows; place++) {
        const [old = 0, now = 0] = [before[place], after[place]];
        if (old === now) continue;
        changes[old] = (changes[old] ?? 0) - 1;
        changes[now] = (changes[now] ?? 0) + 1;
        if (old > 0 && now > 0) moved++;
      }
      if (slices.isOver) await slices.rest();
    }
    const [, train = 0, validation = 0, test = 0] = changes;
    const { rows, train_rows, validation_rows, test_rows } = this.#head;
    const counts = {
      rows: rows + train + validation + test,
      train_rows: train_rows + train,
      validation_rows: validation_rows + validation,
      test_rows: test_rows + test,
    };
    return { moved, counts };
  }

  async #writePages(version: number, signal: AbortSignal | undefined): Promise<void> {
    const insert = this.#database.prepare('INSERT INTO state_page (page, version, states) VALUES (?, ?, ?)');
    const slices = new TimeSlices(signal);
    for (const [page, states] of this.#after) {
      insert.run(page, version, packStates(states));
      if (slices.isOver) await slices.rest();
    }
  }

  /** Restores the target's states on all pages that have changed since. */
  #copyPages(target: number, version: number): void {
    const changed = this.#database
      .prepare<[number], number>('SELECT DISTINCT page FROM state_page WHERE version > ?')
      .pluck()
      .all(target);
    const rows = new VersionRows(this.#database, target, this.#before.imported);
    const insert = this.#database.prepare('INSERT INTO state_page (page, version, states) VALUES (?, ?, ?)');
    for (const page of changed) insert.run(page, version, packStates(rows.page(page)));
  }

  async #splitsSha256(version: number, signal: AbortSignal | undefined): Promise<string> {
    const hash = new SplitsHash();
    const rows = new VersionRows(this.#database, version, this.#before.imported);
    const slices = new TimeSlices(signal);
    for (const states of rows.orderedStates()) {
      hash.add(states);
      if (slices.isOver) await slices.rest();
    }
    return hash.finish();
  }

  #insertVersion(values: Record<string, string | number | null>): void {
    this.#database
      .prepare(
        `INSERT INTO version (version, kind, detail, rows, train_rows, validation_rows, test_rows, content_sum,
           splits_sha256, sha256, same_as, undo_to, redo_to, created_at)
         VALUES (:version, :kind, :detail, :rows, :train_rows, :validation_rows, :test_rows, :content_sum,
           :splits_sha256, :sha256, :same_as, :undo_to, :redo_to, :created_at)`,
      )
      .run(values);
  }
}

/** Row numbers shown to a person start at 1. */
export function textTooLong(option: string, position: number, letters: number): StudioError {
  const why = because('ROW_TEXT_TOO_LONG', { row: position + 1, letters, most: longestText });
  return new StudioError('OPTION_INVALID', { option, ...why });
}

interface StoredContent extends RowContent {
  readonly line: number;
  readonly sourceId: string | null;
}

function nonZero(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value > 0));
}
