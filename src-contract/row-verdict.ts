import { z } from 'zod';
import { fillIn } from './fill-in.ts';

/**
 * Why a row was left out, or accepted with a warning: permanent codes, English sentences. The Korean text is in the
 * renderer under the same code.
 */
export const rowVerdicts = {
  ROW_TOO_MANY_CELLS:
    'The row has more cells than there are columns ({found} instead of {columns}); a cell that contains the delimiter may not be in quotes.',
  ROW_CELL_MISSING: 'The row ends before the column “{column}”.',
  ROW_CONTEXT_EMPTY: 'The cell in the column “{column}” is empty.',
  ROW_TARGET_EMPTY: 'The cell in the column “{column}” is empty.',
  ROW_CELL_TOO_LONG: 'The cell in the column “{column}” has {letters} characters; at most {most} can be used.',
  ROW_QUOTE_OPEN: 'A quote that opens on this line is never closed.',
  ROW_TOO_LONG:
    'The row that starts on this line has more than 16 million characters; perhaps a quote on this line is never closed.',
  ROW_ENCODING: 'Some bytes of the row are not valid in the encoding {encoding}.',
  ROW_HEADER_AGAIN: 'The row repeats the column names.',
  ROW_HEADER_OTHER:
    'The row names columns like the header, but in another order or with other names; the rows below were read by these names.',
  ROW_PADDING: 'The row contains only characters that end a file or fill it up.',
  ROW_SUMS: 'The row adds up other rows; it is no example.',
  ROW_RULE: 'The row is a line drawn with symbols; it has no text.',
  ROW_SECOND_TABLE: 'After a blank line, another table seems to start here, with the columns {columns}.',
  ROW_JSON_INVALID: 'This is not a JSON object, or not like the others.',
  ROW_JSON_OPEN:
    'A quotation mark or a bracket of this row is never closed, or the file is cut off here; all that follows was taken for a part of this row and is left out.',
  ROW_XML_DAMAGED: 'This entry does not end as it should, or the file is cut off here.',
  ROW_TAG_UNREADABLE: 'A word of this sentence has no tag, or one that cannot be read, behind it.',
  ROW_JSON_MENDED:
    'The row is not valid JSON: there is a comma after the last value, or a text contains a raw line break or tab. The meaning is clear, so it was read that way.',
  ROW_NO_ANSWER: 'The conversation does not end with an answer from the assistant.',
  ROW_REPLY_UNCLEAR:
    'It is not clear where the message belongs in its conversation: it has no id, or that of another message, or it replies to messages that reply to it.',
  ROW_DISLIKED: 'The answer is marked as a bad one (its label is false), which should not be learnt.',
  ROW_DOCUMENT_DAMAGED:
    'The document cannot be read: it is damaged, or of another kind than the ending of its name says. Open it in its program and save it again.',
  ROW_DOCUMENT_EMPTY: 'There is no text in the document; a scan has only pictures.',
  ROW_DOCUMENT_LARGE:
    'The document is larger than 64 MB, or needs more than 1 GB of memory to be read; divide it, or save only its text.',
  ROW_DOCUMENT_LOCKED: 'The document is locked with a password; save a copy without one.',
  ROW_DOCUMENT_SLOW: 'Reading the document took longer than a minute; divide it, or save it as text.',
  ROW_LEFT_OUT:
    'An earlier import left this row out, and the reason is still written next to it; there is no telling whether it has been fixed.',
  ROW_TEXT_AFTER_QUOTE: 'There is text after a closing quote; it was kept.',
  ROW_REPLACED: 'The row contains “�”: characters were lost before this file was written.',
  ROW_NUL: 'The row contains NUL characters; they were kept.',
  ROW_COMPOSED:
    'Letters of the row were stored in pieces, as macOS stores those of file names; they were put together, as people type them.',
  ROW_SHORT:
    'The row has fewer cells than there are columns ({found} instead of {columns}); the required ones are there.',
  ROW_KEYS_LEFT:
    'The row has keys that the first rows do not have; they have no column, so their contents were left out.',
  ROW_CELL_TWICE: 'The file has two texts for one cell of the row; the later one was used.',
  ROW_SPLIT_UNKNOWN:
    'The split column says neither train, validation nor test; the row was divided like one without a split.',
  ROW_FORMULA: 'A cell starts like a formula; it was kept as text.',
} as const;

export type RowVerdictCode = keyof typeof rowVerdicts;

export const rowVerdictDataSchema = z.record(z.string(), z.union([z.string(), z.number()]));
export type RowVerdictData = z.infer<typeof rowVerdictDataSchema>;

/** The verdict as an English sentence; unknown codes are returned unchanged. */
export function rowVerdictSentence(code: string, data: RowVerdictData): string {
  return isRowVerdictCode(code) ? fillIn(rowVerdicts[code], data) : code;
}

export function isRowVerdictCode(code: string): code is RowVerdictCode {
  return Object.hasOwn(rowVerdicts, code);
}
