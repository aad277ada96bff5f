import type { Dataset, Example, FileFacts, Rejection, Split } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { ColumnMapping, TaskId } from '../../src-contract/task.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';

/** A row as the import hands it over; its place and id come from the store. */
export interface NewExample extends Omit<Example, 'id'> {
  /** What the source file's own id column says. */
  readonly sourceId: string | null;
}

export interface NewRejection extends Rejection {
  /** Counted from 0 within the dataset. */
  readonly number: number;
}

/** Datasets and their rows. Only finished, living datasets are found; the rest is seen by the clearing methods alone. */
export class DatasetStore {
  readonly #database: StudioDatabase;
  readonly #lock: ProcessLock;

  constructor(database: StudioDatabase, lock: ProcessLock) {
    this.#database = database;
    this.#lock = lock;
  }

  /** Newest first. */
  list(): Dataset[] {
    return this.#database
      .prepare<[], DatasetRow>(
        `SELECT ${datasetColumns} FROM dataset WHERE state = 'ready' AND deleted_at IS NULL ORDER BY created_at DESC, id DESC`,
      )
      .all()
      .map(toDataset);
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
    return toDataset(row);
  }

  /** How the source file was read, as it was kept by the import. */
  fileFacts(id: string): FileFacts | null {
    const row = this.#database
      .prepare<[string], { file_facts: string | null }>('SELECT file_facts FROM dataset WHERE id = ?')
      .get(id);
    // Sound: the column is written by `finishImport` alone, from the same type.
    return row?.file_facts ? (JSON.parse(row.file_facts) as FileFacts) : null;
  }

  /** True when a living dataset, or one that is being imported, has this name. */
  isNameTaken(name: string): boolean {
    return (
      this.#database.prepare('SELECT 1 FROM dataset WHERE name = ? AND deleted_at IS NULL').get(name) !== undefined
    );
  }

  /** The name itself, or with the first number behind it that makes it free. */
  freeName(wanted: string): string {
    for (let number = 1; ; number++) {
      const name = number === 1 ? wanted : `${wanted} ${number}`;
      if (!this.isNameTaken(name)) return name;
    }
  }

  /** Opens a dataset that nobody sees until `finishImport`. */
  beginImport(dataset: {
    name: string;
    task: TaskId;
    sourceName: string;
    mapping: ColumnMapping;
    seed: number;
    now: number;
  }): string {
    const id = newId(dataset.now);
    this.#database
      .prepare(
        `INSERT INTO dataset (id, name, task, version, state, rows, train_rows, validation_rows, test_rows, rejected, sha256,
           source_name, mapping, seed, has_database, owner, created_at)
         VALUES (:id, :name, :task, 1, 'importing', 0, 0, 0, 0, 0, '', :sourceName, :mapping, :seed, 0, :owner, :now)`,
      )
      .run({ ...dataset, id, mapping: JSON.stringify(dataset.mapping), owner: this.#lock.token });
    return id;
  }

  /** One transaction; callers hand over at most 500 rows at a time so that it stays short. */
  insertSlice(datasetId: string, examples: readonly NewExample[], rejections: readonly NewRejection[]): void {
    const insertExample = this.#database.prepare(
      `INSERT INTO example (dataset_id, position, id, source_id, line, split, context, target, group_key, database_name)
       VALUES (:datasetId, :position, :id, :sourceId, :line, :split, :context, :target, :group, :database)`,
    );
    const insertRejection = this.#database.prepare(
      'INSERT INTO rejection (dataset_id, number, line, code, message, cells) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#database.transaction(() => {
      for (const example of examples) insertExample.run({ ...example, datasetId, id: `r${example.position}` });
      for (const { number, line, code, message, cells } of rejections) {
        insertRejection.run(datasetId, number, line, code, message, JSON.stringify(cells));
      }
    })();
  }

  /** Moves rows that are still being imported to another split. */
  moveToSplit(datasetId: string, positions: readonly number[], split: Split): void {
    const update = this.#database.prepare('UPDATE example SET split = ? WHERE dataset_id = ? AND position = ?');
    this.#database.transaction(() => {
      for (const position of positions) update.run(split, datasetId, position);
    })();
  }

  /** Makes the dataset visible, whole: the last step of an import. */
  finishImport(
    id: string,
    facts: { splits: Dataset['splits']; rejected: number; sha256: string; file: FileFacts; hasDatabase: boolean },
  ): Dataset {
    const { splits, rejected, sha256 } = facts;
    this.#database
      .prepare(
        `UPDATE dataset SET state = 'ready', rows = :rows, train_rows = :train, validation_rows = :validation,
           test_rows = :test, rejected = :rejected, sha256 = :sha256, file_facts = :file, has_database = :hasDatabase,
           owner = NULL
         WHERE id = :id`,
      )
      .run({
        ...{ id, rejected, sha256, ...splits, rows: splits.train + splits.validation + splits.test },
        ...{ file: JSON.stringify(facts.file), hasDatabase: facts.hasDatabase ? 1 : 0 },
      });
    return this.get(id);
  }

  /** Throws OPTION_INVALID when the name is taken. */
  rename(id: string, name: string): Dataset {
    const dataset = this.get(id);
    if (name !== dataset.name) {
      if (this.isNameTaken(name)) throw nameTaken(name);
      this.#database.prepare('UPDATE dataset SET name = ? WHERE id = ?').run(name, dataset.id);
    }
    return this.get(dataset.id);
  }

  markDeleted(id: string, now: number): void {
    this.#database.prepare('UPDATE dataset SET deleted_at = ?, owner = ? WHERE id = ?').run(now, this.#lock.token, id);
  }

  /** Takes a deletion back; where the name has been given away meanwhile, a number is put behind it. Throws DATASET_NOT_FOUND. */
  restore(idOrName: string): Dataset {
    const row = this.#database
      .prepare<[string, string], { id: string; name: string }>(
        `SELECT id, name FROM dataset WHERE (id = ? OR name = ?) AND state = 'ready' AND deleted_at IS NOT NULL
         ORDER BY deleted_at DESC LIMIT 1`,
      )
      .get(idOrName, idOrName);
    if (!row) throw new StudioError('DATASET_NOT_FOUND', { dataset: idOrName });
    this.#database
      .prepare('UPDATE dataset SET deleted_at = NULL, owner = NULL, name = ? WHERE id = ?')
      .run(this.freeName(row.name), row.id);
    return this.get(row.id);
  }

  /** Ids of imports that were cut off and of deleted datasets, left by processes that have ended. */
  listLeftovers(): string[] {
    return this.#database
      .prepare<[], { id: string; owner: string | null }>(
        `SELECT id, owner FROM dataset WHERE state = 'importing' OR deleted_at IS NOT NULL`,
      )
      .all()
      .filter(({ owner }) => owner === null || !this.#lock.isAlive(owner))
      .map(({ id }) => id);
  }

  /** Removes up to 500 rows of a dataset, and the dataset itself with the last of them; false when nothing is left. */
  removeSlice(id: string): boolean {
    const removed = this.#database
      .prepare('DELETE FROM example WHERE number IN (SELECT number FROM example WHERE dataset_id = ? LIMIT 500)')
      .run(id).changes;
    if (removed > 0) return true;
    this.#database.prepare('DELETE FROM dataset WHERE id = ?').run(id);
    return false;
  }

  count(datasetId: string, split?: Split, search?: string): number {
    const [where, values] = exampleFilter(datasetId, split, search);
    const row = this.#database
      .prepare<unknown[], { count: number }>(`SELECT count(*) AS count FROM example WHERE ${where}`)
      .get(...values);
    return row?.count ?? 0;
  }

  /** Rows in the order of the file, `search` found in context or target whatever its case (ASCII letters). */
  page(query: { datasetId: string; offset: number; limit: number; split?: Split; search?: string }): Example[] {
    const [where, values] = exampleFilter(query.datasetId, query.split, query.search);
    // Without a filter the position says where the page starts, however far down it is.
    const direct = query.split === undefined && !query.search;
    const sql = direct
      ? `SELECT ${exampleColumns} FROM example WHERE ${where} AND position >= ? ORDER BY position LIMIT ?`
      : `SELECT ${exampleColumns} FROM example WHERE ${where} ORDER BY position LIMIT ? OFFSET ?`;
    const place = direct ? [query.offset, query.limit] : [query.limit, query.offset];
    return this.#database
      .prepare<unknown[], ExampleRow>(sql)
      .all(...values, ...place)
      .map(toExample);
  }

  /** All rows of a dataset or of one split, in order; read 200 at a time, so nothing is locked while they are used. */
  *examples(datasetId: string, split?: Split): Generator<Example, void> {
    const [where, values] = exampleFilter(datasetId, split, undefined);
    const next = this.#database.prepare<unknown[], ExampleRow>(
      `SELECT ${exampleColumns} FROM example WHERE ${where} AND position > ? ORDER BY position LIMIT 200`,
    );
    for (let after = -1; ; ) {
      const rows = next.all(...values, after);
      for (const row of rows) yield toExample(row);
      const last = rows.at(-1);
      if (!last) return;
      after = last.position;
    }
  }

  /** By the row's id, else by the id of the source file, else by its position. Throws OPTION_INVALID. */
  example(datasetId: string, reference: string): Example {
    const find = (condition: string, value: string | number) =>
      this.#database
        .prepare<[string, string | number], ExampleRow>(
          `SELECT ${exampleColumns} FROM example WHERE dataset_id = ? AND ${condition} ORDER BY position LIMIT 1`,
        )
        .get(datasetId, value);
    const row =
      find('id = ?', reference) ??
      find('source_id = ?', reference) ??
      (/^\d{1,15}$/.test(reference) ? find('position = ?', Number(reference)) : undefined);
    if (!row)
      throw new StudioError('OPTION_INVALID', { option: 'row', reason: `the dataset has no row “${reference}”` });
    return toExample(row);
  }

  /** In the order asked for; a position that is not there is left out. */
  examplesAt(datasetId: string, positions: readonly number[]): Example[] {
    const at = this.#database.prepare<[string, number], ExampleRow>(
      `SELECT ${exampleColumns} FROM example WHERE dataset_id = ? AND position = ?`,
    );
    return positions.flatMap((position) => at.all(datasetId, position).map(toExample));
  }

  countRejections(datasetId: string): number {
    return (
      this.#database
        .prepare<[string], { count: number }>('SELECT count(*) AS count FROM rejection WHERE dataset_id = ?')
        .get(datasetId)?.count ?? 0
    );
  }

  rejections(query: { datasetId: string; offset: number; limit: number }): Rejection[] {
    return this.#database
      .prepare<[string, number, number], Omit<Rejection, 'cells'> & { cells: string }>(
        'SELECT line, code, message, cells FROM rejection WHERE dataset_id = ? AND number >= ? ORDER BY number LIMIT ?',
      )
      .all(query.datasetId, query.offset, query.limit)
      .map(({ cells, ...rejection }) => ({ ...rejection, cells: JSON.parse(cells) as string[] }));
  }
}

export function nameTaken(name: string): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'name', reason: `there is already a dataset named “${name}”` });
}

function exampleFilter(datasetId: string, split: Split | undefined, search: string | undefined): [string, unknown[]] {
  const conditions = ['dataset_id = ?'];
  const values: unknown[] = [datasetId];
  if (split !== undefined) {
    conditions.push('split = ?');
    values.push(split);
  }
  if (search) {
    const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
    conditions.push(`(context LIKE ? ESCAPE '\\' OR target LIKE ? ESCAPE '\\')`);
    values.push(pattern, pattern);
  }
  return [conditions.join(' AND '), values];
}

const datasetColumns = `id, name, task, version, rows, train_rows, validation_rows, test_rows, rejected, sha256, source_name,
  mapping, has_database, created_at`;

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

const exampleColumns = 'position, id, line, split, context, target, group_key, database_name';

interface ExampleRow {
  readonly position: number;
  readonly id: string;
  readonly line: number;
  readonly split: Split;
  readonly context: string;
  readonly target: string;
  readonly group_key: string | null;
  readonly database_name: string | null;
}

function toExample({ group_key, database_name, ...row }: ExampleRow): Example {
  return { ...row, group: group_key, database: database_name };
}
