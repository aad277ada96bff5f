import type { Command } from 'commander';
import { type CsvOptions, csvOptionsSchema } from '../../../src-contract/dataset.ts';
import { delimiterIn, escapeIn, numberIn, quoteIn, textIn, wordIn, yesOrNo } from './arguments.ts';

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
