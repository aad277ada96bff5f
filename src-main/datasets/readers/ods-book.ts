import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { type OdsLimits, OdsRows } from './ods-rows.ts';
import type { TableRecord } from './table.ts';
import type { Sheet, SheetMarks, Workbook } from './workbook.ts';
import { elements, tokensOf, tooLong } from './workbook-xml.ts';
import { attribute, type XmlToken } from './xml-tokens.ts';
import { readEntry, type ZipEntry } from './zip-archive.ts';

interface OdsSheet extends Sheet {
  /** Among all tables of the file, from 0. */
  readonly place: number;
  readonly marks: SheetMarks;
  /** Its first rows: that a sheet is chosen by them must not take a reading of the file for each. */
  readonly first: readonly TableRecord[];
  readonly isWhole: boolean;
}

/** Whether an archive is an OpenDocument spreadsheet, or a template of one, by the part that says so. */
export async function isOds(
  file: { path: string; name: string },
  entries: readonly ZipEntry[],
  signal?: AbortSignal,
): Promise<boolean> {
  const entry = entries.find(({ name }) => name === 'mimetype');
  if (entry === undefined || entry.bytes > 200) return false;
  const parts: Buffer[] = [];
  for await (const part of readEntry(file.path, file.name, entry, signal)) parts.push(part);
  return Buffer.concat(parts).toString().trim().startsWith('application/vnd.oasis.opendocument.spreadsheet');
}

/**
 * An OpenDocument spreadsheet (ODF 1.3), as LibreOffice writes it. All sheets are in one part, which is read row by row
 * from its beginning; only the first rows of each are held in memory.
 */
export class OdsBook implements Workbook<OdsSheet> {
  readonly sheets: readonly OdsSheet[];
  readonly #file: { path: string; name: string };
  readonly #content: ZipEntry;
  readonly #limits: OdsLimits;

  private constructor(
    file: { path: string; name: string },
    parts: { sheets: readonly OdsSheet[]; content: ZipEntry; limits: OdsLimits },
  ) {
    this.#file = file;
    this.sheets = parts.sheets;
    this.#content = parts.content;
    this.#limits = parts.limits;
  }

  /**
   * `mostRepeated` bounds the characters of rows that are said to be there many times. Throws FILE_NOT_A_TABLE if there
   * is no sheet, ARCHIVE_UNSAFE if it is encrypted or beyond that bound.
   */
  static async open(
    file: { path: string; name: string },
    { entries, mostRepeated }: { entries: readonly ZipEntry[]; mostRepeated: number },
    signal?: AbortSignal,
  ): Promise<OdsBook> {
    const part = (wanted: string) => entries.find(({ name }) => name === wanted);
    for await (const { name } of elements(file, part('META-INF/manifest.xml'), signal)) {
      if (name === 'encryption-data') {
        throw new StudioError('ARCHIVE_UNSAFE', { file: file.name, ...because('ARCHIVE_ENCRYPTED') });
      }
    }
    const noSheet = new StudioError('FILE_NOT_A_TABLE', { file: file.name, found: fileKinds.ODS_EMPTY });
    const content = part('content.xml');
    if (content === undefined) throw noSheet;
    const limits: OdsLimits = {
      mostRepeated,
      tooLong: () => tooLong(file, content),
      tooMany: () => {
        const why = because('ARCHIVE_UNPACKS_BEYOND', { size: Math.round(mostRepeated / 1e6) });
        return new StudioError('ARCHIVE_UNSAFE', { file: file.name, ...why });
      },
    };
    const hidden = new Set<string>();
    const found: { readonly attributes: string; readonly place: number; readonly rows: OdsRows }[] = [];
    let kept = 0;
    const tables = new OdsTables((place, attributes) => {
      const rows = new OdsRows(limits, ({ place, letters }) => {
        if (place >= firstRows || kept > mostKept) return false;
        kept += letters;
        return true;
      });
      found.push({ attributes, place, rows });
      return rows;
    });
    let style = '';
    for await (const tokens of tokensOf(file, content, signal)) {
      for (const token of tokens) {
        if (token.kind === 'open' && token.name === 'style') style = attribute(token.attributes, 'name') ?? '';
        else if (token.kind === 'open' && token.name === 'table-properties') {
          if (attribute(token.attributes, 'display') === 'false') hidden.add(style);
        } else tables.read(token);
      }
    }
    const sheets = found
      .filter(({ rows }) => !rows.isExternal)
      .map(({ attributes, place, rows }) => {
        const isHidden = hidden.has(attribute(attributes, 'style-name') ?? '');
        return { name: attribute(attributes, 'name') ?? '', isHidden, place, marks: rows.marks, ...firstOf(rows) };
      });
    if (sheets.length === 0) throw noSheet;
    return new OdsBook(file, { sheets, content, limits });
  }

  async *rows(sheet: OdsSheet, signal?: AbortSignal): AsyncGenerator<TableRecord[], void> {
    if (sheet.first.length > 0) yield [...sheet.first];
    if (sheet.isWhole) return;
    let left = sheet.first.length;
    const rows = new OdsRows(this.#limits);
    const tables = new OdsTables((place) => (place === sheet.place ? rows : undefined));
    for await (const tokens of tokensOf(this.#file, this.#content, signal)) {
      for (const token of tokens) tables.read(token);
      for (const slice of rows.take()) {
        yield slice.slice(left);
        left -= Math.min(left, slice.length);
      }
      if (tables.place > sheet.place) break;
    }
  }

  async marks({ marks }: OdsSheet): Promise<SheetMarks> {
    return marks;
  }
}

/** As many as a sheet is chosen by (`workbook-table.ts`), and the letters of all of them. */
const firstRows = 200;
const mostKept = 16 * 1024 * 1024;

function firstOf(rows: OdsRows): Pick<OdsSheet, 'first' | 'isWhole'> {
  const first: TableRecord[] = [];
  for (const slice of rows.take()) {
    // What is repeated may be far more.
    if (first.length >= firstRows) return { first, isWhole: false };
    for (const record of slice) first.push(record);
  }
  return { first, isWhole: rows.isWhole };
}

/** Gives the elements of each table to its rows, which `rowsOf` makes where they are wanted. */
class OdsTables {
  readonly #rowsOf: (place: number, attributes: string) => OdsRows | undefined;
  place = -1;
  #current: OdsRows | undefined;
  /** A cell may hold a table. */
  #depth = 0;
  /** Within tables of other programs that cells are linked to. */
  #isLink = false;

  constructor(rowsOf: (place: number, attributes: string) => OdsRows | undefined) {
    this.#rowsOf = rowsOf;
  }

  read(token: XmlToken): void {
    const name = token.kind === 'text' ? '' : token.name;
    if (name === 'dde-links') this.#isLink = token.kind === 'open' && !token.isEmpty;
    if (name !== 'table' || this.#isLink) this.#current?.read(token);
    else if (token.kind === 'open') {
      const rows = this.#depth === 0 ? this.#rowsOf(++this.place, token.attributes) : undefined;
      if (token.isEmpty) return;
      if (this.#depth++ === 0) this.#current = rows;
    } else if (token.kind === 'close' && --this.#depth <= 0) [this.#current, this.#depth] = [undefined, 0];
  }
}
