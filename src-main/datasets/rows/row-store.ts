import type { Example, ListedRejection, Rejection, Split } from '../../../src-contract/dataset.ts';
import type { ChangeDetail, ChangeKind, DatasetVersion } from '../../../src-contract/dataset-version.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { rowVerdictSentence } from '../../../src-contract/row-verdict.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import { withinMessage } from '../../async/within-message.ts';
import { openRowsFile, type RowsDatabase } from '../../database/rows-file.ts';
import { VersionRows } from '../versions/version-rows-store.ts';
import { RowBlocks } from './row-blocks-store.ts';
import { pageRows, splitOfState, stateOfSplit } from './row-states.ts';
import type { TextTest } from './text-test.ts';

/** A rejected row as it is stored, with all of its texts. */
export interface KeptRejection extends Omit<Rejection, 'message'> {
  /** Index among the rejected rows, from 0. */
  readonly number: number;
}

/** Reads the rows file of one dataset: its versions, their rows, rejections, and notes. */
export class RowStore {
  readonly #database: RowsDatabase;
  readonly #blocks: RowBlocks;
  readonly #byNumber;
  #imported: number | undefined;
  #rows: VersionRows | undefined;

  constructor(file: string, { readonly }: { readonly: boolean }) {
    this.#database = openRowsFile(file, { readonly });
    this.#blocks = new RowBlocks(this.#database);
    this.#byNumber = this.#database.prepare<[number], ExampleRow>(
      `SELECT ${exampleColumns} FROM example WHERE number = ?`,
    );
  }

  close(): void {
    this.#database.close();
  }

  /** The newest version. */
  head(): DatasetVersion {
    const row = this.#database
      .prepare<[], VersionRow>(`SELECT ${versionColumns} FROM version ORDER BY version DESC LIMIT 1`)
      .get();
    if (!row) throw new Error('the rows file has no version');
    return toVersion(row);
  }

  /** Undefined if there is no such version. */
  version(version: number): DatasetVersion | undefined {
    const row = this.#database
      .prepare<[number], VersionRow>(`SELECT ${versionColumns} FROM version WHERE version = ?`)
      .get(version);
    return row && toVersion(row);
  }

  /** The newest with this hash, and so with the same rows in the same splits; undefined if there is none. */
  versionOf(sha256: string): DatasetVersion | undefined {
    const row = this.#database
      .prepare<[string], VersionRow>(
        `SELECT ${versionColumns} FROM version WHERE sha256 = ? ORDER BY version DESC LIMIT 1`,
      )
      .get(sha256);
    return row && toVersion(row);
  }

  /** Newest first. */
  versions(offset: number, limit: number): DatasetVersion[] {
    return this.#database
      .prepare<[number, number], VersionRow>(
        `SELECT ${versionColumns} FROM version ORDER BY version DESC LIMIT ? OFFSET ?`,
      )
      .all(limit, offset)
      .map(toVersion);
  }

  /** The rows of a version. */
  rowsOf(version: number): VersionRows {
    this.#imported ??= this.version(1)?.rows ?? 0;
    if (this.#rows?.version !== version) this.#rows = new VersionRows(this.#database, version, this.#imported);
    return this.#rows;
  }

  /** Like `rowsOf`, but not cached: for comparing two versions. */
  versionRows(version: number): VersionRows {
    this.#imported ??= this.version(1)?.rows ?? 0;
    return new VersionRows(this.#database, version, this.#imported);
  }

  /** Pages of positions in which two versions may differ. */
  pagesChangedBetween(one: number, other: number): number[] {
    const [after, upTo] = [Math.min(one, other), Math.max(one, other)];
    const numberPages = this.#database
      .prepare<[number, number], number>(
        'SELECT DISTINCT page FROM state_page WHERE version > ? AND version <= ? ORDER BY page',
      )
      .pluck()
      .all(after, upTo);
    const imported = this.versionRows(one).imported;
    const positionPages = new Set<number>();
    const movedIn = this.#database
      .prepare<[number, number], number>(
        `SELECT DISTINCT position / ${pageRows} FROM example WHERE number >= ? AND number < ? AND position IS NOT NULL`,
      )
      .pluck();
    for (const page of numberPages) {
      if (page * pageRows < imported) positionPages.add(page);
      for (const place of movedIn.all(page * pageRows, (page + 1) * pageRows)) positionPages.add(place);
    }
    return [...positionPages].sort((a, b) => a - b);
  }

  /** Row numbers of a version or one of its splits, one page of positions at a time. */
  *numbersOf(version: number, split?: Split): Generator<{ numbers: Uint32Array }, void> {
    const wanted = split && stateOfSplit(split);
    for (const { numbers, states } of this.rowsOf(version).pages()) {
      yield { numbers: wanted === undefined ? numbers : numbers.filter((_, at) => states[at] === wanted) };
    }
  }

  /**
   * All rows of a version or one of its splits, in order; read 200 at a time, so that nothing is locked while they are
   * used.
   */
  *examples(version: number, split?: Split): Generator<Example, void> {
    for (const { numbers } of this.numbersOf(version, split)) {
      for (let start = 0; start < numbers.length; start += 200) {
        yield* this.byNumbers(version, numbers.slice(start, start + 200));
      }
    }
  }

  /** What determines a row's split; reading only this is far cheaper than reading the row. */
  splitFacts(number: number): { group: string | null; context: () => string | Buffer } {
    if (number < this.#blocks.end) return this.#blocks.splitFacts(number);
    const row = this.#byNumber.get(number);
    return { group: row?.group_key ?? null, context: () => row?.context ?? '' };
  }

  /** In the order requested. Numbers without a row in the version are skipped. */
  byNumbers(version: number, numbers: Iterable<number>): Example[] {
    return this.numbered(version, numbers).map(({ example }) => example);
  }

  /** Like `byNumbers`, but with each row's number. */
  numbered(version: number, numbers: Iterable<number>): { number: number; example: Example }[] {
    const rows = this.rowsOf(version);
    const found: { number: number; example: Example }[] = [];
    for (const number of numbers) {
      const split = splitOfState(rows.state(number));
      const example = split && this.#example(number, split);
      if (example) found.push({ number, example });
    }
    return found;
  }

  /** By the row's id, else by its id in the source file, else by its position. Throws OPTION_INVALID. */
  example(version: number, reference: string): Example {
    const position = /^r?(\d{1,15})$/.exec(reference)?.[1];
    const byId = position !== undefined && reference.startsWith('r') ? this.#numberAt(version, position) : undefined;
    const number = byId ?? this.#bySourceId(version, reference) ?? (position && this.#numberAt(version, position));
    const [found] = typeof number === 'number' ? this.byNumbers(version, [number]) : [];
    if (!found) {
      throw new StudioError('OPTION_INVALID', { option: 'row', ...because('ROW_UNKNOWN', { row: reference }) });
    }
    return found;
  }

  /** In the order requested; positions that do not exist are skipped. */
  examplesAt(version: number, positions: readonly number[]): Example[] {
    const rows = this.rowsOf(version);
    return this.byNumbers(
      version,
      positions.flatMap((position) => rows.at(position) ?? []),
    );
  }

  /** One past the last number used by any version. */
  numberEnd(): number {
    const last = this.#database.prepare<[], number | null>('SELECT max(number) FROM example').pluck().get() ?? -1;
    return Math.max(last + 1, this.#blocks.end);
  }

  positionOf(number: number): number {
    if (number < this.#blocks.end) return number;
    const moved = this.#database
      .prepare<[number], number | null>('SELECT position FROM example WHERE number = ?')
      .pluck()
      .get(number);
    return moved ?? number;
  }

  /** Texts of the rows in a range of numbers, whichever versions have them. */
  contentBetween(from: number, end: number): { number: number; context: string; target: string }[] {
    const imported: { number: number; context: string; target: string }[] = [];
    for (let number = from; number < Math.min(end, this.#blocks.end); number++) {
      const { context, target } = this.#blocks.row(number);
      imported.push({ number, context, target });
    }
    const later = this.#database
      .prepare<[number, number], { number: number; context: string; target: string }>(
        'SELECT number, context, target FROM example WHERE number >= ? AND number < ? ORDER BY number',
      )
      .all(from, end);
    return [...imported, ...later];
  }

  /** Numbers of rows that the import accepted with a warning. */
  *warned(): Generator<number, void> {
    yield* this.#database
      .prepare<[], number>(
        `SELECT number FROM block_warning
         UNION ALL SELECT number FROM example WHERE warning IS NOT NULL ORDER BY number`,
      )
      .pluck()
      .iterate();
  }

  /** Numbers of the rows in a range that contain a text in context or target, whichever versions have them. */
  *holding(test: TextTest, from: number, end: number): Generator<number, void> {
    yield* this.#blocks.holding(test, from, Math.min(end, this.#blocks.end));
    for (let number = Math.max(from, this.#blocks.end); number < end; number++) {
      const row = this.#byNumber.get(number);
      if (row && test.isIn(row)) yield number;
    }
  }

  countRejections(): number {
    return this.#database.prepare<[], { count: number }>('SELECT count(*) AS count FROM rejection').get()?.count ?? 0;
  }

  /** Rejected rows as a page can show them; fewer than `limit` if their texts are long. */
  rejections({ offset, limit }: { offset: number; limit: number }): ListedRejection[] {
    const kept = this.#database
      .prepare<[number, number], Omit<Rejection, 'cells'> & { cells: string }>(
        'SELECT line, code, message, cells FROM rejection WHERE number >= ? ORDER BY number LIMIT ?',
      )
      .iterate(offset, limit);
    return withinMessage(kept, ({ cells }) => [cells]).map(({ line, code, message, cells }) => ({
      ...{ line, code, ...cutCells(JSON.parse(cells) as string[]) },
      ...verdictOf(code, message),
    }));
  }

  /** Whole cells of the rejected rows from a number on; to be read to the end at once. */
  *rejectedCells(from: number, limit: number): Generator<KeptRejection> {
    const kept = this.#database
      .prepare<[number, number], Omit<KeptRejection, 'cells' | 'data'> & { cells: string; message: string }>(
        'SELECT number, line, code, message, cells FROM rejection WHERE number >= ? ORDER BY number LIMIT ?',
      )
      .iterate(from, limit);
    for (const { number, line, code, message, cells } of kept) {
      yield { number, line, code, cells: JSON.parse(cells) as string[], data: verdictOf(code, message).data };
    }
  }

  /** All notes, in row order. */
  notes(): { position: number; text: string; writtenAt: number }[] {
    return this.#database
      .prepare<[], { position: number; text: string; writtenAt: number }>(
        'SELECT position, text, written_at AS writtenAt FROM note ORDER BY position LIMIT 10000',
      )
      .all();
  }

  #numberAt(version: number, position: string): number | undefined {
    return this.rowsOf(version).at(Number(position));
  }

  #example(number: number, split: Split): Example | undefined {
    if (number >= this.#blocks.end) {
      const row = this.#byNumber.get(number);
      return row && toExample(row, split);
    }
    const warning = this.#blocks.warning(number);
    return { id: `r${number}`, position: number, split, ...this.#blocks.row(number), warning };
  }

  #bySourceId(version: number, sourceId: string): number | undefined {
    const rows = this.rowsOf(version);
    for (const number of this.#blocks.numbersOf(sourceId)) if (rows.state(number) > 0) return number;
    // One at a time: a file may use the same id for all of its rows.
    const edited = this.#database
      .prepare<[string], number>('SELECT number FROM example WHERE source_id = ? ORDER BY number')
      .pluck();
    for (const number of edited.iterate(sourceId)) if (rows.state(number) > 0) return number;
    return undefined;
  }
}

function cutCells(cells: readonly string[]): Pick<ListedRejection, 'cells' | 'isCut'> {
  let left = mostShown;
  let isCut = false;
  const shown = cells.map((cell) => {
    const most = Math.min(left, mostShownOfCell);
    left -= Math.min(cell.length, most);
    if (cell.length <= most) return cell;
    isCut = true;
    return shortened(cell, most);
  });
  return { cells: shown, isCut };
}

/**
 * Characters of a cell, and of a row: more than anyone reads to see what is wrong, and few enough for a page to lay out
 * at once.
 */
const [mostShownOfCell, mostShown] = [10_000, 100_000];

/** Stored as the data of the verdict's sentence; older files have the English sentence itself. */
function verdictOf(code: string, kept: string): Pick<Rejection, 'data' | 'message'> {
  if (!kept.startsWith('{')) return { data: {}, message: kept };
  const data = JSON.parse(kept) as Rejection['data'];
  return { data, message: rowVerdictSentence(code, data) };
}

const versionColumns = `version, kind, detail, rows, train_rows, validation_rows, test_rows, sha256, same_as, undo_to,
  redo_to, created_at`;

interface VersionRow {
  readonly version: number;
  readonly kind: ChangeKind;
  readonly detail: string;
  readonly rows: number;
  readonly train_rows: number;
  readonly validation_rows: number;
  readonly test_rows: number;
  readonly sha256: string;
  readonly same_as: number;
  readonly undo_to: number | null;
  readonly redo_to: number | null;
  readonly created_at: number;
}

function toVersion(row: VersionRow): DatasetVersion {
  const { version, kind, rows, sha256 } = row;
  return {
    ...{ version, kind, rows, sha256, sameAs: row.same_as, undoTo: row.undo_to, redoTo: row.redo_to },
    // Sound: written only by `VersionChange`, from the same type.
    detail: JSON.parse(row.detail) as ChangeDetail,
    splits: { train: row.train_rows, validation: row.validation_rows, test: row.test_rows },
    createdAt: row.created_at,
  };
}

const exampleColumns = 'number, position, line, context, target, group_key, database_name, warning';

interface ExampleRow {
  readonly number: number;
  readonly position: number | null;
  readonly line: number;
  readonly context: string;
  readonly target: string;
  readonly group_key: string | null;
  readonly database_name: string | null;
  readonly warning: string | null;
}

function toExample(row: ExampleRow, split: Split): Example {
  const { number, line, context, target, group_key, database_name, warning } = row;
  const position = row.position ?? number;
  return {
    ...{ id: `r${position}`, position, line, split, context, target, group: group_key, database: database_name },
    warning,
  };
}
