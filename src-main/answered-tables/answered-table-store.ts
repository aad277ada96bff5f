import { fieldKeys } from '../../src-contract/answer-fields.ts';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import {
  type AnswerCounts,
  type AnsweredRow,
  type AnsweredRowsInput,
  type AnsweredTable,
  type AnswerNote,
  longestLabel,
  mostCountedAnswers,
} from '../../src-contract/answered-table.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { ColumnMapping, TaskId } from '../../src-contract/task.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';
import { type FailureColumns, failureOf, type JobState, type JobStore } from '../jobs/job-store.ts';

export interface NewAnsweredTable {
  readonly now: number;
  readonly name: string;
  readonly base: { readonly id: string; readonly sha256: string };
  readonly adapter: { readonly id: string; readonly name: string; readonly sha256: string } | null;
  readonly task: TaskId;
  readonly columns: readonly string[];
  readonly mapping: ColumnMapping;
  readonly form: AnswerForm | undefined;
  /** By the names in the column of databases, or one under '' for all rows; null if the table has a column for it. */
  readonly schemas: Readonly<Record<string, string>> | null;
  readonly retryQueries: boolean;
  readonly maxTokens: number;
}

export interface RowAnswer {
  readonly position: number;
  readonly answer: string;
  readonly note: AnswerNote | null;
  readonly certainty: number | null;
}

/** Tables that a model answers, their rows and the answers. State and failure are in the job with the same id. */
export class AnsweredTableStore {
  readonly #database: StudioDatabase;
  readonly #jobs: JobStore;

  constructor(database: StudioDatabase, jobs: JobStore) {
    this.#database = database;
    this.#jobs = jobs;
  }

  /** Newest first. */
  list(): AnsweredTable[] {
    const rows = this.#database.prepare(`${select} ORDER BY answered_table.id DESC`).all() as Row[];
    return rows.map(toTable);
  }

  /** Throws ANSWERED_TABLE_NOT_FOUND. */
  get(id: string): AnsweredTable {
    const row = this.#database.prepare(`${select} AND answered_table.id = ?`).get(id) as Row | undefined;
    if (row === undefined) throw new StudioError('ANSWERED_TABLE_NOT_FOUND', { table: id });
    return toTable(row);
  }

  /** Inserts a table whose rows are still to be read, and returns its id: until `enqueue`, nobody sees it. */
  insert({ base, adapter, form, ...table }: NewAnsweredTable): string {
    const id = newId(table.now);
    this.#database
      .prepare(
        `INSERT INTO answered_table (id, name, base_model_id, base_sha256, adapter_id, adapter_name, adapter_sha256, task,
           columns, mapping, form, schemas, retry_queries, max_tokens)
         VALUES (:id, :name, :baseId, :baseSha256, :adapterId, :adapterName, :adapterSha256, :task, :columns, :mapping,
           :form, :schemas, :retryQueries, :maxTokens)`,
      )
      .run({
        ...{ id, name: table.name, task: table.task, maxTokens: table.maxTokens },
        ...{ baseId: base.id, baseSha256: base.sha256 },
        ...{ adapterId: adapter?.id ?? null, adapterName: adapter?.name ?? null },
        ...{ adapterSha256: adapter?.sha256 ?? null, form: form === undefined ? null : JSON.stringify(form) },
        ...{ columns: JSON.stringify(table.columns), mapping: JSON.stringify(table.mapping) },
        schemas: table.schemas === null ? null : JSON.stringify(table.schemas),
        retryQueries: table.retryQueries ? 1 : 0,
      });
    return id;
  }

  addRows(id: string, from: number, rows: readonly (readonly string[])[]): void {
    const put = this.#database.prepare('INSERT INTO answered_row (table_id, position, cells) VALUES (?, ?, ?)');
    this.#jobs.transaction(() => {
      for (const [place, cells] of rows.entries()) put.run(id, from + place, JSON.stringify(cells));
    });
  }

  /** All rows are there; or a stopped or interrupted table is to be answered to its end. */
  enqueue(id: string, now: number): void {
    this.#jobs.enqueue({ id, kind: jobKind, now });
  }

  /** As they were inserted. */
  schemas(id: string): NewAnsweredTable['schemas'] {
    const schemas = this.#database.prepare('SELECT schemas FROM answered_table WHERE id = ?').pluck().get(id);
    return typeof schemas === 'string' ? (JSON.parse(schemas) as NewAnsweredTable['schemas']) : null;
  }

  /** Rows from a position on that have no answer yet. */
  unanswered(id: string, from: number, limit: number): Pick<AnsweredRow, 'position' | 'cells'>[] {
    const rows = this.#database
      .prepare<[string, number, number], { position: number; cells: string }>(
        `SELECT position, cells FROM answered_row WHERE table_id = ? AND position >= ? AND answer IS NULL
         ORDER BY position LIMIT ?`,
      )
      .all(id, from, limit);
    return rows.map(({ position, cells }) => ({ position, cells: JSON.parse(cells) as string[] }));
  }

  setAnswer(id: string, { position, answer, note, certainty }: RowAnswer): void {
    this.#database
      .prepare('UPDATE answered_row SET answer = ?, note = ?, certainty = ? WHERE table_id = ? AND position = ?')
      .run(answer, note, certainty, id, position);
  }

  /** Read lazily: nothing may be written before the last one is read, or reading is ended. */
  *rows({ id, offset, limit, only, order }: Optional<AnsweredRowsInput, 'order'>): Generator<AnsweredRow> {
    const { condition, values } = this.#rowsWith({ id, only, order });
    const isWhole = only === undefined && order !== 'unsure';
    const rows = this.#database
      .prepare<[object], Omit<AnsweredRow, 'cells'> & { cells: string }>(
        // In the whole table, the place of a row is its position.
        `SELECT position, cells, answer, note, certainty FROM answered_row
         WHERE table_id = :id AND ${condition} AND position >= :from
         ORDER BY ${order === 'unsure' ? 'certainty, position' : 'position'} LIMIT :limit OFFSET :offset`,
      )
      .iterate({ id, ...values, from: isWhole ? offset : 0, limit, offset: isWhole ? 0 : offset });
    for (const row of rows) yield { ...row, cells: JSON.parse(row.cells) as string[] };
  }

  /** As many rows as `rows` has without a page. */
  countRows({ id, only, order }: Pick<AnsweredRowsInput, 'id' | 'only' | 'order'>): number {
    const { condition, values } = this.#rowsWith({ id, only, order });
    const count = this.#database.prepare(`SELECT count(*) FROM answered_row WHERE table_id = :id AND ${condition}`);
    return count.pluck().get({ id, ...values }) as number;
  }

  /** Of answers that are objects, what one of their fields has is counted. */
  counts(id: string, field?: string): AnswerCounts {
    const { form, answered } = this.get(id);
    const keys = field === undefined ? undefined : fieldKeys(form, field);
    const { answers, rows: listed } =
      form?.kind === 'list' ? this.#countLabels(id, form) : this.#countAnswers(id, keys);
    const noted = this.#database
      .prepare<[string], { note: AnswerNote; rows: number }>(
        'SELECT note, count(*) AS rows FROM answered_row WHERE table_id = ? AND note IS NOT NULL GROUP BY note',
      )
      .all(id);
    const notes = { empty: 0, unnamed: 0, shortened: 0, cut: 0, replaced: 0, unrunnable: 0 };
    for (const { note, rows } of noted) notes[note] = rows;
    const others = answered - notes.empty - notes.unnamed - listed;
    return { answers, others, notes, hasCertainty: this.has('certainty', id) };
  }

  /** The most frequent answers, or what they have where these keys lead, and how many rows have one of them. */
  #countAnswers(id: string, keys: readonly string[] | undefined): CountedAnswers {
    const { label, values } = labelAt(keys ?? []);
    // Read once: SQLite would put what is in a subquery wherever its column stands.
    const labels =
      keys === undefined
        ? ''
        : `WITH labelled AS MATERIALIZED (SELECT table_id, ${label} AS answer FROM answered_row WHERE table_id = :id)`;
    const answers = this.#database
      .prepare<[object], AnswerCounts['answers'][number]>(
        `${labels} SELECT answer, count(*) AS rows FROM ${keys === undefined ? 'answered_row' : 'labelled'}
         WHERE table_id = :id AND ${isLabel} GROUP BY answer ORDER BY rows DESC, answer LIMIT :most`,
      )
      .all({ id, ...values, most: mostCountedAnswers });
    return { answers, rows: answers.reduce((sum, { rows }) => sum + rows, 0) };
  }

  /** The same of answers that are lists, label by label. */
  #countLabels(id: string, form: ListForm): CountedAnswers {
    const { list, values } = listIn(form);
    const lists = this.#database
      .prepare<[object], AnswerCounts['answers'][number]>(
        `SELECT ${list} AS answer, count(*) AS rows FROM answered_row WHERE table_id = :id AND answer <> '' GROUP BY 1`,
      )
      .all({ id, ...values })
      .map(({ answer, rows }) => ({
        labels: answer.split(form.between).filter(({ length }) => length <= longestLabel),
        rows,
      }));
    const counts = new Map<string, number>();
    for (const { labels, rows } of lists)
      for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + rows);
    const answers = [...counts]
      .map(([answer, rows]) => ({ answer, rows }))
      .sort((a, b) => b.rows - a.rows || (a.answer < b.answer ? -1 : 1))
      .slice(0, mostCountedAnswers);
    const listed = new Set(answers.map(({ answer }) => answer));
    const having = lists.filter(({ labels }) => labels.some((label) => listed.has(label)));
    return { answers, rows: having.reduce((sum, { rows }) => sum + rows, 0) };
  }

  /** The condition on a row, and the values in it. */
  #rowsWith({ id, only, order }: Pick<AnsweredRowsInput, 'id'> & Partial<Pick<AnsweredRowsInput, 'only' | 'order'>>): {
    readonly condition: string;
    readonly values: Readonly<Record<string, string>>;
  } {
    const isRanked = order === 'unsure' ? 'certainty IS NOT NULL' : 'TRUE';
    if (only === undefined) return { condition: isRanked, values: {} };
    if ('note' in only) return { condition: `${isRanked} AND note = :note`, values: { note: only.note } };
    const { form } = this.get(id);
    if (form?.kind === 'list') {
      const { list, values } = listIn(form);
      return {
        condition: `${isRanked} AND instr(:between || ${list} || :between, :parted) > 0`,
        values: { ...values, parted: `${form.between}${only.answer}${form.between}` },
      };
    }
    const { answer, field } = only;
    if (field === undefined)
      return { condition: `${isRanked} AND ${isLabel} AND answer = :answer`, values: { answer } };
    const { label, values } = labelAt(fieldKeys(form, field));
    return { condition: `${isRanked} AND ${label} = :answer`, values: { answer, ...values } };
  }

  /** Time spent on the answers so far. */
  addSeconds(id: string, seconds: number): void {
    this.#database.prepare('UPDATE answered_table SET seconds = seconds + ? WHERE id = ?').run(seconds, id);
  }

  /** Whether any row has one. */
  has(column: 'note' | 'certainty', id: string): boolean {
    const row = this.#database.prepare(
      `SELECT 1 FROM answered_row WHERE table_id = ? AND ${column} IS NOT NULL LIMIT 1`,
    );
    return row.get(id) !== undefined;
  }

  markDeleted(id: string, now: number): void {
    this.#database.prepare('UPDATE answered_table SET deleted_at = ? WHERE id = ?').run(now, id);
  }

  /** Undoes a deletion. Throws ANSWERED_TABLE_NOT_FOUND. */
  restore(id: string): AnsweredTable {
    this.#database.prepare('UPDATE answered_table SET deleted_at = NULL WHERE id = ?').run(id);
    return this.get(id);
  }

  /** Removes what was deleted up to then. */
  removeDeleted(before: number): void {
    this.#jobs.transaction(() => {
      this.#database
        .prepare('DELETE FROM job WHERE id IN (SELECT id FROM answered_table WHERE deleted_at <= ?)')
        .run(before);
      this.#database.prepare('DELETE FROM answered_table WHERE deleted_at <= ?').run(before);
    });
  }

  /** Removes a table whose rows were not all read; without an id, all such, which a killed process has left. */
  removeUnread(id?: string): void {
    this.#database
      .prepare('DELETE FROM answered_table WHERE id NOT IN (SELECT id FROM job) AND id = coalesce(?, id)')
      .run(id ?? null);
  }
}

export const jobKind = 'answered-table';

const select = `SELECT answered_table.id, answered_table.name, answered_table.base_model_id, base_model.name AS base_name,
    answered_table.base_sha256,
    answered_table.adapter_id, coalesce(adapter.name, adapter_name) AS adapter_name, adapter_sha256, answered_table.task,
    columns, mapping,
    form, schemas IS NOT NULL AS has_schemas, retry_queries, max_tokens, seconds, job.state, job.error_code, job.error_message, job.error_hint, job.error_data, job.created_at,
    (SELECT coalesce(max(position) + 1, 0) FROM answered_row WHERE table_id = answered_table.id) AS rows,
    (SELECT count(*) FROM answered_row WHERE table_id = answered_table.id AND answer IS NULL) AS unanswered
  FROM answered_table JOIN job ON job.id = answered_table.id
    JOIN base_model ON base_model.id = answered_table.base_model_id LEFT JOIN adapter ON adapter.id = answered_table.adapter_id
  WHERE answered_table.deleted_at IS NULL`;

/** The condition of the index of labels. */
const isLabel = `answer <> '' AND length(answer) <= ${longestLabel}`;

/** What a row's answer has where these keys lead, if all on the way are objects; and the values in that. */
function labelAt(keys: readonly string[]): {
  readonly label: string;
  readonly values: Readonly<Record<string, string>>;
} {
  const last = keys.length - 1;
  const label = keys.reduce(
    (within, _, n) =>
      `(SELECT ${n === last ? "iif(type IN ('true', 'false'), type, atom)" : "iif(type = 'object', value, NULL)"}
        FROM json_each(${within}) WHERE key = :key${n})`,
    'iif(json_valid(answer), answer, NULL)',
  );
  return { label, values: Object.fromEntries(keys.map((key, n) => [`key${n}`, key])) };
}

type ListForm = Extract<AnswerForm, { kind: 'list' }>;

/** A row's answer with its labels all parted by what usually does, which no label has in it; and the values in that. */
function listIn({ between, orBetween = [] }: ListForm): {
  readonly list: string;
  readonly values: Readonly<Record<string, string>>;
} {
  // “, and ” before “ and ”, which it ends with.
  const others = orBetween
    .toSorted((a, b) => b.length - a.length)
    .map((other, place) => [`or${place}`, other] as const);
  const list = others.reduce((text, [name]) => `replace(${text}, :${name}, :between)`, 'answer');
  return { list, values: { between, ...Object.fromEntries(others) } };
}

/** Answers, or labels of lists, and the number of rows that have one of them. */
type CountedAnswers = Pick<AnswerCounts, 'answers'> & { readonly rows: number };

type Optional<Whole, Key extends keyof Whole> = Omit<Whole, Key> & Partial<Pick<Whole, Key>>;

interface Row extends FailureColumns {
  id: string;
  name: string;
  base_model_id: string;
  base_name: string;
  base_sha256: string;
  adapter_id: string | null;
  adapter_name: string | null;
  adapter_sha256: string | null;
  task: TaskId;
  columns: string;
  mapping: string;
  form: string | null;
  has_schemas: number;
  retry_queries: number;
  max_tokens: number;
  seconds: number;
  state: JobState;
  created_at: number;
  rows: number;
  unanswered: number;
}

function toTable(row: Row): AnsweredTable {
  const { id, name, task, rows } = row;
  return {
    ...{ id, name, task, rows, answered: rows - row.unanswered },
    ...{ baseModelId: row.base_model_id, baseName: row.base_name, baseSha256: row.base_sha256 },
    ...{ adapterId: row.adapter_id, adapterName: row.adapter_name, adapterSha256: row.adapter_sha256 },
    columns: JSON.parse(row.columns) as string[],
    mapping: JSON.parse(row.mapping) as ColumnMapping,
    form: row.form === null ? null : (JSON.parse(row.form) as AnswerForm),
    hasKnownSchemas: row.has_schemas === 1,
    retryQueries: row.retry_queries === 1,
    maxTokens: row.max_tokens,
    seconds: row.seconds,
    // A queued one counts as running for whoever asked for it.
    state: row.state === 'queued' ? 'running' : row.state,
    error: failureOf(row),
    createdAt: row.created_at,
  };
}
