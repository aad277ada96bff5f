import { z } from 'zod';
import { fillIn } from './fill-in.ts';

/** Why a file is read as it is: permanent codes, English sentences. Korean text lives in the renderer under the same code. */
export const fileReasons = {
  CHOSEN: 'You chose it.',
  ENCODING_BOM: 'A byte order mark at the start says {encoding}.',
  ENCODING_BOM_WRONG: 'A byte order mark at the start says {encoding}, but what follows is UTF-8.',
  ENCODING_BOM_TWICE: 'A byte order mark at the start says UTF-8, but what follows is {encoding}.',
  ENCODING_ZERO_BYTES: 'Zero bytes stand beside delimiters and line ends, as in {encoding}.',
  ENCODING_ESCAPES: 'Signs in plain ASCII switch to letters of other scripts, as in {encoding}.',
  ENCODING_ASCII: 'All letters are plain ASCII, which UTF-8 contains.',
  ENCODING_UTF8: 'All bytes of the file are valid UTF-8.',
  ENCODING_MISREAD:
    'All bytes of the file are valid UTF-8, but the letters look like {encoding} that was read as Western text before; they are kept as they are.',
  ENCODING_UTF8_DAMAGED:
    'Nearly all bytes are valid UTF-8. Places that are not: {places}, the first on line {line}. Those rows are left out.',
  ENCODING_PATTERN: 'The bytes are not valid UTF-8 (line {line}); their pattern fits {encoding} best.',
  DELIMITER_NAMED: 'The first line of the file names it.',
  DELIMITER_NONE: 'There is only one column, so nothing separates cells.',
  DELIMITER_ALL: 'Split at {delimiter}, all rows looked at have {cells} cells.',
  DELIMITER_SHARE: 'Split at {delimiter}, {percent} % of the rows looked at have {cells} cells.',
  DELIMITER_FIXED: 'The cells of all rows looked at are lined up with blanks and begin at the same places: {places}.',
  DELIMITER_BLANKS: 'Split wherever one blank or more stand, all rows looked at have {cells} cells.',
  DELIMITER_DRAWN: 'The table is drawn with bars and lines; bars at the ends and blanks around the cells are left out.',
  QUOTE_UNUSED: 'No cell of the rows looked at is in quotes.',
  QUOTE_CELLS: 'Cells in these quotes among those looked at: {cells}. Each one is closed.',
  QUOTE_ROWS: 'Each row as a whole is in these quotes; they were taken off, and what is in them is split into cells.',
  QUOTE_SOME_OPEN: 'Cells in these quotes among those looked at: {cells}. Not closed as they should be: {damaged}.',
  QUOTE_PLAIN: 'Quotation marks stand within the text, but no cell is wrapped in them.',
  ESCAPE_DOUBLED: 'A quote within a cell is written twice.',
  ESCAPE_BACKSLASH: 'A backslash stands before quotes within cells.',
  HEADER_KNOWN_NAME: 'The first row holds a usual column name, “{name}”.',
  HEADER_WORDS: 'Column {column} holds words in the first row and numbers or dates below.',
  HEADER_NUMBERS: 'Column {column} holds a number in the first row as in all others.',
  HEADER_LONG: 'The first row holds text that is too long for a column name.',
  HEADER_SENTENCE: 'In column {column} the first row holds a whole sentence, like the rows below it.',
  HEADER_LIKELY: 'The first row reads like column names.',
  HEADER_ROWS: 'The first {rows} rows hold words above columns of numbers or dates.',
  HEADER_DELIMITER: 'The first row is split at {delimiter}, the rows below it otherwise.',
  HEADER_KEYS: 'The names are part of the file.',
  NAMES_TWICE: 'A name that stands twice has a number behind it: {names}.',
  NAMES_MISSING: 'A column without a name is called by its place: {names}.',
  SKIPPED_NONE: 'The table starts at the first line.',
  SKIPPED_SEPARATOR: 'The first line only names the separator.',
  SKIPPED_PREAMBLE: 'Lines above the table, with fewer cells than it: {lines}.',
  SKIPPED_COMMENTS: 'Lines of comments behind # above the table: {lines}.',
  SECOND_TABLE: 'On line {line}, behind a blank line, another table seems to begin; its rows are told one by one.',
  SHEET_MERGED:
    'Merged cells ({count}, the first {first}) hold their text in the first cell alone; the others are blank, as the file has them.',
  SHEET_HIDDEN: 'Hidden rows ({rows}) and columns ({columns}) of the sheet are read like all others.',
  SHEET_FIRST: 'The first sheet that holds a table, of {sheets}.',
  FORMAT_SIGNATURE: 'The file’s first bytes say so.',
  FORMAT_CONTENT: 'Each line, or the whole file, is JSON.',
  FORMAT_SHAPE: 'Every record looked at has the keys {keys}, as in the “{shape}” form.',
  LISTS_SPLITS: 'The lists {names} are read as one table; which list a row stands in is its split.',
  LISTS_LEFT: 'The longest list is read. Not read, with how many values: {names}.',
  PARTS_JOINED: 'Files read as one table: {files}. Columns of the same name are one.',
  PARTS_SPLITS: 'The names of the files tell the splits of their rows: {splits}.',
  PARTS_SKIPPED: 'Not read, as no table: {files} ({count} in all).',
} as const;

export type FileReasonCode = keyof typeof fileReasons;

export const reasonAbouts = [
  'format',
  'encoding',
  'delimiter',
  'quote',
  'escape',
  'header',
  'sheet',
  'skipped',
  'shape',
] as const;

export const fileReasonSchema = z.object({
  about: z.enum(reasonAbouts),
  code: z.string(),
  data: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type FileReason = z.infer<typeof fileReasonSchema>;

/** The reason as an English sentence. */
export function reasonSentence({ code, data }: Pick<FileReason, 'code' | 'data'>): string {
  if (!isFileReasonCode(code)) return code;
  const { delimiter } = data;
  const named =
    typeof delimiter === 'string' ? { ...data, delimiter: delimiterNames[delimiter] ?? `“${delimiter}”` } : data;
  return fillIn(fileReasons[code], named);
}

export function isFileReasonCode(code: string): code is FileReasonCode {
  return Object.hasOwn(fileReasons, code);
}

const delimiterNames: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
  ' ': 'blanks',
};
