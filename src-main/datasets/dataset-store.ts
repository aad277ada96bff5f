import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { CutOffImport, Dataset, Example, FileFacts, ImportResult, Split } from '../../src-contract/dataset.ts';
import type { DatasetVersion } from '../../src-contract/dataset-version.ts';
import { type ErrorData, StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { ColumnMapping, TaskId } from '../../src-contract/task.ts';
import { damageIn } from '../data-folder/damage.ts';
import { type GivenName, LivingNames } from '../database/living-names.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';
import { tellsDamage } from '../database/rows-file.ts';
import { RowStore } from './rows/row-store.ts';
import type { RowsPlace } from './rows/rows-thread-messages.ts';

/**
 * Datasets, and access to their rows, which are stored in one file per dataset. Only complete datasets that are not
 * deleted are found; only what completes them and the clean-up methods see the rest.
 */
export class DatasetStore {
  /** Those being imported have theirs already. */
  readonly names: LivingNames;
  readonly #database: StudioDatabase;
  readonly #lock: ProcessLock;
  readonly #folder: string;
  readonly #open = new Map<string, RowStore>();
  /** Figures of changed datasets that the list could not take, such as on a full disk: they are shown in place of its own. */
  readonly #unlisted = new Map<string, RowsFigures>();

  constructor(database: StudioDatabase, lock: ProcessLock, datasetsFolder: string) {
    this.#database = database;
    this.names = new LivingNames(database, { table: 'dataset', taken: nameTaken });
    this.#lock = lock;
    this.#folder = datasetsFolder;
  }

  /** Closes all rows files. */
  close(): void {
    for (const rows of this.#open.values()) rows.close();
    this.#open.clear();
  }

  /** Path of a dataset's rows file, even while it is being imported. */
  rowsFile(id: string): string {
    return rowsFileIn(join(this.#folder, id));
  }

  /** The rows of a dataset, by its id; the most recently used are kept open. */
  rows(id: string): RowStore {
    const rows = this.#open.get(id) ?? new RowStore(this.rowsFile(id), { readonly: false });
    this.#open.delete(id);
    this.#open.set(id, rows);
    const [longestUnused] = this.#open.keys();
    // An export may keep reading it for minutes: the file is closed when the last reference is garbage-collected.
    if (this.#open.size > mostOpen && longestUnused !== undefined) this.#open.delete(longestUnused);
    return rows;
  }

  /** Closes the rows of one dataset. */
  letGo(id: string): void {
    this.#open.get(id)?.close();
    this.#open.delete(id);
  }

  /**
   * Copies the newest version's figures from the rows file to the dataset list, or keeps them for `listUnlisted`: what is
   * in the rows file has been done, even if the list has no room for it. Throws DATASET_NOT_FOUND.
   */
  refresh(id: string): Dataset {
    const figures = this.rows(id).head();
    try {
      this.#enter(id, figures);
      this.#unlisted.delete(id);
    } catch {
      this.#unlisted.set(id, figures);
    }
    return this.known(id);
  }

  /** Brings to the list what it could not take. Returns whether there was anything. */
  listUnlisted(): boolean {
    const hadAny = this.#unlisted.size > 0;
    const listed = this.#database.prepare<[string], number>('SELECT version FROM dataset WHERE id = ?').pluck();
    for (const [id, figures] of this.#unlisted) {
      // Another process may have made a later one meanwhile.
      if (figures.version > (listed.get(id) ?? Infinity)) this.#enter(id, figures);
      this.#unlisted.delete(id);
    }
    return hadAny;
  }

  #enter(id: string, { version, rows, splits, sha256 }: RowsFigures): void {
    this.#database
      .prepare(
        `UPDATE dataset SET version = :version, rows = :rows, train_rows = :train, validation_rows = :validation,
           test_rows = :test, sha256 = :sha256
         WHERE id = :id`,
      )
      .run({ id, version, rows, sha256, ...splits });
  }

  /**
   * A process may have ended between changing the rows file and updating the list; the rows file is right. Looks at one
   * file after the other and lets other work in between: opening hundreds takes half a second. A dataset whose file
   * cannot be read stays in the list as it was and reports why when it is opened. Returns whether the list has changed.
   */
  async refreshAll(signal: AbortSignal): Promise<boolean> {
    let hasChanged = false;
    for (const { id, version } of this.listKept()) {
      await setImmediate();
      if (signal.aborted) break;
      // One of its own: those in use must not be closed.
      let rows: RowStore | undefined;
      try {
        rows = new RowStore(this.rowsFile(id), { readonly: true });
        const head = rows.head();
        if (head.version === version) continue;
        this.#enter(id, head);
        hasChanged = true;
      } catch {
      } finally {
        rows?.close();
      }
    }
    return hasChanged;
  }

  /**
   * Returns the error itself, or, for a missing, damaged or too new rows file, one with the name of its dataset, which
   * the file does not know. `read` returns the id or name of the dataset being read, whose rows may contain the damaged
   * page; it is not called for errors that cannot come from damage: on a full disk it may have no answer.
   */
  async namingRowsFault(error: unknown, read?: () => string | null | undefined): Promise<unknown> {
    const dataset = tellsDamage(error) ? (read?.() ?? undefined) : undefined;
    const known = dataset === undefined ? undefined : this.list().find(({ id, name }) => [id, name].includes(dataset));
    const damage = known && (await damageIn({ what: 'rows', file: this.rowsFile(known.id) }));
    const fault = damage ?? error;
    if (!(fault instanceof StudioError) || !fault.code.startsWith('DATASET_FILE_')) return fault;
    // Sound: all codes with this prefix have these fields.
    const data = fault.data as ErrorData<'DATASET_FILE_DAMAGED'>;
    const name = this.list().find(({ id }) => id === data.dataset)?.name ?? data.dataset;
    return new StudioError(fault.code, { ...data, dataset: name }, { cause: fault });
  }

  /** Newest first. */
  list(): Dataset[] {
    return this.#database
      .prepare<[], DatasetRow>(
        `SELECT ${datasetColumns} FROM dataset WHERE state = 'ready' AND deleted_at IS NULL ORDER BY created_at DESC, id DESC`,
      )
      .all()
      .map((row) => this.#shown(row));
  }

  /** Including deleted ones that can be restored. */
  listKept(): Dataset[] {
    return this.#database
      .prepare<[], DatasetRow>(
        `SELECT ${datasetColumns} FROM dataset WHERE state = 'ready' AND deleted_at IS NOT 0 ORDER BY id DESC`,
      )
      .all()
      .map((row) => this.#shown(row));
  }

  count(): number {
    return this.#database
      .prepare<[], number>("SELECT count(*) FROM dataset WHERE state = 'ready' AND deleted_at IS NULL")
      .pluck()
      .get() as number;
  }

  /** By id, else by name. Throws DATASET_NOT_FOUND. */
  get(idOrName: string): Dataset {
    const row = this.#database
      .prepare<[string, string, string], DatasetRow>(
        `SELECT ${datasetColumns} FROM dataset WHERE (id = ? OR name = ?) AND state = 'ready' AND deleted_at IS NULL
         ORDER BY id = ? DESC LIMIT 1`,
      )
      .get(idOrName, idOrName, idOrName);
    if (!row) throw new StudioError('DATASET_NOT_FOUND', { dataset: idOrName });
    return this.#shown(row);
  }

  /** By id, even while it is being imported. Throws DATASET_NOT_FOUND. */
  undeleted(id: string): Dataset {
    const row = this.#database
      .prepare<[string], DatasetRow>(`SELECT ${datasetColumns} FROM dataset WHERE id = ? AND deleted_at IS NULL`)
      .get(id);
    if (!row) throw new StudioError('DATASET_NOT_FOUND', { dataset: id });
    return this.#shown(row);
  }

  /** By id, even while it is being imported, or after it was deleted. Throws DATASET_NOT_FOUND. */
  known(id: string): Dataset {
    const row = this.#database
      .prepare<[string], DatasetRow>(`SELECT ${datasetColumns} FROM dataset WHERE id = ?`)
      .get(id);
    if (!row) throw new StudioError('DATASET_NOT_FOUND', { dataset: id });
    return this.#shown(row);
  }

  /** How the source file was read, as stored by the import. */
  fileFacts(id: string): FileFacts | null {
    return this.#fileFacts(id)?.facts ?? null;
  }

  /** Null for datasets that an earlier version imported. */
  importResult(dataset: Dataset): ImportResult | null {
    const { facts, outcome } = this.#fileFacts(dataset.id) ?? {};
    if (facts === undefined || outcome === undefined) return null;
    const { splits, ...told } = outcome;
    const rows = splits.train + splits.validation + splits.test;
    return { ...told, file: facts, dataset: { ...dataset, rows, splits } };
  }

  #shown(row: DatasetRow): Dataset {
    const dataset = toDataset(row);
    const unlisted = this.#unlisted.get(row.id);
    if (unlisted === undefined || unlisted.version < row.version) return dataset;
    const { version, rows, splits, sha256 } = unlisted;
    return { ...dataset, version, rows, splits, sha256 };
  }

  #fileFacts(id: string): { facts: FileFacts; outcome: ImportOutcome | undefined } | null {
    const row = this.#database
      .prepare<[string], { file_facts: string | null }>('SELECT file_facts FROM dataset WHERE id = ?')
      .get(id);
    if (!row?.file_facts) return null;
    // Sound: the column is written only by `storeImported` and `finishImport`, from the same type or an earlier version
    // with fewer fields.
    const { outcome, ...facts } = JSON.parse(row.file_facts) as Omit<FileFacts, 'format' | 'escape' | 'skippedLines'> &
      Partial<FileFacts> & { outcome?: ImportOutcome };
    const reasons = facts.reasons.filter((reason) => 'code' in reason);
    return { facts: { format: 'csv', escape: facts.quote, skippedLines: 0, ...facts, reasons }, outcome };
  }

  /** The seed used to assign its rows to splits. */
  seedOf(id: string): number {
    return this.#database.prepare<[string], number>('SELECT seed FROM dataset WHERE id = ?').pluck().get(id) ?? 0;
  }

  /** Creates a dataset that stays invisible until `finishImport`. Throws OPTION_INVALID if the name is taken. */
  beginImport(dataset: {
    name: GivenName;
    task: TaskId;
    sourceName: string;
    mapping: ColumnMapping;
    seed: number;
    now: number;
  }): string {
    const id = newId(dataset.now);
    const insert = this.#database.prepare(
      `INSERT INTO dataset (id, name, task, version, state, rows, train_rows, validation_rows, test_rows, rejected, sha256,
         source_name, mapping, seed, has_database, owner, created_at)
       VALUES (:id, :name, :task, 1, 'importing', 0, 0, 0, 0, 0, '', :sourceName, :mapping, :seed, 0, :owner, :now)`,
    );
    const mapping = JSON.stringify(dataset.mapping);
    this.names.give(dataset.name, (name) => insert.run({ ...dataset, name, id, mapping, owner: this.#lock.token }));
    return id;
  }

  /** Stores what is known once all rows are; the dataset stays invisible. */
  storeImported(
    id: string,
    facts: {
      splits: Dataset['splits'];
      rejected: number;
      sha256: string;
      file: FileFacts;
      mapping: ColumnMapping;
      hasDatabase: boolean;
    },
  ): Dataset {
    const { splits, rejected, sha256 } = facts;
    this.#database
      .prepare(
        `UPDATE dataset SET rows = :rows, train_rows = :train, validation_rows = :validation, test_rows = :test,
           rejected = :rejected, sha256 = :sha256, file_facts = :file, mapping = :mapping, has_database = :hasDatabase
         WHERE id = :id`,
      )
      .run({
        ...{ id, rejected, sha256, ...splits, rows: splits.train + splits.validation + splits.test },
        ...{ file: JSON.stringify(facts.file), mapping: JSON.stringify(facts.mapping) },
        hasDatabase: facts.hasDatabase ? 1 : 0,
      });
    return this.undeleted(id);
  }

  /** Makes the dataset visible once complete: the last step of an import. */
  finishImport(id: string, outcome: ImportOutcome): Dataset {
    this.#database
      .prepare(
        `UPDATE dataset SET state = 'ready', owner = NULL, file_facts = json_set(file_facts, '$.outcome', json(?))
         WHERE id = ?`,
      )
      .run(JSON.stringify(outcome), id);
    return this.get(id);
  }

  /** Throws OPTION_INVALID if the name is taken. */
  rename(id: string, name: string): Dataset {
    const dataset = this.get(id);
    if (name !== dataset.name) {
      const rename = this.#database.prepare('UPDATE dataset SET name = ? WHERE id = ?');
      this.names.give(name, (free) => rename.run(free, dataset.id));
    }
    return this.get(dataset.id);
  }

  markDeleted(id: string, now: number): void {
    this.#database.prepare('UPDATE dataset SET deleted_at = ?, owner = ? WHERE id = ?').run(now, this.#lock.token, id);
  }

  /** Undoes a deletion; if the name has been taken meanwhile, a number is appended. Throws DATASET_NOT_FOUND. */
  restore(idOrName: string): Dataset {
    const row = this.#database
      .prepare<[string, string], { id: string; name: string }>(
        `SELECT id, name FROM dataset WHERE (id = ? OR name = ?) AND state = 'ready' AND deleted_at <> 0
         ORDER BY deleted_at DESC LIMIT 1`,
      )
      .get(idOrName, idOrName);
    if (!row) throw new StudioError('DATASET_NOT_FOUND', { dataset: idOrName });
    const restore = this.#database.prepare('UPDATE dataset SET deleted_at = NULL, owner = NULL, name = ? WHERE id = ?');
    this.names.give({ like: row.name }, (name) => restore.run(name, row.id));
    return this.get(row.id);
  }

  /** Ids of interrupted imports, and of datasets deleted up to then, left by processes that have ended. */
  listLeftovers(deletedBefore: number): string[] {
    return this.#database
      .prepare<[number], { id: string; owner: string | null }>(
        `SELECT id, owner FROM dataset WHERE state = 'importing' OR deleted_at <= ?`,
      )
      .all(deletedBefore)
      .filter(({ owner }) => owner === null || !this.#lock.isAlive(owner))
      .map(({ id }) => id);
  }

  /** Imports interrupted by the end of their process. */
  listCutOff(): CutOffImport[] {
    return this.#database
      .prepare<[], CutOffImport & { owner: string | null }>(
        `SELECT id, source_name AS sourceName, created_at AS at, owner FROM dataset WHERE state = 'importing' ORDER BY id DESC`,
      )
      .all()
      .filter(({ owner }) => owner === null || !this.#lock.isAlive(owner))
      .map(({ id, sourceName, at }) => ({ id, sourceName, at }));
  }

  /** Ids of those deleted up to then, by any process, whose files can go: from now on they cannot be restored. */
  giveUpDeleted(before: number): string[] {
    return this.#database
      .prepare<[number], string>(
        "UPDATE dataset SET deleted_at = 0 WHERE state = 'ready' AND deleted_at <= ? RETURNING id",
      )
      .pluck()
      .all(before);
  }

  /**
   * Forgets a dataset whose files have been removed. Does not wait for the disk, which may be busy for a second with an
   * import's writes: after a power failure, the dataset is simply a leftover again.
   */
  remove(id: string): void {
    this.#database.pragma('synchronous = NORMAL');
    try {
      this.#database.prepare('DELETE FROM dataset WHERE id = ?').run(id);
    } finally {
      this.#database.pragma('synchronous = FULL');
    }
  }

  setHasDatabase(id: string, hasDatabase: boolean): void {
    this.#database.prepare('UPDATE dataset SET has_database = ? WHERE id = ?').run(hasDatabase ? 1 : 0, id);
  }

  /** A version of a dataset; undefined if it does not exist. */
  version(id: string, version: number): DatasetVersion | undefined {
    return this.rows(id).version(version);
  }

  /** All rows of a version (by default the newest) or of one of its splits, in order. */
  examples(id: string, split?: Split, version?: number): Generator<Example, void> {
    const rows = this.rows(id);
    return rows.examples(version ?? rows.head().version, split);
  }

  /** By the row's id, else by its id in the source file, else by its position. Throws OPTION_INVALID. */
  example(id: string, reference: string, version?: number): Example {
    const rows = this.rows(id);
    return rows.example(version ?? rows.head().version, reference);
  }
}

/** Each holds a few megabytes of its file. */
const mostOpen = 16;

/** The rows file in the folder of a dataset. */
export function rowsFileIn(datasetFolder: string): string {
  return join(datasetFolder, 'rows.sqlite');
}

/** Where the rows of a dataset and the data derived from them are stored. */
export function rowsPlace(datasetsFolder: string, id: string): RowsPlace {
  const derivedFile = join(datasetsFolder, id, 'derived.sqlite');
  return { id, rowsFile: rowsFileIn(join(datasetsFolder, id)), derivedFile };
}

function nameTaken(name: string): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'name', ...because('DATASET_NAME_TAKEN', { name }) });
}

const datasetColumns = `id, name, task, version, rows, train_rows, validation_rows, test_rows, rejected, sha256, source_name,
  mapping, has_database, created_at`;

/** What the list says of a dataset's rows. */
type RowsFigures = Pick<Dataset, 'version' | 'rows' | 'splits' | 'sha256'>;

/** What is kept of an import's result beside the dataset and the facts of its file. */
type ImportOutcome = Pick<ImportResult, 'rejected' | 'warned' | 'seconds'> & Pick<Dataset, 'splits'>;

interface DatasetRow {
  readonly id: string;
  readonly name: string;
  readonly task: TaskId;
  readonly version: number;
  readonly rows: number;
  readonly train_rows: number;
  readonly validation_rows: number;
  readonly test_rows: number;
  readonly rejected: number;
  readonly sha256: string;
  readonly source_name: string;
  readonly mapping: string;
  readonly has_database: 0 | 1;
  readonly created_at: number;
}

function toDataset(row: DatasetRow): Dataset {
  const { id, name, task, version, rows, rejected, sha256 } = row;
  return {
    ...{ id, name, task, version, rows, rejected, sha256 },
    splits: { train: row.train_rows, validation: row.validation_rows, test: row.test_rows },
    sourceName: row.source_name,
    mapping: JSON.parse(row.mapping) as ColumnMapping,
    hasDatabase: row.has_database === 1,
    createdAt: row.created_at,
  };
}
