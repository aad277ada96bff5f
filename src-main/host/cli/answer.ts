import type { Command } from 'commander';
import {
  type AnswerCounts,
  type AnsweredTable,
  type AnswerNote,
  type AnswerTableInput,
  answerNoteSchema,
  answerTableInputSchema,
} from '../../../src-contract/answered-table.ts';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { type ColumnMapping, type TaskId, taskIdSchema } from '../../../src-contract/task.ts';
import { listedTables } from './answered-tables.ts';
import { fromHere, mappingIn, numberIn, wordIn } from './arguments.ts';
import { counted } from './counted.ts';
import { csvOptionsOf, tellIgnoredOf, withCsvOptions } from './csv-words.ts';
import { interruption, requireUnbroken, usageFailure } from './failure.ts';
import { followed } from './followed-work.ts';
import { formText } from './form-text.ts';
import { tellIgnored } from './ignored-options.ts';
import { sourceOf } from './inspect-and-import.ts';
import { lackingColumns } from './lacking-columns.ts';
import type { Progress } from './progress.ts';
import type { Run, Session } from './session.ts';
import { withInput } from './standard-input.ts';
import type { StudioClient } from './studio.ts';
import { requireFree } from './writable.ts';

export function addAnswerCommand(program: Command, run: Run): void {
  const { shape } = answerTableInputSchema;
  withCsvOptions(program.command('answer'))
    .description('let a base model or an adapter answer every row of a table, and write the table with the answers')
    .argument('[file]', 'a table; - is standard input')
    .option('--base <model>', 'name or id of the base model')
    .option('--adapter <adapter>', 'name or id; without one, the base model answers')
    .option(
      '--task <task>',
      `what the base model alone is asked: ${taskIdSchema.options.join(', ')}`,
      wordIn(taskIdSchema),
    )
    .option(
      '--map <field=column>',
      'which column is which field: context=COL, passage=COL,question=COL …; context=COL again for each of several columns, in the order learned',
      mappingIn,
    )
    .option('--limit <n>', 'only the first n rows', numberIn(shape.limit.unwrap()))
    .option('--max-tokens <n>', 'longest answer in tokens', numberIn(shape.maxTokens.unwrap()))
    .option('--free-answers', 'let answers have any form, also where the adapter was trained on a few labels, or JSON')
    .option(
      '--retry-queries',
      'replace queries that cannot be run on the adapter’s database by others that can; takes longer',
    )
    .option('--resume <table>', 'resume a stopped or interrupted one')
    .option('--list', 'show the answered tables and those that can be resumed')
    .option('--out <file>', 'the CSV file to write, which must not be there yet; always needed')
    .option('--for-spreadsheet', 'write it for a spreadsheet program: no cell is a formula')
    .action((file: string | undefined, words: AnswerWords, command: Command) =>
      run(command, async (session) => {
        const { open, openOrMake, signal, progress } = session;
        if (words.list) {
          tellIgnored(command, { heeded: ['list'], because: '--list only lists', progress });
          return listedTables(await (await open()).answeredTables.list());
        }
        if (words.out === undefined) throw usageFailure('Say with --out which file to write.');
        if (words.resume === undefined && (file === undefined || words.base === undefined))
          throw usageFailure('Give a table and --base, or --resume with a table that was stopped.');
        const out = fromHere(words.out);
        await requireFree(out);
        const client = await (words.resume === undefined ? openOrMake() : open());
        if (words.resume !== undefined) {
          const heeded = ['resume', 'out', 'forSpreadsheet'];
          tellIgnored(command, { heeded, because: 'a resumed table keeps its settings', progress });
          if (file !== undefined) progress.say(`Ignoring ${file}: a resumed table keeps its rows.`);
        } else if (words.adapter !== undefined) {
          tellIgnored(command, { ignored: ['task'], because: 'an adapter does what it was trained for', progress });
        }
        const started =
          words.resume === undefined
            ? await withInput(file as string, session, (path) => start(path, words, { client, session, command }))
            : await resumed(words.resume, client);
        const lacking = words.resume === undefined ? await lackingIn(started, client) : [];
        const table = await answered(started, { client, signal, progress });
        const written = await client.answeredTables.export({ id: table.id, out, forSpreadsheet: words.forSpreadsheet });
        const who = table.adapterName ?? table.baseName;
        const { notes } = await client.answeredTables.counts({ id: table.id });
        return {
          json: { ...table, notes, file: written.file },
          text: [
            // Which it is may have been guessed from the names, or the length of the texts.
            `${who} answered ${table.answered} of ${counted(table.rows, 'row')}. It read ${columnsRead(table.mapping)}.`,
            ...lacking,
            ...formText(table.form),
            ...noteTexts(notes),
            written.file,
          ].join('\n'),
        };
      }),
    );
}

function columnsRead(mapping: ColumnMapping): string {
  const columns = Object.values(mapping).map((column) => `“${column}”`);
  return `${columns.length === 1 ? 'the column' : 'the columns'} ${columns.join(', ')}`;
}

/** What is to be known of the answers, which the column of notes says of each. */
function noteTexts(notes: AnswerCounts['notes']): string[] {
  const texts: Readonly<Record<AnswerNote, readonly [one: string, others: string]>> = {
    empty: ['has nothing to be answered', 'have nothing to be answered'],
    unnamed: [
      'names a database that the adapter was not trained on',
      'name databases that the adapter was not trained on',
    ],
    shortened: ['was too long and was shortened', 'were too long and were shortened'],
    cut: ['has an answer that was cut at the longest length', 'have answers that were cut at the longest length'],
    replaced: ['has another query, as the first could not be run', 'have other queries, as the first could not be run'],
    unrunnable: ['has a query that cannot be run', 'have queries that cannot be run'],
  };
  return answerNoteSchema.options
    .filter((note) => notes[note] > 0)
    .map((note) => `${counted(notes[note], 'row', texts[note])}.`);
}

interface AnswerWords extends CsvOptions {
  readonly base?: string;
  readonly adapter?: string;
  readonly task?: TaskId;
  readonly map?: ColumnMapping;
  readonly limit?: number;
  readonly maxTokens?: number;
  readonly freeAnswers?: boolean;
  readonly retryQueries?: boolean;
  readonly resume?: string;
  readonly list?: boolean;
  readonly out?: string;
  readonly forSpreadsheet?: boolean;
}

async function start(
  path: string,
  words: AnswerWords,
  { client, session, command }: { client: StudioClient; session: Session; command: Command },
): Promise<AnsweredTable> {
  const source = await sourceOf(path, client, session);
  await tellIgnoredOf(command, source, { client, session });
  const input: AnswerTableInput = {
    source,
    csv: csvOptionsOf(words),
    ...{ baseModelId: words.base ?? '', adapterId: words.adapter ?? null, task: words.task, mapping: words.map },
    ...{ limit: words.limit, maxTokens: words.maxTokens, keepsForm: !words.freeAnswers },
    retryQueries: words.retryQueries ?? false,
  };
  return client.answeredTables.start(input, { signal: session.signal });
}

/** What the table has no column for, of those that its adapter has learned from. */
async function lackingIn({ adapterId, columns, mapping }: AnsweredTable, client: StudioClient): Promise<string[]> {
  const { names } = await client.answeredTables.propose({ adapterId, columns, sample: [] });
  return lackingColumns(names, mapping);
}

/** A finished one has only to be written. */
async function resumed(id: string, client: StudioClient): Promise<AnsweredTable> {
  const table = await client.answeredTables.get({ id });
  return table.state === 'finished' ? table : client.answeredTables.resume({ id });
}

/** Follows a table to its end; an abort stops it. Throws what made it fail or interrupted it. */
async function answered(
  started: AnsweredTable,
  { client, signal, progress }: { client: StudioClient; signal: AbortSignal; progress: Progress },
): Promise<AnsweredTable> {
  const { id } = started;
  if (started.state === 'finished') return started;
  const stop = () => client.answeredTables.stop({ id });
  for await (const event of followed(client.answeredTables.watch({ id }), { stop, signal })) {
    // What was told of the process before is told again at first.
    if (event.kind !== 'progress' || event.done < started.answered) continue;
    progress.show({ ...event, what: 'Answering', words: `${event.done} of ${counted(event.total, 'row')}` });
  }
  const ended = await client.answeredTables.get({ id });
  const goOn = `Resume with: adapter-studio answer --resume ${id} --out FILE. The answers so far are kept.`;
  requireUnbroken(ended, goOn);
  if (signal.aborted && ended.state !== 'finished')
    throw interruption('Answering was stopped.', goOn, { table: ended });
  return ended;
}
