import type { Command } from 'commander';
import {
  type CsvOptions,
  csvOptionsSchema,
  type FileFacts,
  type FileSource,
  type TableFormat,
} from '../../../src-contract/dataset.ts';
import { delimiterIn, escapeIn, numberIn, quoteIn, textIn, wordIn, yesOrNo } from './arguments.ts';
import { tellIgnored } from './ignored-options.ts';
import type { Progress } from './progress.ts';
import type { Session } from './session.ts';
import type { StudioClient } from './studio.ts';

export function withCsvOptions(command: Command): Command {
  return command
    .option(
      '--delimiter <character>',
      'what separates cells: a character or a few, tab, comma, semicolon, pipe, space, blanks or fixed (default: detected)',
      delimiterIn,
    )
    .option('--quote <character>', 'what cells are wrapped in: double, single, none, or a character', quoteIn)
    .option('--escape <how>', 'how a quote within a cell is written: doubled or backslash', escapeIn)
    .option('--encoding <name>', 'character encoding (default: detected)')
    .option('--header <yes|no>', 'whether the first row names the columns', yesOrNo)
    .option('--header-rows <n>', 'how many rows name the columns', numberIn(csvOptionsSchema.shape.headerRows.unwrap()))
    .option('--skip-lines <n>', 'lines above the table', numberIn(csvOptionsSchema.shape.skipLines.unwrap()))
    .option(
      '--sheet <name>',
      'the sheet of a workbook, by name or number (default: the first with a table, unless another is far longer), or a file of an archive of different tables',
      textIn(csvOptionsSchema.shape.sheet.unwrap()),
    )
    .option(
      '--speaker <name>',
      'in a chat, or a table with one message a row: whose answers are learnt (default: guessed, or those of the dataset that it is added to); "" reads each message as a row',
      textIn(csvOptionsSchema.shape.speaker.unwrap()),
    )
    .option(
      '--documents <rows>',
      'for documents: a row for each of their pieces, for each question that they answer, for each whole one, for each with its folder’s name as label, or for each once its summary is written on the page (default: whole if others belong to them, questions if a Word document is one of those)',
      wordIn(csvOptionsSchema.shape.documents.unwrap()),
    )
    .option('--format <format>', 'read the text as csv, json or jsonl', wordIn(csvOptionsSchema.shape.format.unwrap()));
}

/** Those among a command's options; undefined if none is given. */
export function csvOptionsOf(words: CsvOptions): CsvOptions | undefined {
  const given = names.filter((name) => words[name] !== undefined);
  // Object.fromEntries loses which value belongs to which name.
  return given.length === 0 ? undefined : (Object.fromEntries(given.map((name) => [name, words[name]])) as CsvOptions);
}

const names = csvOptionsSchema.keyof().options;

/** Says which of them mean nothing for a file of this kind. */
export function tellIgnoredWords(
  command: Command,
  { name, format, sheet, files = [] }: Pick<FileFacts, 'name' | 'format' | 'sheet' | 'files'>,
  progress: Pick<Progress, 'say'>,
): void {
  const kind = kinds[format];
  if (kind === undefined) {
    const isOne = sheet === undefined && !files.some((file) => /\.(?:xlsx|ods)$/i.test(file));
    if (isOne) tellIgnored(command, { ignored: ['sheet'], because: `all files of ${name} are one table`, progress });
    return;
  }
  const ignored = names.filter((each) => !kind.heeds.includes(each));
  tellIgnored(command, { ignored, because: `${name} is ${kind.is}`, progress });
}

/** Says the same of a file whose kind is still to be found out, if any is given. */
export async function tellIgnoredOf(
  command: Command,
  source: FileSource,
  { client, session: { progress, signal } }: { client: StudioClient; session: Pick<Session, 'progress' | 'signal'> },
): Promise<void> {
  const csv = csvOptionsOf(command.opts<CsvOptions>());
  if (csv === undefined) return;
  const { file } = await client.datasets.inspect({ source, csv, estimate: true }, { signal });
  tellIgnoredWords(command, file, progress);
}

interface Kind {
  readonly is: string;
  readonly heeds: readonly (keyof CsvOptions)[];
}

/** Whoever is no speaker is refused, wherever there are none too. */
const jsonKind: Kind = { is: 'JSON', heeds: ['format', 'encoding', 'speaker'] };
const workbook: Kind = { is: 'a workbook', heeds: ['sheet', 'header', 'headerRows', 'skipLines', 'speaker'] };

/** What is read of each kind of file. In a folder or an archive there may be files of any kind. */
const kinds: Readonly<Record<TableFormat, Kind | undefined>> = {
  csv: { is: 'a table of text', heeds: names.filter((name) => name !== 'sheet' && name !== 'documents') },
  json: jsonKind,
  jsonl: jsonKind,
  xlsx: workbook,
  ods: workbook,
  html: { ...workbook, heeds: [...workbook.heeds, 'encoding'] },
  parquet: { is: 'a Parquet file', heeds: ['speaker'] },
  chat: { is: 'a chat', heeds: ['encoding', 'speaker'] },
  questions: { is: 'a text of questions and answers', heeds: ['encoding', 'speaker'] },
  translations: { is: 'a file of translations', heeds: ['encoding', 'speaker'] },
  tagged: { is: 'a text of tagged words', heeds: ['encoding', 'speaker'] },
  documents: { is: 'read as documents', heeds: ['encoding', 'documents'] },
  folder: undefined,
  zip: undefined,
};
