import type { TableRecord } from './table.ts';

/** The sheets of a spreadsheet file, whatever program wrote it. */
export interface Workbook<S extends Sheet = Sheet> {
  readonly sheets: readonly S[];
  /** The rows of a sheet, piece by piece; a row missing from the file is a blank one. */
  rows(sheet: S, signal?: AbortSignal): AsyncGenerator<TableRecord[], void>;
  /** What the file says about a sheet's cells apart from their content. */
  marks(sheet: S, signal?: AbortSignal): Promise<SheetMarks>;
}

export interface Sheet {
  readonly name: string;
  /** Hidden in the program that wrote it. */
  readonly isHidden: boolean;
}

/** Merged cells; lines are counted from 1, columns from 0, the last ones included. */
export interface MergedRange {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** `A2:C3` */
export function rangeName({ top, left, bottom, right }: MergedRange): string {
  return `${columnName(left)}${top}:${columnName(right)}${bottom}`;
}

function columnName(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : columnName(Math.floor(column / 26) - 1) + last;
}

export interface SheetMarks {
  /** The number of merged cell ranges, and the first of them, such as `A2:A3`. */
  readonly merged: number;
  readonly firstMerged: string;
  /** Those that begin near the top, where a title or a header may be. */
  readonly mergedAtTop: readonly MergedRange[];
  readonly hiddenRows: number;
  readonly hiddenColumns: number;
}

/** How far down merged cells may be a title or a header. */
export const topLines = 100;
/** As many as Excel and LibreOffice have. */
export const mostColumns = 16_384;
/** Huge jumps in row numbers would be a bomb: blank rows are only given if there are at most so many. */
export const mostBlankRows = 1000;

/** 0.1 + 0.2 is stored as 0.30000000000000004; people see fifteen digits. Integers are kept as written. */
export function plainNumber(value: string): string {
  const number = Number(value);
  return value.length > 15 && Number.isFinite(number) && !/^-?\d+$/.test(value)
    ? String(Number(number.toPrecision(15)))
    : value;
}
