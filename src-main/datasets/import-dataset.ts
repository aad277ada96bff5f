import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CsvOptions, ImportEvent, Split } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { ColumnMapping, TaskId } from '../../src-contract/task.ts';
import { DatabaseCopier } from './attach-databases.ts';
import { mapRow, type ResolvedMapping, resolveMapping } from './column-mapping.ts';
import { csvLine } from './csv-text.ts';
import { type DatasetStore, nameTaken } from './dataset-store.ts';
import { asDiskFull } from './disk-full.ts';
import { fileFacts } from './inspect.ts';
import { readCsv } from './readers/csv.ts';
import { detectCsvFormat } from './readers/csv-format.ts';
import type { CsvRecord } from './readers/csv-records.ts';
import { type FileSurvey, surveyFile } from './readers/file-survey.ts';
import { type NewExample, type NewRejection, RowImport } from './row-import-store.ts';
import { chanceOf, dealUnits, manyUnits, splitKey, splitOf } from './split.ts';

export interface ImportJob {
  readonly file: { readonly path: string; readonly name: string };
  readonly task: TaskId;
  readonly name?: string;
  readonly mapping?: ColumnMapping;
  readonly csv?: CsvOptions;
  /** A SQLite file or a folder of them. */
  readonly database?: { readonly path: string; readonly name: string };
  readonly seed: number;
  readonly now: number;
}

/**
 * Turns a table into a dataset: rows that can be used go into the database, the others into the reject file. Nobody sees the
 * dataset before its last row and its hash are stored; a failure, an abort or a watcher who leaves undoes everything.
 *
 * Throws what the readers and `resolveMapping` throw, CSV_NO_ROWS, DATABASE_ATTACHED_INVALID, OPTION_INVALID for a name
 * that is taken.
 */
export async function* importDataset(
  { store, datasetsFolder }: { store: DatasetStore; datasetsFolder: string },
  job: ImportJob,
  signal: AbortSignal,
): AsyncGenerator<ImportEvent, void> {
  const began = performance.now();
  if (job.name !== undefined && store.isNameTaken(job.name)) throw nameTaken(job.name);
  const survey = await surveyFile(job.file.path, job.file.name, signal);
  const format = detectCsvFormat(survey, job.csv);
  const { columns } = format;
  const mapping = resolveMapping({ task: job.task, columns, chosen: job.mapping, file: job.file.name });
  const datasetId = store.beginImport({
    name: job.name ?? store.freeName(job.file.name.replace(/\.[^.]{1,5}$/, '') || job.file.name),
    ...{ task: job.task, sourceName: job.file.name, mapping: mapping.mapping, seed: job.seed, now: job.now },
  });
  const folder = join(datasetsFolder, datasetId);
  const rejects = new RejectFile(rejectFilePath(datasetsFolder, datasetId), columns);
  let into: RowImport | undefined;
  let isDone = false;
  try {
    into = new RowImport(store.rowsFile(datasetId));
    yield { kind: 'started', datasetId, bytesTotal: survey.bytes };
    const copier = job.database && (await DatabaseCopier.open(job.database, folder));
    const rows = new ImportedRows({ into, mapping, copier, rejects, seed: job.seed });
    let headerIsNext = format.header;
    let reported = 0;
    for await (const { records, bytesRead } of readCsv(job.file, format, signal)) {
      for (const record of records) {
        if (record.cells.length === 0) continue;
        if (headerIsNext) {
          headerIsNext = false;
          continue;
        }
        await rows.take(record);
        signal.throwIfAborted();
      }
      const elapsed = performance.now() - began;
      if (elapsed - reported < 100) continue;
      reported = elapsed;
      yield progress(survey, rows, bytesRead, elapsed);
    }
    await rows.flush();
    if (rows.taken === 0) throw new StudioError('CSV_NO_ROWS', { file: job.file.name, reason: rows.reasonForNone() });
    await settleSplits(into, job.seed, signal);
    await rejects.close();
    signal.throwIfAborted();
    const summary = into.finish(job.now);
    const file = fileFacts(survey, format, rows.taken + rows.rejected);
    const hasDatabase = copier?.hasCopied ?? false;
    const dataset = store.finishImport(datasetId, { ...summary, rejected: rows.rejected, file, hasDatabase });
    isDone = true;
    const rejected = {
      ...{ count: rows.rejected, reasons: Object.fromEntries(rows.reasons) },
      ...(rows.rejected > 0 ? { file: rejects.path } : {}),
    };
    yield { kind: 'finished', dataset, file, rejected, seconds: (performance.now() - began) / 1000 };
  } catch (error) {
    throw asDiskFull(error, datasetsFolder, survey.bytes);
  } finally {
    if (!isDone) {
      into?.close();
      await rejects.close();
      await undo(store, datasetsFolder, datasetId);
    }
  }
}

/** On a full disk even removing may fail; nobody sees what is left, and the next start removes it. */
async function undo(store: DatasetStore, datasetsFolder: string, id: string): Promise<void> {
  try {
    await removeDataset(store, datasetsFolder, id);
  } catch (error) {
    if (asDiskFull(error, datasetsFolder, 0) === error) throw error;
  }
}

/** Takes a dataset off the disk and out of the database. */
export async function removeDataset(store: DatasetStore, datasetsFolder: string, id: string): Promise<void> {
  store.letGo(id);
  await rm(join(datasetsFolder, id), { recursive: true, force: true });
  store.remove(id);
}

export function rejectFilePath(datasetsFolder: string, datasetId: string): string {
  return join(datasetsFolder, datasetId, 'rejected.csv');
}

interface RowDestination {
  readonly into: RowImport;
  readonly mapping: ResolvedMapping;
  readonly copier: DatabaseCopier | undefined;
  readonly rejects: RejectFile;
  readonly seed: number;
}

/** Gathers mapped rows and stores them slice by slice. */
class ImportedRows {
  taken = 0;
  rejected = 0;
  readonly reasons = new Map<string, number>();
  readonly #to: RowDestination;
  #examples: NewExample[] = [];
  #rejections: NewRejection[] = [];
  #letters = 0;
  #firstMessage: string | undefined;

  constructor(to: RowDestination) {
    this.#to = to;
  }

  async take(record: CsvRecord): Promise<void> {
    const { mapping, copier, seed } = this.#to;
    const row = mapRow(mapping, record);
    this.#letters += record.cells.reduce((sum, cell) => sum + cell.length, 0);
    if (row.kind === 'rejected') {
      const { code, message } = row;
      this.#firstMessage ??= message.replace(/\.$/, '');
      this.#rejections.push({ number: this.rejected++, line: record.line, code, message, cells: [...record.cells] });
      this.reasons.set(code, (this.reasons.get(code) ?? 0) + 1);
    } else {
      const { context, target, group, sourceId } = row;
      const database = copier ? await copier.take(row) : null;
      const split = splitOf(splitKey(row), seed);
      const place = { position: this.taken++, line: record.line, split };
      this.#examples.push({ ...place, context, target, group, database, sourceId });
    }
    if (this.#examples.length + this.#rejections.length >= sliceRows || this.#letters >= sliceLetters)
      await this.flush();
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
}

/** Small enough that storing a slice, the disk's sync included, holds the event loop for a few milliseconds only. */
const sliceRows = 200;
const sliceLetters = 200_000;

/** The rows that could not be used, as a table with the original columns and the reason, to be mended and imported again. */
class RejectFile {
  readonly path: string;
  readonly #columns: readonly string[];
  #file: FileHandle | undefined;

  constructor(path: string, columns: readonly string[]) {
    this.path = path;
    this.#columns = columns;
  }

  async append(rejections: readonly NewRejection[]): Promise<void> {
    if (!this.#file) {
      await mkdir(dirname(this.path), { recursive: true });
      this.#file = await open(this.path, 'w');
      await this.#file.appendFile(csvLine([...this.#columns, 'reason']));
    }
    const width = this.#columns.length;
    const lines = rejections.map(({ cells, line, message }) => {
      const own = Array.from({ length: width }, (_, place) => cells[place] ?? '');
      return csvLine([...own, `Line ${line}: ${message}`, ...cells.slice(width)]);
    });
    await this.#file.appendFile(lines.join(''));
  }

  async close(): Promise<void> {
    await this.#file?.sync();
    await this.#file?.close();
    this.#file = undefined;
  }
}

function progress(survey: FileSurvey, rows: ImportedRows, bytesRead: number, elapsedMs: number): ImportEvent {
  const secondsLeft = ((survey.bytes - bytesRead) / bytesRead) * (elapsedMs / 1000);
  return {
    ...{ kind: 'progress', bytesRead, bytesTotal: survey.bytes, taken: rows.taken, rejected: rows.rejected },
    secondsLeft: elapsedMs < 500 ? null : secondsLeft,
  };
}

/** Deals the splits of a table of few units anew. */
async function settleSplits(into: RowImport, seed: number, signal: AbortSignal): Promise<void> {
  const units = new Map<string, { rows: number; chance: number; split: Split; positions: number[] }>();
  for await (const { position, split, ...example } of inTurns(into.keys(), signal)) {
    const key = splitKey(example);
    const unit = units.get(key);
    if (unit) {
      unit.rows++;
      unit.positions.push(position);
    } else {
      if (units.size === manyUnits) return;
      units.set(key, { rows: 1, chance: chanceOf(key, seed), split, positions: [position] });
    }
  }
  for (const [unit, split] of dealUnits([...units.values()])) {
    if (split !== unit.split) for (const position of unit.positions) into.setSplit(position, split);
  }
}

/** Hands rows on and gives the event loop a turn every few milliseconds. */
async function* inTurns<T>(rows: Iterable<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  let sliceBegan = performance.now();
  for (const row of rows) {
    if (performance.now() - sliceBegan > 8) {
      await nextTurn();
      signal.throwIfAborted();
      sliceBegan = performance.now();
    }
    yield row;
  }
}
