import { createHash } from 'node:crypto';
import type { FileReason } from '../../../src-contract/file-reason.ts';
import { foldColumnName } from '../column-names.ts';
import { uniqueNames } from './header-names.ts';
import type { OpenTable, TablePiece, TableRecord } from './table.ts';

/**
 * The tables of a folder or an archive as one: the columns of all, each named once; a row has blanks where its own file has
 * no such column. Lines are counted within each file.
 */
export function joinTables(
  name: string,
  format: 'folder' | 'zip',
  parts: readonly { readonly name: string; readonly table: OpenTable }[],
  skippedFiles: readonly string[],
  close: () => Promise<void>,
): OpenTable {
  const names: string[] = [];
  const places = new Map<string, number>();
  const placesOf = parts.map(({ table }) => {
    const own = new Set<number>();
    for (const column of table.columns) {
      // Within one file, names that differ only in spelling are those of different columns.
      const keys = [`=${column}`, foldColumnName(column)];
      const known = keys.map((key) => places.get(key)).find((place) => place !== undefined && !own.has(place));
      const place = known ?? names.push(column) - 1;
      for (const key of keys) if (!places.has(key)) places.set(key, place);
      own.add(place);
    }
    return [...own];
  });
  const columns = uniqueNames(names);
  const bytes = parts.reduce((sum, { table }) => sum + table.facts.bytes, 0);
  const first = parts[0]?.table.facts;
  const reason = (code: string, data: FileReason['data']): FileReason => ({ about: 'format', code, data });
  async function* rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    let done = 0;
    for (const [at, { name: part, table }] of parts.entries()) {
      const own = placesOf[at] ?? [];
      for await (const { records, bytesRead } of table.rows(signal)) {
        yield {
          records: records.map((record) => moved(record, own, columns.length, part)),
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
        delimiter: first?.delimiter ?? '',
        quote: first?.quote ?? '',
      },
      ...{ escape: first?.escape ?? '', header: true, skippedLines: 0, bytes },
      files: parts.map((part) => part.name),
      reasons: [
        reason('PARTS_JOINED', { files: parts.length }),
        ...(skippedFiles.length > 0
          ? [reason('PARTS_SKIPPED', { files: skippedFiles.slice(0, 5).join(', '), count: skippedFiles.length })]
          : []),
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
      for (const { table } of parts) await table.close();
      await close();
    },
  };
}

/** A row with its cells where the joined table has them. One with more cells than its own header keeps them at the end. */
function moved(record: TableRecord, own: readonly number[], width: number, part: string): TableRecord {
  const cells = Array.from({ length: width }, () => '');
  record.cells.forEach((cell, place) => {
    const to = own[place];
    if (to !== undefined && to >= 0) cells[to] = cell;
    else if (cell !== '') cells.push(cell);
  });
  return { ...record, cells, part };
}
