import { z } from 'zod';
import { fillIn } from './fill-in.ts';

/**
 * Why a row was left out, or taken with a warning: permanent codes, English sentences. Korean text lives in the renderer under
 * the same code.
 */
export const rowVerdicts = {
  ROW_TOO_MANY_CELLS:
    'The row has {found} cells, but there are {columns} columns; perhaps a cell that contains the delimiter is not in quotes.',
  ROW_CELL_MISSING: 'The row ends before the column “{column}”.',
  ROW_CONTEXT_EMPTY: 'The cell in the column “{column}” is empty.',
  ROW_TARGET_EMPTY: 'The cell in the column “{column}” is empty.',
  ROW_CELL_TOO_LONG: 'The cell in the column “{column}” has {letters} letters; at most {most} can be used.',
  ROW_QUOTE_OPEN: 'A quote is opened on this line and not closed.',
  ROW_ENCODING: 'Some bytes of the row are not valid in the encoding {encoding}.',
  ROW_HEADER_AGAIN: 'The row repeats the names of the columns.',
  ROW_HEADER_OTHER:
    'The row names columns as the header does, but in another order or others; the rows below it were read by these names.',
  ROW_PADDING: 'The row holds nothing but signs that end or fill up a file.',
  ROW_RULE: 'The row is a line drawn with signs, and holds no text.',
  ROW_SECOND_TABLE: 'Behind a blank line, another table seems to begin here, with the columns {columns}.',
  ROW_JSON_INVALID: 'This is not a JSON object, or not one like the others.',
  ROW_JSON_MENDED:
    'The row is not quite JSON: a comma stands behind a last value, or a text holds a line end or a tab as it is. It was read as it can only be meant.',
  ROW_NO_ANSWER: 'The conversation does not end with an answer of the assistant.',
  ROW_LEFT_OUT:
    'An import left the row out, and the reason still stands behind it; whether it has been mended cannot be seen from it.',
  ROW_TEXT_AFTER_QUOTE: 'Text stands behind a closing quote; it was kept.',
  ROW_REPLACED: 'The row holds “�”: letters were lost before this file was written.',
  ROW_NUL: 'The row holds NUL characters; they were kept.',
  ROW_SHORT: 'The row has {found} cells, but there are {columns} columns; those that are needed are there.',
  ROW_KEYS_LEFT:
    'The row has keys that the first rows do not have; they are no columns, and what they hold was left out.',
  ROW_CELL_TWICE: 'The file has two texts for one cell of the row; the later one was taken.',
  ROW_SPLIT_UNKNOWN:
    'The column of splits names none of train, validation and test; the row was dealt like one without it.',
  ROW_FORMULA: 'A cell begins like a formula; it was kept as text.',
} as const;

export type RowVerdictCode = keyof typeof rowVerdicts;

export const rowVerdictDataSchema = z.record(z.string(), z.union([z.string(), z.number()]));
export type RowVerdictData = z.infer<typeof rowVerdictDataSchema>;

/** The verdict as an English sentence; a code that is not known as it is. */
export function rowVerdictSentence(code: string, data: RowVerdictData): string {
  return isRowVerdictCode(code) ? fillIn(rowVerdicts[code], data) : code;
}

export function isRowVerdictCode(code: string): code is RowVerdictCode {
  return Object.hasOwn(rowVerdicts, code);
}
