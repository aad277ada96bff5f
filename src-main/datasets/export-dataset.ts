import type { FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Dataset, Example } from '../../src-contract/dataset.ts';
import type { ExportFormat } from '../../src-contract/dataset-version.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { noteCopy } from '../data-folder/copy-note.ts';
import { orDiskOrDatabaseFull } from '../files/disk-or-database-full.ts';
import { nameWhole, unfinishedPath } from '../files/unfinished-path.ts';
import { unwritable } from '../files/unwritable.ts';
import { writeAside } from '../files/write-whole.ts';
import { csvLine } from './csv-text.ts';
import type { DatasetStore } from './dataset-store.ts';
import { type ExportedColumn, exportedColumns } from './exported-columns.ts';
import { TimeSlices } from './time-slices.ts';

interface ExportJob {
  readonly dataset: Dataset;
  /** The newest by default. */
  readonly version?: number | undefined;
  readonly format: ExportFormat;
  readonly out: string;
  /** Where it is noted until it is done; for a file of the studio's own, absent. */
  readonly dataDir?: string | undefined;
}

/**
 * Writes all rows of a version with context, target, group and split, and the database if the dataset has any: a
 * document and its summary under these names, and a context or target of several columns as these, unless a row has
 * been rewritten in another layout. Importing the file gives the same rows, and proposes the same task and columns.
 * Throws OPTION_INVALID for a version that does not exist, OUT_UNUSABLE if `out` is taken or not writable, DISK_FULL,
 * and the errors of `namingRowsFault` for the dataset's own file.
 */
export async function exportDataset(
  store: DatasetStore,
  { dataset, version, format, out, dataDir }: ExportJob,
  signal?: AbortSignal,
): Promise<{ file: string; rows: number }> {
  if (version !== undefined && !store.version(dataset.id, version)) {
    throw new StudioError('OPTION_INVALID', { option: 'version', ...because('VERSION_UNKNOWN', { version }) });
  }
  const path = resolve(out);
  const temporary = await unfinishedPath(path);
  await using _ = dataDir === undefined ? undefined : await noteCopy(dataDir, temporary);
  let rows = 0;
  const write = async (file: FileHandle) => {
    const slices = new TimeSlices(signal);
    const examples = () => store.examples(dataset.id, undefined, version);
    const writer = writers[format](file, await exportedColumns(dataset, examples, slices));
    for (const row of examples()) {
      writer.add(row);
      rows++;
      if (writer.letters >= sliceLetters) await writer.flush();
      if (slices.isOver) await slices.rest();
    }
    await writer.finish();
  };
  try {
    await writeAside(temporary, write, { name: () => nameWhole(temporary, path) });
    return { file: path, rows };
  } catch (error) {
    signal?.throwIfAborted();
    const known = await store.namingRowsFault(orDiskOrDatabaseFull(error, dirname(path)), () => dataset.id);
    throw unwritable(known, { option: 'out', path });
  }
}

/** How many characters are written at once, in about 20 ms; for Parquet, this makes one row group. */
const sliceLetters = 2_000_000;

interface RowWriter {
  /** Of the rows waiting to be written. */
  readonly letters: number;
  add(row: Example): void;
  flush(): Promise<void>;
  finish(): Promise<void>;
}

const writers: Readonly<Record<ExportFormat, (file: FileHandle, columns: readonly ExportedColumn[]) => RowWriter>> = {
  csv: (file, columns) =>
    new TextWriter(file, csvLine(columns.map(({ name }) => name)), (row) =>
      csvLine(columns.map(({ textOf }) => textOf(row) ?? '')),
    ),
  jsonl: (file, columns) =>
    new TextWriter(
      file,
      '',
      (row) => `${JSON.stringify(Object.fromEntries(columns.map(({ name, textOf }) => [name, textOf(row)])))}\n`,
    ),
  parquet: (file, columns) => new ParquetRows(file, columns),
};

class TextWriter implements RowWriter {
  readonly #file: FileHandle;
  readonly #lineOf: (row: Example) => string;
  #text: string;

  constructor(file: FileHandle, head: string, lineOf: (row: Example) => string) {
    this.#file = file;
    this.#text = head;
    this.#lineOf = lineOf;
  }

  get letters(): number {
    return this.#text.length;
  }

  add(row: Example): void {
    this.#text += this.#lineOf(row);
  }

  async flush(): Promise<void> {
    await this.#file.appendFile(this.#text);
    this.#text = '';
  }

  finish(): Promise<void> {
    return this.flush();
  }
}

/** UTF-8 text columns, compressed with Snappy, in row groups of a few megabytes. */
class ParquetRows implements RowWriter {
  readonly #file: FileHandle;
  readonly #bytes = new FlushedBytes();
  readonly #parquet: ParquetWriter;
  readonly #columns: readonly ExportedColumn[];
  #rows: Example[] = [];
  letters = 0;

  constructor(file: FileHandle, columns: readonly ExportedColumn[]) {
    this.#file = file;
    this.#columns = columns;
    this.#parquet = new ParquetWriter({
      writer: this.#bytes,
      schema: [
        { name: 'root', num_children: columns.length },
        ...columns.map(({ name, mayLack }) => ({
          name,
          type: 'BYTE_ARRAY' as const,
          converted_type: 'UTF8' as const,
          repetition_type: mayLack ? ('OPTIONAL' as const) : ('REQUIRED' as const),
        })),
      ],
    });
  }

  add(row: Example): void {
    this.#rows.push(row);
    this.letters += row.context.length + row.target.length + lettersPerRow;
  }

  async flush(): Promise<void> {
    const columnData = this.#columns.map(({ name, textOf }) => ({ name, data: this.#rows.map(textOf) }));
    if (this.#rows.length > 0) await this.#parquet.write({ columnData, rowGroupSize: this.#rows.length });
    this.#rows = [];
    this.letters = 0;
    await this.#file.appendFile(this.#bytes.take());
  }

  async finish(): Promise<void> {
    await this.flush();
    await this.#parquet.finish();
    await this.#file.appendFile(this.#bytes.take());
  }
}

/** Encoding a row takes as long as that many more letters of it. */
const lettersPerRow = 300;

/** A buffer that is flushed to the file between row groups; offsets keep counting. */
class FlushedBytes extends ByteWriter {
  take(): Uint8Array {
    const bytes = Uint8Array.from(this.getBytes());
    this.index = 0;
    return bytes;
  }
}
