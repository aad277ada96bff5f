import { z } from 'zod';
import { fillIn } from './fill-in.ts';

/**
 * Why a file is read the way it is: permanent codes, English sentences. The Korean text is in the renderer under the
 * same code.
 */
export const fileReasons = {
  CHOSEN: 'You chose it.',
  ENCODING_BOM: 'A byte order mark at the start says {encoding}.',
  ENCODING_BOM_WRONG: 'A byte order mark at the start says {encoding}, but what follows is UTF-8.',
  ENCODING_BOM_TWICE: 'A byte order mark at the start says UTF-8, but what follows is {encoding}.',
  ENCODING_ZERO_BYTES: 'There are zero bytes next to delimiters and line ends, as in {encoding}.',
  ENCODING_ESCAPES: 'Plain ASCII sequences switch to other scripts, as in {encoding}.',
  ENCODING_ASCII: 'All characters are plain ASCII, which is also UTF-8.',
  ENCODING_UTF8: 'All bytes of the file are valid UTF-8.',
  ENCODING_MISREAD:
    'All bytes of the file are valid UTF-8, but the text looks like {encoding} that was once misread as Western text; it is kept as it is.',
  ENCODING_UTF8_DAMAGED:
    'Nearly all bytes are valid UTF-8. Places that are not: {places}, the first on line {line}. Those rows are left out.',
  ENCODING_DECLARED: 'The file’s first line says {encoding}.',
  ENCODING_PATTERN: 'The bytes are not valid UTF-8 (line {line}); their pattern fits {encoding} best.',
  ENCODING_UNSURE:
    'The bytes are not valid UTF-8 (line {line}), and too few letters tell which encoding they are in: {encoding} is a guess, {other} is possible too. Check the letters with accents.',
  DELIMITER_NAMED: 'The first line of the file names it.',
  DELIMITER_NONE: 'There is only one column, so nothing separates cells.',
  DELIMITER_ALL: 'Split at {delimiter}, all rows checked have {cells} {cells:cell|cells}.',
  DELIMITER_SHARE: 'Split at {delimiter}, {percent} % of the rows checked have {cells} {cells:cell|cells}.',
  DELIMITER_FIXED: 'In all rows checked, the cells are lined up with spaces and start at the same places: {places}.',
  DELIMITER_BLANKS: 'Split at every run of one or more spaces, all rows checked have {cells} {cells:cell|cells}.',
  DELIMITER_DRAWN: 'The table is drawn with bars and lines; bars at the ends and spaces around the cells are left out.',
  QUOTE_UNUSED: 'No cell in the rows checked is in quotes.',
  QUOTE_CELLS: 'Cells in these quotes among those checked: {cells}. Each one is closed.',
  QUOTE_ROWS: 'Each row as a whole is in these quotes; they were removed, and what is inside is split into cells.',
  QUOTE_SOME_OPEN: 'Cells in these quotes among those checked: {cells}. Not closed properly: {damaged}.',
  QUOTE_PLAIN: 'There are quotation marks within the text, but no cell is wrapped in them.',
  ESCAPE_DOUBLED: 'A quote within a cell is written twice.',
  ESCAPE_BACKSLASH: 'Quotes within cells have a backslash before them.',
  HEADER_KNOWN_NAME: 'The first row contains a common column name, “{name}”.',
  HEADER_WORDS: 'Column {column} has words in the first row and numbers or dates below.',
  HEADER_NUMBERS: 'Column {column} has a number in the first row, as in all the others.',
  HEADER_LONG: 'The first row has text that is too long for a column name.',
  HEADER_SENTENCE: 'In column {column} the first row has a whole sentence, like the rows below it.',
  HEADER_REPEATED: 'In column {column} the text of the first row occurs again below.',
  HEADER_LIKELY: 'The first row looks like column names.',
  HEADER_ROWS: 'The first {rows} rows have words above columns of numbers or dates.',
  HEADER_GROUPS: 'The first row names groups of columns, the row below it each column.',
  HEADER_MERGED: 'In the first {rows} rows, merged cells name several columns together.',
  HEADER_DELIMITER: 'The first row is split at {delimiter}, the rows below it are not.',
  HEADER_KEYS: 'The names are part of the file.',
  NAMES_TWICE: 'A name that appears twice gets a number after it: {names}.',
  NAMES_MISSING: 'A column without a name is named by its position: {names}.',
  HEADER_ANKI: 'The lines that Anki writes above its notes say what the columns are.',
  SKIPPED_ANKI: 'Lines that Anki writes above its notes: {lines}.',
  SKIPPED_NONE: 'The table starts at the first line.',
  SKIPPED_SEPARATOR: 'The first line only names the separator.',
  SKIPPED_PREAMBLE: 'Lines above the table, with fewer cells than it: {lines}.',
  SKIPPED_COMMENTS: 'Comment lines starting with # above the table: {lines}.',
  SECOND_TABLE: 'On line {line}, after a blank line, another table seems to start; its rows are listed one by one.',
  SHEET_MERGED:
    'Merged cells ({count}, the first {first}) have their text only in the first cell; the others are blank, as in the file.',
  SHEET_HIDDEN: 'Hidden rows ({rows}) and columns ({columns}) of the sheet are read like all others.',
  SHEET_FIRST: 'The first sheet with a table, of {sheets}.',
  SHEET_LONG: 'The first sheet with a long table, of {sheets}; those before it have only a few rows.',
  FORMAT_SIGNATURE: 'The file’s first bytes say so.',
  FORMAT_CONTENT: 'Each line, or the whole file, is JSON.',
  FORMAT_SHAPE: 'Every record checked has the keys {keys}, as in the “{shape}” format.',
  SHAPE_TRANSCRIPT:
    'Each text in “{keys}” is a conversation with marks of who speaks, such as “### Response:” or “<|im_start|>”. The marks are left out, since training writes those of the base model. The column itself is kept and can be chosen instead.',
  SHAPE_TEXTS: 'Each list of texts in “{keys}” is read as a conversation of two sides in turn: the second one answers.',
  SHAPE_TREE:
    'Each message in “{keys}” has replies with replies of their own. Of several replies, the one ranked best is read, or the first.',
  SHAPE_TRANSLATION: 'Each value of “{keys}” has a text for each language; each language is a column.',
  SHAPE_CHOICES: 'The choices of each question ({keys}) are part of its context; the target is the right one.',
  SHAPE_ANSWERS: 'Where a question has several right answers ({keys}), the first one is read.',
  SHAPE_INTENTS:
    'Each pattern is a row ({keys}). Its target is one of the responses to its tag, each in turn; to learn the tag instead, choose its column.',
  SHAPE_LIKED: 'Each answer is marked as a good or a bad one ({keys}); the bad ones are left out.',
  SHAPE_LABELS: 'Lists of labels ({keys}) are written with commas between them.',
  SHAPE_MARKS: 'What is marked in a text by its place ({keys}) is written as “text: label”, one a line.',
  SHAPE_LABEL_STUDIO:
    'Tasks that were exported from Label Studio: each question about them is a column, with the answer of the first person who did not skip it. What was marked in a text is written as “text: label”, one a line.',
  TURNS_EACH: 'Each answer of the assistant is a row; its context is the conversation before it.',
  TURNS_TOLD:
    'All conversations checked begin with the same instruction. It is left out, since nobody gives it in a chat here: “{text}”',
  FORMAT_CHAT: 'Lines begin with a time and a name, as in a chat that was exported.',
  FORMAT_QUESTIONS:
    'Questions and their answers are marked, as with “Q:” and “A:”; each of the {questions} {questions:question|questions} is a row, without the marks. An answer ends at the next heading or rule.',
  FORMAT_TRANSLATIONS:
    'A translation memory: each of its entries is a row, each language a column ({languages}). Codes of the layout within a text are left out.',
  FORMAT_TAGGED:
    'One word a line with a tag behind it, and a blank line after each sentence (CoNLL). Each sentence is a row; what is tagged in it is written as “text: label”, one a line, or “{none}” where nothing is.',
  FORMAT_LINE:
    'Below lines with a date, others begin with a time and a name, as in a chat that was exported from LINE.',
  FORMAT_EXPORT: 'The records have the keys of chats that were exported from {program}: {keys}.',
  MESSAGES:
    'One message a row: {messages} {messages:message|messages} in {conversations} {conversations:conversation|conversations}, with {replies} {replies:answer|answers} by “{speaker}”. Each answer becomes a row; its context is what was said before it. What one side says without a break is one turn.',
  MESSAGES_FIRST:
    'One message a row: the first {messages} {messages:message|messages} have {conversations} {conversations:conversation|conversations}, with {replies} {replies:answer|answers} by “{speaker}”. Each answer becomes a row; its context is what was said before it. What one side says without a break is one turn.',
  MESSAGES_TREE:
    'The column {column} names the message that each replies to. Of several replies, the one ranked best is read, or the first; the others are left out.',
  MESSAGES_NAMED: 'Where several others speak before an answer, its context names each: “Anna: …”.',
  MESSAGES_NEWEST:
    'The newest message comes first: {back} of {all} {all:step|steps} from one to the next go back in time. They are turned round.',
  MESSAGES_LEFT: 'Not read, as they are no messages (notices, pictures, forwarded or empty ones): {count}.',
  CONVERSATIONS_COLUMN: 'The column {column} tells conversations apart.',
  CONVERSATIONS_PAUSE: 'After a pause of {hours} hours, a new conversation begins.',
  CONVERSATIONS_CHATS: 'Each chat is read on its own, and after a pause of {hours} hours, a new conversation begins.',
  CONVERSATIONS_ONE: 'All of it is one conversation, since no column has a time or a number of the conversation.',
  SPEAKER_ROLE: '“{speaker}” is a name for somebody whose job is to answer.',
  SPEAKER_SELF: '“{speaker}” is what the messenger calls whoever saved the chat.',
  SPEAKER_OTHER: 'The file is named after somebody else than “{speaker}”.',
  SPEAKER_WITH: 'The first lines of the chat name somebody else than “{speaker}”.',
  SPEAKER_CHATS: 'Nobody takes part in more chats than “{speaker}”.',
  SPEAKER_MOST: 'Nobody answers more often than “{speaker}”.',
  LISTS_SPLITS: 'The lists {names} are read as one table; the list a row is in gives its split.',
  LISTS_LEFT: 'The longest list is read. Not read, with their number of values: {names}.',
  DOCUMENTS: 'Read as documents: {files}. Whatever cannot be read is listed with its name.',
  DOCUMENTS_SKIPPED: 'Not read because they are neither documents to learn from nor tables: {files} ({count} in all).',
  DOCUMENT_PIECES:
    'Write like these: from the title and heading, write the text below. Long texts are cut between paragraphs, at about {letters} letters (400 of Korean, Chinese or Japanese).',
  DOCUMENT_QUESTIONS:
    'Questions that are headings or bold lines, or are marked as with “Q:” and “A:”, each with the answer below it, up to the next question or heading. What stands elsewhere is left out; a document without such questions is cut into its sections.',
  DOCUMENT_WHOLE:
    'Write like these: from its title, write the whole document. What is longer than the base model can read is cut in training.',
  DOCUMENT_UNWRITTEN:
    'Each document waits for its summary, and becomes a row once you have written it, or confirmed what a model drafted: after the import, one document at a time.',
  DOCUMENT_LABELLED: 'Each document is a row, and its label is the name of the folder that it lies in: {folders}.',
  DOCUMENT_PAIRS:
    'Each document is a row with what belongs to it: “{kind}”, from a file named after it or from the lines above its text. What has none can be written after the import.',
  PARTS_JOINED: 'Files read as one table: {files}. Columns with the same name are combined.',
  PARTS_OTHER: 'Not read because they have other columns: {files} ({count} in all).',
  PARTS_SPLITS: 'The file names give the splits of their rows: {splits}.',
  PARTS_SKIPPED: 'Not read because they are not tables: {files} ({count} in all).',
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
  'speaker',
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
  ' ': 'spaces',
};
