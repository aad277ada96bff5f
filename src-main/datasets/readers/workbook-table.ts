import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { FileReason } from '../../../src-contract/file-reason.ts';
import { chooseHeaderRows, preambleLines, withRowNames } from './csv-header.ts';
import type { EncodingChoice } from './encoding.ts';
import type { FileFingerprint } from './file-fingerprint.ts';
import { nameColumns } from './header-names.ts';
import { headerLines, titleLines } from './merged-header.ts';
import { type OpenTable, type TablePiece, type TableRecord, undelimited } from './table.ts';
import { isSums, withoutBlanks } from './table-breaks.ts';
import type { Sheet, SheetMarks, Workbook } from './workbook.ts';

/**
 * One sheet of a workbook: the one requested, else the first that contains a table, preferring visible ones. A short
 * table before a far longer one, such as a list of the sheets, is not it.
 * Throws OPTION_INVALID, FILE_EMPTY.
 */
export async function openWorkbook<S extends Sheet>(
  book: Workbook<S>,
  file: { name: string; format: 'xlsx' | 'ods' | 'html'; print: FileFingerprint; encoded?: EncodingChoice },
  options: CsvOptions = {},
  signal?: AbortSignal,
): Promise<OpenTable> {
  const { print } = file;
  const {
    sheet,
    sample,
    reason: ofSheet,
  } = await chooseSheet(book, { file: file.name, wanted: options.sheet }, signal);
  const marks = await book.marks(sheet, signal);
  const titles = () => titleLines(sample, marks.mergedAtTop) || preambleLines(evened(sample));
  const skipped = options.skipLines ?? (options.header === false ? 0 : titles());
  const shown = sample.filter(({ cells, line }) => cells.length > 0 && line > skipped);
  const isHeaderGiven = options.header !== undefined || options.headerRows !== undefined;
  const lines = isHeaderGiven ? undefined : headerLines(shown, marks.mergedAtTop);
  const merged = lines && withRowNames(shown, lines);
  const { headerRows, reason } =
    merged === undefined
      ? chooseHeaderRows(shown, options)
      : { headerRows: merged, reason: { about: 'header', code: 'HEADER_MERGED', data: { rows: merged } } as const };
  const { columns, reasons: ofNames } = nameColumns(withUnnamed(shown, headerRows), headerRows);
  async function* raw(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    let read = 0;
    for await (const records of book.rows(sheet, signal)) {
      read += records.length;
      yield { records, bytesRead: Math.min(print.bytes, read * 50) };
    }
  }
  return {
    facts: {
      ...{
        name: file.name,
        format: file.format,
        encoding: file.encoded?.encoding ?? 'utf-8',
        ...undelimited,
        header: headerRows > 0,
      },
      ...{ headerRows, skippedLines: skipped, bytes: print.bytes, sheet: sheet.name },
      sheets: book.sheets.map(({ name }) => name),
      reasons: [
        { about: 'format', code: 'FORMAT_SIGNATURE', data: {} },
        ...(file.encoded === undefined ? [] : [file.encoded.reason]),
        ofSheet,
        ...markReasons(marks),
        reason,
        ...ofNames,
        options.skipLines === undefined
          ? { about: 'skipped', code: skipped > 0 ? 'SKIPPED_PREAMBLE' : 'SKIPPED_NONE', data: { lines: skipped } }
          : { about: 'skipped', code: 'CHOSEN', data: {} },
      ],
    },
    sha256: async () => print.sha256,
    columns,
    bytesTotal: print.bytes,
    raw,
    async *rows(signal) {
      let headersLeft = headerRows;
      let wasBlank = false;
      for await (const { records, bytesRead } of raw(signal)) {
        const kept: TableRecord[] = [];
        const filled = withoutBlanks(records, wasBlank);
        wasBlank = filled.isBlank;
        for (const record of filled.kept) {
          if (record.line <= skipped) continue;
          if (headersLeft > 0) headersLeft--;
          // Sheets do not store trailing blanks; pad the row to all columns.
          else kept.push(withSums(widened(record, columns.length)));
        }
        yield { records: kept, bytesRead };
      }
    },
    close: async () => {},
  };
}

function withSums(record: TableRecord): TableRecord {
  return record.problem === undefined && isSums(record.cells) ? { ...record, problem: 'SUMS' } : record;
}

function markReasons({ merged, firstMerged, hiddenRows: rows, hiddenColumns: columns }: SheetMarks): FileReason[] {
  return [
    ...(merged > 0
      ? [{ about: 'sheet' as const, code: 'SHEET_MERGED', data: { count: merged, first: firstMerged } }]
      : []),
    ...(rows + columns > 0 ? [{ about: 'sheet' as const, code: 'SHEET_HIDDEN', data: { rows, columns } }] : []),
  ];
}

async function chooseSheet<S extends Sheet>(
  book: Workbook<S>,
  { file, wanted }: { file: string; wanted: string | undefined },
  signal: AbortSignal | undefined,
): Promise<{ sheet: S; sample: TableRecord[]; reason: FileReason }> {
  const candidates =
    wanted === undefined
      ? book.sheets.toSorted((a, b) => Number(a.isHidden) - Number(b.isHidden))
      : book.sheets.filter(({ name }, place) => name === wanted || String(place + 1) === wanted);
  if (candidates.length === 0) {
    const names = book.sheets.map(({ name }) => `“${name}”`).join(', ');
    throw new StudioError('OPTION_INVALID', {
      option: 'sheet',
      ...because('SHEET_UNKNOWN', { sheet: wanted ?? '', sheets: names }),
    });
  }
  const tables: { sheet: S; sample: TableRecord[]; rows: number }[] = [];
  let fallback: { sheet: S; sample: TableRecord[] } | undefined;
  for (const sheet of candidates) {
    // A hidden one is only read if no visible one has a table.
    if (sheet.isHidden && tables.length > 0) break;
    const sample: TableRecord[] = [];
    for await (const records of book.rows(sheet, signal)) {
      // One at a time: the blank rows of a piece can be too many for a call.
      for (const record of records) sample.push(record);
      if (sample.length >= sampleRows) break;
    }
    const filled = sample.filter(({ cells }) => cells.length > 0);
    const isTable = filled.length > 1 && filled.some(({ cells }) => cells.length > 1);
    if (isTable) tables.push({ sheet, sample, rows: Math.min(filled.length, sampleRows) });
    if (filled.length > 0) fallback ??= { sheet, sample };
  }
  const most = Math.max(0, ...tables.map(({ rows }) => rows));
  const place = tables.findIndex(({ rows }) => rows * timesLonger > most);
  const chosen = tables[place] ?? fallback;
  if (!chosen) throw new StudioError('FILE_EMPTY', { file });
  if (wanted !== undefined) return { ...chosen, reason: { about: 'sheet', code: 'CHOSEN', data: {} } };
  const code = place > 0 ? 'SHEET_LONG' : 'SHEET_FIRST';
  return { ...chosen, reason: { about: 'sheet', code, data: { sheets: book.sheets.length } } };
}

const sampleRows = 200;
/** So much longer than a table before it that the table before it only describes it. */
const timesLonger = 5;

/**
 * The rows as wide as the header: sheets do not store trailing blanks, so that rows are shorter where the last column is
 * empty. A row of a single cell, which may be a title, stays as it is.
 */
function evened(records: readonly TableRecord[]): readonly TableRecord[] {
  const widths = new Map<number, number>();
  for (const { cells } of records) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
  widths.delete(0);
  const [usual = 0] = [...widths].sort((a, b) => b[1] - a[1])[0] ?? [];
  const header = records
    .slice(0, 20)
    .find(({ cells }) => cells.length > 1 && cells.length >= usual && cells.every((cell) => cell.trim() !== ''));
  if (header === undefined) return records;
  return records.map((record) => (record.cells.length > 1 ? widened(record, header.cells.length) : record));
}

/**
 * The rows, with the header as wide as the rows below: an unnamed column, typically for remarks, has no header cell.
 * Cells far to the right of the table are not a column.
 */
function withUnnamed(rows: readonly TableRecord[], headerRows: number): readonly TableRecord[] {
  const named = nameColumns(rows, headerRows).columns.length;
  const width = Math.max(0, ...rows.slice(headerRows).map(({ cells }) => cells.length));
  if (headerRows === 0 || width <= named || width > named + mostUnnamed) return rows;
  return rows.map((record, row) => (row < headerRows ? widened(record, width) : record));
}

const mostUnnamed = 20;

function widened(record: TableRecord, width: number): TableRecord {
  if (record.cells.length >= width) return record;
  return { ...record, cells: [...record.cells, ...Array.from({ length: width - record.cells.length }, () => '')] };
}
