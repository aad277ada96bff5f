import { createHash } from 'node:crypto';
import type { FileReason } from '../../../src-contract/file-reason.ts';
import { numberedBy } from '../../../src-contract/numbered-by.ts';
import { databaseEnding } from '../databases/database-ending.ts';
import { foldColumnName } from '../importing/column-names.ts';
import { splitColumnNames, splitNamed } from '../splits/split.ts';
import { uniqueNames } from './header-names.ts';
import { movedCells } from './moved-cells.ts';
import type { TablePart } from './related-tables.ts';
import { type OpenTable, type TablePiece, undelimited } from './table.ts';

/**
 * The tables of a folder or archive as one: the columns of all, each named once; rows have blanks where their own file
 * has no such column. Lines, rows and items are counted within each file.
 */
export function joinTables(
  name: string,
  format: 'folder' | 'zip',
  parts: readonly TablePart[],
  skippedFiles: readonly string[],
  close: () => Promise<void>,
): OpenTable {
  const names: string[] = [];
  const places = new Map<string, number>();
  const placesOf = parts.map(({ table }) => {
    const own = new Set<number>();
    for (const column of table.columns) {
      // Within one file, names that differ only in spelling are different columns.
      const keys = [`=${column}`, foldColumnName(column)];
      const known = keys.map((key) => places.get(key)).find((place) => place !== undefined && !own.has(place));
      const place = known ?? names.push(column) - 1;
      for (const key of keys) if (!places.has(key)) places.set(key, place);
      own.add(place);
    }
    return [...own];
  });
  const splits = splitsOf(parts);
  const columns = uniqueNames(splits ? [...names, 'split'] : names);
  const bytes = parts.reduce((sum, { table }) => sum + table.facts.bytes, 0);
  const first = parts[0]?.table.facts;
  const reason = (code: string, data: FileReason['data']): FileReason => ({ about: 'format', code, data });
  async function* rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    let done = 0;
    for (const [at, { name: part, table }] of parts.entries()) {
      const own = placesOf[at] ?? [];
      const by = numberedBy(table.facts);
      for await (const { records, bytesRead } of table.rows(signal)) {
        yield {
          records: records.map((record) => {
            const cells = movedCells(record.cells, own, names.length);
            if (splits) cells.splice(names.length, 0, splits[at] ?? '');
            return {
              ...{ ...record, cells, by },
              part: record.part === undefined ? part : `${part}, ${record.part}`,
            };
          }),
          bytesRead: done + bytesRead,
        };
      }
      done += table.bytesTotal;
    }
  }
  return {
    facts: {
      ...{
        name,
        format,
        encoding: first?.encoding ?? 'utf-8',
        ...(first === undefined
          ? undelimited
          : { delimiter: first.delimiter, quote: first.quote, escape: first.escape }),
      },
      ...{ header: true, skippedLines: 0, bytes },
      files: parts.map((part) => part.name),
      ...(first?.speaker !== undefined && { speaker: first.speaker, speakers: first.speakers }),
      ...(parts.every(({ table }) => table.facts.numbered === 'item') && { numbered: 'item' }),
      reasons: [
        reason('PARTS_JOINED', { files: parts.length }),
        ...(skippedFiles.length > 0 ? [reason('PARTS_SKIPPED', skippedFacts(skippedFiles))] : []),
        ...(splits ? [reason('PARTS_SPLITS', { splits: [...new Set(splits)].join(', ') })] : []),
        ...(first?.reasons.filter(({ about }) => about !== 'format') ?? []),
      ],
    },
    columns,
    bytesTotal: parts.reduce((sum, { table }) => sum + table.bytesTotal, 0),
    async sha256(signal) {
      const hash = createHash('sha256');
      for (const { name: part, table } of parts) hash.update(`${part}\0${await table.sha256(signal)}\n`);
      return hash.digest('hex');
    },
    rows,
    async *raw(signal) {
      yield { records: [{ cells: columns, line: 1 }], bytesRead: 0 };
      yield* rows(signal);
    },
    async close() {
      // A failure to close one must not keep the others open.
      const closed = await Promise.allSettled(parts.map(({ table }) => table.close()));
      await close();
      const failed = closed.find((each) => each.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
}

/** The first names are for people; databases among the files are counted, so that they can be attached. */
function skippedFacts(files: readonly string[]): FileReason['data'] {
  const databases = files.filter((file) => databaseEnding.test(file)).length;
  return { files: files.slice(0, 5).join(', '), count: files.length, databases };
}

/**
 * The splits given by the files' names, as written there (`train.csv`, `test-00000-of-00001.parquet`, `dev/a.json`);
 * undefined unless every name has one, one of them is train, they are not all the same, and no column has them already.
 */
function splitsOf(parts: readonly TablePart[]): string[] | undefined {
  const found = parts.map(({ name }) => splitWordIn(name));
  const isTold = parts.some(({ table }) =>
    table.columns.some((name) => splitColumnNames.includes(foldColumnName(name))),
  );
  const meant = new Set(found.map((word) => splitNamed(word ?? '')));
  if (isTold || meant.size < 2 || !meant.has('train')) return undefined;
  return found.every((word) => word !== undefined) ? found : undefined;
}

/** The word in the path of a file that names its split, if there is only one. */
export function splitWordIn(path: string): string | undefined {
  const words = path.split(/[/\\]/).flatMap((step) => step.split(/[-_.=\s]/));
  const named = new Map(words.map((word) => [splitNamed(word), word]));
  named.delete(undefined);
  return named.size === 1 ? [...named.values()].join() : undefined;
}
