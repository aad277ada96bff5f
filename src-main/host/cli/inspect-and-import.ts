import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { CsvOptions, FileSource, ImportEvent, Inspection, Sample } from '../../../src-contract/dataset.ts';
import { importInputSchema } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { reasonSentence } from '../../../src-contract/file-reason.ts';
import { type ColumnMapping, type TaskId, taskIdSchema } from '../../../src-contract/task.ts';
import { fileAt, fromHere, mappingIn, numberIn, oneOf, wordIn } from './arguments.ts';
import { counted } from './counted.ts';
import { csvOptionsOf, tellIgnoredWords, withCsvOptions } from './csv-words.ts';
import { rowsOfOthers } from './dataset-databases.ts';
import { failureOf, usageFailure } from './failure.ts';
import { downloadDataset, hubDatasetNames, isHubDataset } from './hub-datasets.ts';
import type { Progress } from './progress.ts';
import type { Run, Session } from './session.ts';
import { withInput } from './standard-input.ts';
import type { StudioClient } from './studio.ts';
import { tellDoubts } from './table-doubts.ts';
import { oneLine, textTable } from './text-table.ts';

export function addInspectAndImport(program: Command, run: Run): void {
  withCsvOptions(program.command('inspect'))
    .description('describe a table: its kind, encoding, delimiter, header, columns and first rows, and why')
    .argument('<file...>', `the tables to describe; - is standard input; or ${hubDatasetNames}`)
    .option('--cells', 'add the whole table as strings')
    .action((files: string[], options: CsvOptions & { cells?: boolean }, command: Command) =>
      run(command, async (session) => {
        const { openOrMake, signal, progress } = session;
        const client = await openOrMake();
        const inspect = (argument: string) =>
          withInput(argument, session, async (file) => {
            const inspection = await client.datasets.inspect(
              { source: await sourceOf(file, client, session), csv: csvOptionsOf(options), cells: options.cells },
              { signal },
            );
            tellIgnoredWords(command, inspection.file, progress);
            return inspection;
          });
        const [only, ...more] = files;
        if (only !== undefined && more.length === 0) {
          const inspection = await inspect(only);
          return { json: inspection, text: inspectionText(inspection) };
        }
        const answers: object[] = [];
        const texts: string[] = [];
        for (const path of files) {
          try {
            const inspection = await inspect(path);
            answers.push({ path, ...inspection });
            texts.push(inspectionText(inspection));
          } catch (error) {
            const { code, message, hint, stack } = failureOf(error, signal);
            if (stack || signal.aborted) throw error;
            answers.push({ path, error: { code, message, hint } });
            texts.push(`${path}\n  ${message}`);
          }
        }
        return { json: { files: answers }, text: texts.join('\n\n') };
      }),
    );

  withCsvOptions(program.command('import'))
    .description('turn a table into a dataset')
    .argument(
      '<file>',
      `a table, - for standard input, the name of a sample that comes with the studio, or ${hubDatasetNames}`,
    )
    .option(
      '--task <task>',
      `what the model should learn: ${taskIdSchema.options.join(', ')} (a sample’s is known)`,
      wordIn(taskIdSchema),
    )
    .option('--name <name>', 'the dataset’s name (default: the file’s)')
    .option(
      '--map <field=column>',
      'which column is which field: context=COL,target=COL, question=COL …; context=COL or target=COL again for one of several columns',
      mappingIn,
    )
    .option('--group <column>', 'rows with the same value here stay in one split')
    .option(
      '--database <file>',
      'SQLite file, or a folder of them, that the queries run on; it also gives the schema if no column does',
    )
    .option('--seed <n>', 'seed of the split', numberIn(importInputSchema.shape.seed.unwrap()))
    .action((argument: string, options: ImportWords, command: Command) =>
      run(command, async (session) => {
        const { openOrMake, signal, progress } = session;
        const client = await openOrMake();
        const mapping = { ...options.map, ...(options.group !== undefined && { group: options.group }) };
        const finished = await withInput(argument, session, async (file) => {
          // Of any other table, only the person knows what it is for.
          const task = options.task ?? (await sampleNamed(file, client))?.task;
          if (task === undefined) throw usageFailure(`The option --task <task> is missing. ${oneOf(taskIdSchema)}`);
          // As `datasets attach` refuses it.
          if (options.database !== undefined && task !== 'nl2sql') {
            throw new StudioError('OPTION_INVALID', { option: 'database', ...because('DATABASE_NOT_FOR_TASK') });
          }
          const events = await client.datasets.import(
            {
              ...{ source: await sourceOf(file, client, session), task },
              name: options.name,
              mapping: Object.keys(mapping).length > 0 ? mapping : undefined,
              csv: csvOptionsOf(options),
              database: options.database === undefined ? undefined : fileAt(options.database),
              seed: options.seed,
            },
            { signal },
          );
          return importFinished(events, progress);
        });
        const { dataset, file: facts, rejected, warned, seconds } = finished;
        tellIgnoredWords(command, facts, progress);
        const doubts = await tellDoubts(dataset.id, { client, signal, progress });
        const databases = dataset.hasDatabase ? await client.datasets.databases({ id: dataset.id }) : [];
        return {
          json: { dataset, file: facts, rejected, warned, doubts, seconds, ...(dataset.hasDatabase && { databases }) },
          text: [
            `Imported “${dataset.name}”: ${counted(dataset.rows, 'row')} for ${dataset.task} ` +
              `(${dataset.splits.train} to train, ${dataset.splits.validation} to validate, ${dataset.splits.test} to test).`,
            rejected.count > 0
              ? `${counted(rejected.count, 'row', ['was', 'were'])} left out (${reasonsText(rejected.reasons)}) and saved in ${rejected.file}. ` +
                `Fix them there, then add them: adapter-studio datasets add "${dataset.name}" FILE`
              : 'Every row could be used.',
            // Whoever does not look at the table first would not know.
            ...facts.reasons.filter(({ code }) => code === 'DOCUMENTS_SKIPPED').map(reasonSentence),
            ...(dataset.splits.validation === 0 && dataset.rows > 2
              ? [
                  'No rows are kept back for validation: all rows are in one group, or the file assigns the splits that way. Use --map without group and split to keep some back.',
                ]
              : []),
            ...(warned.count > 0
              ? [
                  `${counted(warned.count, 'row', ['has', 'have'])} something to check (${reasonsText(warned.reasons)}).`,
                ]
              : []),
            ...rowsOfOthers(databases),
          ].join('\n'),
        };
      }),
    );
}

interface ImportWords extends CsvOptions {
  readonly task?: TaskId;
  readonly name?: string;
  readonly map?: ColumnMapping;
  readonly group?: string;
  readonly database?: string;
  readonly seed?: number;
}

/**
 * A download from the hub, if that is what it names; a file with that path; else a sample with that name; else the path,
 * so that the studio reports what is wrong with it.
 */
export async function sourceOf(
  file: string,
  client: StudioClient,
  session: Pick<Session, 'progress' | 'signal'>,
): Promise<FileSource> {
  if (isHubDataset(file)) return { kind: 'hub', id: await downloadDataset(file, client, session) };
  return (await sampleNamed(file, client)) === undefined ? fileAt(file) : { kind: 'sample', name: file };
}

/** A file of that name comes before a sample. */
async function sampleNamed(file: string, client: StudioClient): Promise<Sample | undefined> {
  if (isHubDataset(file) || existsSync(fromHere(file))) return undefined;
  return (await client.datasets.samples()).find(({ name }) => name === file);
}

/** Follows an import, showing progress. */
export async function importFinished(
  events: AsyncIterable<ImportEvent>,
  progress: Progress,
): Promise<Extract<ImportEvent, { kind: 'finished' }>> {
  for await (const event of events) {
    if (event.kind === 'finished') return event;
    if (event.kind === 'progress') {
      progress.show({
        what: 'Importing',
        done: event.bytesRead,
        total: event.bytesTotal,
        words: `${counted(event.taken, 'row')} imported, ${event.rejected} left out`,
        secondsLeft: event.secondsLeft,
      });
    }
  }
  throw new Error('The import ended without an answer.');
}

export function reasonsText(reasons: Readonly<Record<string, number>>): string {
  return Object.entries(reasons)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ');
}

function cellsText(delimiter: string): string {
  if (delimiter === 'fixed') return 'cells at fixed positions';
  return delimiter === ' +'
    ? 'cells separated by one or more spaces'
    : `cells separated by ${JSON.stringify(delimiter)}`;
}

function inspectionText({ file, columns, sample, proposedTask }: Inspection): string {
  const kind = file.format === 'csv' ? cellsText(file.delimiter) : file.format.toUpperCase();
  return [
    `${file.name}: ${counted(file.rows, 'row')}, ${counted(columns.length, 'column')}; ${file.encoding}, ${kind}, ${file.header ? 'with' : 'without'} a header.`,
    ...file.reasons.map((reason) => `  ${reason.about}: ${reasonSentence(reason)}`),
    `It looks like a table for ${proposedTask}.`,
    '',
    textTable([
      ['column', 'role', 'first row'],
      ...columns.map(({ name, role }, c) => [name, role, oneLine(sample[0]?.[c] ?? '', 60)]),
    ]),
  ].join('\n');
}
