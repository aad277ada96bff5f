import { setImmediate as nextTurn } from 'node:timers/promises';
import type { z } from 'zod';
import { type CsvOptions, type FileFacts, mostPlaces, type warnedSchema } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because } from '../../../src-contract/failure-reason.ts';
import { type RowVerdictData, rowVerdictSentence } from '../../../src-contract/row-verdict.ts';
import { type ColumnMapping, lacksSchema, type TaskId } from '../../../src-contract/task.ts';
import { DatabaseCopier } from '../databases/attach-databases.ts';
import type { PlacedPiece } from '../readers/csv-places.ts';
import { openTable, type TableFile } from '../readers/open-table.ts';
import { recordAt } from '../readers/placed-record.ts';
import type { OpenTable, TableRecord } from '../readers/table.ts';
import { type PackedRows, RowBatch } from '../rows/row-block.ts';
import { GatheredStates } from '../rows/row-states.ts';
import { RowSplits } from '../splits/row-splits.ts';
import { type ResolvedMapping, resolveMapping } from './column-mapping.ts';
import { PlainRows } from './plain-rows.ts';
import { RejectFile } from './reject-file.ts';
import { type ImportedFacts, type NewRejection, RowImport } from './row-import-store.ts';
import { type MappedRow, rowMapper } from './row-mapper.ts';

/** What to read, and where its rows go. Plain data, so that it can be passed to a thread. */
export interface RowsJob {
  readonly file: TableFile;
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
      readonly warned: z.infer<typeof warnedSchema>;
      readonly hasDatabase: boolean;
    };

/** Writes the rows file: `RowImport` itself, or a thread that has one. */
export interface RowsWriter {
  /** Returns a buffer for reuse, if there is one. */
  write(rows: PackedRows, rejections: readonly NewRejection[]): Promise<ArrayBuffer | undefined>;
  finish(now: number, states: GatheredStates): Promise<ImportedFacts>;
  close(): Promise<void>;
}

/** Writes on the reading thread. */
function writeHere(file: string): RowsWriter {
  const into = new RowImport(file);
  return {
    write: async (rows, rejections) => {
      into.insert(rows, rejections);
      await nextTurn();
      return rows.bytes.buffer;
    },
    finish: async (now, states) => into.finish(now, states),
    close: async () => into.close(),
  };
}

/**
 * Reads a table and writes the rows file and the reject file of a dataset. Every row is either accepted or rejected. If
 * this ends early, the caller must remove what was written.
 *
 * Throws whatever `openTable` and `resolveMapping` throw, CSV_NO_ROWS, DATABASE_ATTACHED_INVALID.
 */
export async function* importRows(
  job: RowsJob,
  signal: AbortSignal,
  openWriter = writeHere,
): AsyncGenerator<RowsEvent, void> {
  const table = await openTable(job.file, job.csv, { signal });
  let into: RowsWriter | undefined;
  let rejects: RejectFile | undefined;
  try {
    const { columns, bytesTotal } = table;
    const sample = await firstRows(table, signal);
    // Before any lack of a column, which would be the next to be told in vain.
    if (sample.length === 0)
      throw new StudioError('CSV_NO_ROWS', { file: job.file.name, ...because('NO_ROWS_BELOW_HEADER') });
    const mapping = resolveMapping({
      ...{ task: job.task, columns, chosen: job.mapping, file: job.file.name, sample },
      hasDatabase: job.database !== undefined,
    });
    rejects = new RejectFile(job.rejectFile, { columns, facts: table.facts });
    into = openWriter(job.rowsFile);
    yield { kind: 'opened', bytesTotal };
    // If the schema is to be written, the databases are attached to the finished dataset.
    const copied = lacksSchema(job.task, mapping.mapping) ? undefined : job.database;
    const copier = copied && (await DatabaseCopier.open(copied, job.datasetFolder, signal));
    const rows = new ImportedRows({ into, mapping, copier, rejects, seed: job.seed, ...table.facts });
    yield* readInto(rows, table, signal);
    await rows.flush();
    if (rows.taken === 0 && !(table.facts.documents === 'unwritten' && rows.reasons.has('ROW_TARGET_EMPTY')))
      throw new StudioError('CSV_NO_ROWS', { file: job.file.name, ...rows.reasonForNone() });
    await rows.settleSplits(signal);
    await copier?.finish();
    await rejects.close();
    signal.throwIfAborted();
    yield {
      ...{
        kind: 'stored',
        facts: await into.finish(job.now, rows.states),
        mapping: mapping.mapping,
        hasDatabase: copier?.hasCopied ?? false,
      },
      file: { ...table.facts, rows: rows.taken + rows.rejected, sha256: await table.sha256(signal) },
      rejected: { count: rows.rejected, reasons: Object.fromEntries(rows.reasons) },
      warned: {
        count: rows.warned,
        reasons: Object.fromEntries(rows.warnings),
        places: Object.fromEntries(rows.warnedAt),
      },
    };
  } finally {
    await into?.close();
    await rejects?.close();
    await table.close();
  }
}

/** As many rows as the page shows, so that both propose the same columns. */
export async function firstRows(table: OpenTable, signal: AbortSignal): Promise<(readonly string[])[]> {
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
  for await (const piece of table.pieces?.(signal) ?? table.rows(signal)) {
    const { bytesRead } = piece;
    const [from, end] = 'places' in piece ? [piece.from, piece.end] : [0, piece.records.length];
    for (let at = from; at < end; at++) {
      // There is only something to wait for if a database must be copied or a slice is full.
      const waiting = 'places' in piece ? rows.takePlaced(piece, at) : rows.take(piece.records[at] as TableRecord);
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
  readonly into: RowsWriter;
  readonly mapping: ResolvedMapping;
  readonly copier: DatabaseCopier | undefined;
  readonly rejects: RejectFile;
  readonly seed: number;
  readonly encoding: string;
  readonly quote: string;
}

/** Collects mapped rows and stores them slice by slice. */
class ImportedRows {
  taken = 0;
  rejected = 0;
  warned = 0;
  readonly reasons = new Map<string, number>();
  readonly warnings = new Map<string, number>();
  /** Where the first rows of each stand. */
  readonly warnedAt = new Map<string, number[]>();
  readonly states = new GatheredStates();
  readonly #to: RowDestination;
  readonly #mapRow: (record: TableRecord) => MappedRow;
  readonly #plain: PlainRows | undefined;
  readonly #splits: RowSplits;
  readonly #batch = new RowBatch();
  #rejections: NewRejection[] = [];
  #rejectedLetters = 0;
  #firstRefusal: ({ readonly verdict: string; readonly code: string } & RowVerdictData) | undefined;
  /** A buffer for the batch after next. */
  #spare: ArrayBuffer | undefined;

  constructor(to: RowDestination) {
    this.#to = to;
    this.#mapRow = rowMapper(to.mapping, to.encoding);
    this.#plain = to.copier ? undefined : PlainRows.of(to.mapping, to.quote);
    this.#splits = new RowSplits(to.seed);
  }

  /** Returns a promise if there is something to wait for before the next row. */
  takePlaced(piece: PlacedPiece, at: number): Promise<void> | undefined {
    const split = this.#plain?.take(piece, at, this.#batch, this.#splits);
    if (split === undefined) return this.take(recordAt(piece, at, this.#to.quote));
    this.states.push(split);
    this.taken++;
    return this.#batch.isFull ? this.flush() : undefined;
  }

  /** Returns a promise if there is something to wait for before the next row. */
  take(record: TableRecord): Promise<void> | undefined {
    const row = this.#mapRow(record);
    if (row.kind === 'example') {
      const { copier } = this.#to;
      if (copier) return copier.take(row).then(({ name }) => this.#add(record, row, name));
      return this.#add(record, row, row.database);
    }
    const { code } = row;
    const { part, by } = record;
    const data = part === undefined ? row.data : { ...row.data, part, ...(by && { by }) };
    const message = rowVerdictSentence(code, data);
    this.#firstRefusal ??= { ...data, code, verdict: message.replace(/\.$/, '') };
    this.#rejections.push({
      number: this.rejected++,
      line: record.line,
      code,
      data,
      message,
      cells: [...record.cells],
    });
    this.reasons.set(code, (this.reasons.get(code) ?? 0) + 1);
    for (const cell of record.cells) this.#rejectedLetters += cell.length;
    const isFull = this.#rejections.length >= mostRejections || this.#rejectedLetters >= mostRejectedLetters;
    return isFull ? this.flush() : undefined;
  }

  #add(
    { line }: TableRecord,
    row: Extract<MappedRow, { kind: 'example' }>,
    database: string | null,
  ): Promise<void> | undefined {
    const { context, target, group, sourceId, warnings } = row;
    let warning: string | null = null;
    if (warnings.length > 0) {
      this.warned++;
      for (const code of warnings) {
        this.warnings.set(code, (this.warnings.get(code) ?? 0) + 1);
        const places = this.warnedAt.get(code) ?? [];
        if (places.length < mostPlaces) this.warnedAt.set(code, [...places, line]);
      }
      warning = warnings.join(' ');
    }
    if (row.split !== undefined) this.#splits.passOver();
    this.states.push(row.split ?? this.#splits.next({ group, context: () => context }));
    this.taken++;
    this.#batch.add({ line, context, target, group, database, sourceId, warning });
    return this.#batch.isFull ? this.flush() : undefined;
  }

  /** Why there are no rows at all, without a full stop. */
  reasonForNone(): Because {
    const first = { verdict: '', ...this.#firstRefusal };
    if (this.rejected === 1) return because('ONLY_ROW_REFUSED', first);
    return because('ALL_ROWS_REFUSED', { ...first, count: this.rejected });
  }

  async flush(): Promise<void> {
    const { into, rejects } = this.#to;
    const rejections = this.#rejections;
    this.#rejections = [];
    this.#rejectedLetters = 0;
    if (this.#batch.isEmpty && rejections.length === 0) return;
    if (rejections.length > 0) await rejects.append(rejections);
    const spare = this.#spare;
    this.#spare = undefined;
    this.#spare = await into.write(this.#batch.take(spare), rejections);
  }

  /** Reassigns the splits of a table of few units. */
  async settleSplits(signal: AbortSignal): Promise<void> {
    let count = 0;
    for (const { position, split } of this.#splits.moved()) {
      this.states.set(position, split);
      if (++count % 10_000 !== 0) continue;
      await nextTurn();
      signal.throwIfAborted();
    }
  }
}

const mostRejections = 500;
const mostRejectedLetters = 500_000;
