import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CsvOptions, FileFacts } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { rowVerdictSentence } from '../../src-contract/row-verdict.ts';
import type { ColumnMapping, TaskId } from '../../src-contract/task.ts';
import { DatabaseCopier } from './attach-databases.ts';
import { type MappedRow, type ResolvedMapping, resolveMapping, rowMapper } from './column-mapping.ts';
import { openTable } from './readers/open-table.ts';
import type { OpenTable, TableRecord } from './readers/table.ts';
import { RejectFile } from './reject-file.ts';
import { type ImportedFacts, type NewExample, type NewRejection, RowImport } from './row-import-store.ts';
import { RowSplits } from './row-splits.ts';

/** What is to be read, and where its rows go. Plain data, so that a thread can be told. */
export interface RowsJob {
  readonly file: { readonly path: string; readonly name: string };
  readonly task: TaskId;
  readonly mapping: ColumnMapping | undefined;
  readonly csv: CsvOptions | undefined;
  /** A SQLite file or a folder of them. */
  readonly database: { readonly path: string; readonly name: string } | undefined;
  readonly seed: number;
  readonly now: number;
  readonly datasetFolder: string;
  readonly rowsFile: string;
  readonly rejectFile: string;
}

export type RowsEvent =
  | { readonly kind: 'opened'; readonly bytesTotal: number }
  | {
      readonly kind: 'progress';
      readonly bytesRead: number;
      readonly bytesTotal: number;
      readonly taken: number;
      readonly rejected: number;
      readonly secondsLeft: number | null;
    }
  | {
      readonly kind: 'stored';
      readonly facts: ImportedFacts;
      readonly file: FileFacts;
      readonly mapping: ColumnMapping;
      readonly rejected: { readonly count: number; readonly reasons: Record<string, number> };
      readonly warned: { readonly count: number; readonly reasons: Record<string, number> };
      readonly hasDatabase: boolean;
    };

/**
 * Reads a table and writes the rows file and the reject file of a dataset. Every row read is taken or rejected. What is
 * written is the caller's to remove when this ends early.
 *
 * Throws what `openTable` and `resolveMapping` throw, CSV_NO_ROWS, DATABASE_ATTACHED_INVALID.
 */
export async function* importRows(job: RowsJob, signal: AbortSignal): AsyncGenerator<RowsEvent, void> {
  const table = await openTable(job.file, job.csv, { signal });
  let into: RowImport | undefined;
  let rejects: RejectFile | undefined;
  try {
    const { columns, bytesTotal } = table;
    const sample = await firstRows(table, signal);
    const mapping = resolveMapping({ task: job.task, columns, chosen: job.mapping, file: job.file.name, sample });
    rejects = new RejectFile(job.rejectFile, columns);
    into = new RowImport(job.rowsFile);
    yield { kind: 'opened', bytesTotal };
    const copier = job.database && (await DatabaseCopier.open(job.database, job.datasetFolder));
    const rows = new ImportedRows({ into, mapping, copier, rejects, seed: job.seed, encoding: table.facts.encoding });
    yield* readInto(rows, table, signal);
    await rows.flush();
    if (rows.taken === 0) throw new StudioError('CSV_NO_ROWS', { file: job.file.name, reason: rows.reasonForNone() });
    await rows.settleSplits(signal);
    await rejects.close();
    signal.throwIfAborted();
    yield {
      ...{
        kind: 'stored',
        facts: into.finish(job.now),
        mapping: mapping.mapping,
        hasDatabase: copier?.hasCopied ?? false,
      },
      file: { ...table.facts, rows: rows.taken + rows.rejected },
      rejected: { count: rows.rejected, reasons: Object.fromEntries(rows.reasons) },
      warned: { count: rows.warned, reasons: Object.fromEntries(rows.warnings) },
    };
  } finally {
    into?.close();
    await rejects?.close();
    await table.close();
  }
}

/** As many rows as the page shows, so that both propose the same columns. */
async function firstRows(table: OpenTable, signal: AbortSignal): Promise<(readonly string[])[]> {
  const sample: (readonly string[])[] = [];
  for await (const { records } of table.rows(signal)) {
    sample.push(...records.slice(0, 20 - sample.length).map(({ cells }) => cells));
    if (sample.length >= 20) break;
  }
  return sample;
}

async function* readInto(rows: ImportedRows, table: OpenTable, signal: AbortSignal): AsyncGenerator<RowsEvent, void> {
  const began = performance.now();
  let reported = 0;
  for await (const { records, bytesRead } of table.rows(signal)) {
    for (const record of records) {
      // Only where a database has to be copied, or a slice is full, there is something to wait for.
      const waiting = rows.take(record);
      if (waiting) {
        await waiting;
        signal.throwIfAborted();
      }
    }
    const elapsed = performance.now() - began;
    if (elapsed - reported < 100) continue;
    reported = elapsed;
    const left = ((table.bytesTotal - bytesRead) / Math.max(1, bytesRead)) * (elapsed / 1000);
    yield {
      ...{ kind: 'progress', bytesRead, bytesTotal: table.bytesTotal, taken: rows.taken, rejected: rows.rejected },
      secondsLeft: elapsed < 500 ? null : Math.max(0, left),
    };
  }
}

interface RowDestination {
  readonly into: RowImport;
  readonly mapping: ResolvedMapping;
  readonly copier: DatabaseCopier | undefined;
  readonly rejects: RejectFile;
  readonly seed: number;
  readonly encoding: string;
}

/** Gathers mapped rows and stores them slice by slice. */
class ImportedRows {
  taken = 0;
  rejected = 0;
  warned = 0;
  readonly reasons = new Map<string, number>();
  readonly warnings = new Map<string, number>();
  readonly #to: RowDestination;
  readonly #mapRow: (record: TableRecord) => MappedRow;
  readonly #splits: RowSplits;
  #examples: NewExample[] = [];
  #rejections: NewRejection[] = [];
  #letters = 0;
  #firstMessage: string | undefined;

  constructor(to: RowDestination) {
    this.#to = to;
    this.#mapRow = rowMapper(to.mapping, to.encoding);
    this.#splits = new RowSplits(to.seed);
  }

  /** Gives a promise where there is something to wait for before the next row. */
  take(record: TableRecord): Promise<void> | undefined {
    const row = this.#mapRow(record);
    if (row.kind === 'example') {
      const { copier } = this.#to;
      if (copier) return copier.take(row).then((database) => this.#add(record, row, database));
      return this.#add(record, row, null);
    }
    const { code } = row;
    const data = record.part === undefined ? row.data : { ...row.data, part: record.part };
    const message = rowVerdictSentence(code, data);
    this.#firstMessage ??= message.replace(/\.$/, '');
    this.#rejections.push({
      number: this.rejected++,
      line: record.line,
      code,
      data,
      message,
      cells: [...record.cells],
    });
    this.reasons.set(code, (this.reasons.get(code) ?? 0) + 1);
    for (const cell of record.cells) this.#letters += cell.length;
    return this.#isFull() ? this.flush() : undefined;
  }

  #add(
    record: TableRecord,
    row: Extract<MappedRow, { kind: 'example' }>,
    database: string | null,
  ): Promise<void> | undefined {
    const { context, target, group, sourceId, warnings } = row;
    let warning: string | null = null;
    if (warnings.length > 0) {
      this.warned++;
      for (const code of warnings) this.warnings.set(code, (this.warnings.get(code) ?? 0) + 1);
      warning = warnings.join(' ');
    }
    const split = this.#splits.next(row);
    this.#examples.push({
      position: this.taken++,
      line: record.line,
      split,
      context,
      target,
      group,
      database,
      sourceId,
      warning,
    });
    this.#letters += context.length + target.length;
    return this.#isFull() ? this.flush() : undefined;
  }

  #isFull(): boolean {
    return this.#examples.length + this.#rejections.length >= sliceRows || this.#letters >= sliceLetters;
  }

  /** Why there is no row at all, without a full stop. */
  reasonForNone(): string {
    if (this.rejected === 0) return 'there is none below the header';
    return `${this.rejected} ${this.rejected === 1 ? 'row was' : 'rows were'} read, and the first one says: ${this.#firstMessage}`;
  }

  async flush(): Promise<void> {
    const { into, rejects } = this.#to;
    into.insert(this.#examples, this.#rejections);
    if (this.#rejections.length > 0) await rejects.append(this.#rejections);
    this.#examples = [];
    this.#rejections = [];
    this.#letters = 0;
    await nextTurn();
  }

  /** Deals the splits of a table of few units anew. */
  async settleSplits(signal: AbortSignal): Promise<void> {
    let count = 0;
    for (const { position, split } of this.#splits.moved()) {
      this.#to.into.setSplit(position, split);
      if (++count % 10_000 !== 0) continue;
      await nextTurn();
      signal.throwIfAborted();
    }
  }
}

/** Small enough that storing a slice holds a shared event loop for a few milliseconds only. */
const sliceRows = 500;
const sliceLetters = 500_000;
