import { basename, extname } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import type { CsvOptions, Dataset } from '../../../src-contract/dataset.ts';
import { type ExportFormat, exportFormatSchema } from '../../../src-contract/dataset-version.ts';
import type { FindingReport } from '../../../src-contract/finding.ts';
import { tableDoubtText } from '../../../src-contract/table-doubt.ts';
import { fileAt, fromHere, numberIn, wordIn } from './arguments.ts';
import { counted } from './counted.ts';
import { csvOptionsOf, tellIgnoredOf, withCsvOptions } from './csv-words.ts';
import { addDatabaseCommands } from './dataset-databases.ts';
import { addDelete } from './delete-command.ts';
import { usageFailure } from './failure.ts';
import { addHubDatasetCommands } from './hub-datasets.ts';
import { reasonsText } from './inspect-and-import.ts';
import type { Progress } from './progress.ts';
import { addRename } from './rename-command.ts';
import type { Run } from './session.ts';
import { withInput } from './standard-input.ts';
import type { StudioClient } from './studio.ts';
import { oneLine, textTable } from './text-table.ts';

export function addDatasetCommands(program: Command, run: Run): void {
  const datasets = program.command('datasets').description('the imported tables');

  datasets
    .command('list')
    .description('all datasets')
    .action((_options: object, command: Command) =>
      run(command, async ({ open }) => {
        const list = await (await open()).datasets.list();
        return {
          json: { datasets: list },
          text:
            list.length === 0
              ? 'There are no datasets yet. Import one: adapter-studio import FILE --task TASK'
              : textTable([
                  ['name', 'task', 'rows', 'train', 'validation', 'test', 'id'],
                  ...list.map((dataset) => [
                    dataset.name,
                    dataset.task,
                    ...[dataset.rows, dataset.splits.train, dataset.splits.validation, dataset.splits.test].map(String),
                    dataset.id,
                  ]),
                ]),
        };
      }),
    );

  datasets
    .command('show')
    .description('one dataset and its first rows')
    .argument('<dataset>', 'name or id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const client = await open();
        const dataset = await client.datasets.get({ id });
        const { examples } = await client.datasets.examples({ id: dataset.id, offset: 0, limit: 5 });
        return {
          json: { dataset, examples },
          text: [
            factsOf(dataset),
            '',
            textTable([
              ['row', 'split', 'context', 'target'],
              ...examples.map(({ position, split, context, target }) => [
                String(position + 1),
                split,
                oneLine(context, 60),
                oneLine(target, 40),
              ]),
            ]),
          ].join('\n'),
        };
      }),
    );

  datasets
    .command('check')
    .description('look for rows that would harm the training')
    .argument('<dataset>', 'name or id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open, signal, progress }) => {
        const report = await checked(await open(), { id, signal, progress });
        return { json: { dataset: id, ...report }, text: reportText(report) };
      }),
    );

  addDatabaseCommands(datasets, run);
  addHubDatasetCommands(datasets, run);

  withCsvOptions(datasets.command('add'))
    .description(
      'add the rows of a file to a dataset, as a new version: fixed rows that had been left out, or new ones; rows that it already has are left out',
    )
    .argument('<dataset>', 'name or id')
    .argument('<file>', 'the fixed file of left-out rows, or a table with the same columns; - is standard input')
    .option('--copies', 'add the rows that it already has, too')
    .action((id: string, argument: string, options: CsvOptions & { copies?: boolean }, command: Command) =>
      run(command, async (session) => {
        const { open, signal } = session;
        const client = await open();
        const { copies } = options;
        const { dataset, added, known, rejected } = await withInput(argument, session, async (file) => {
          const source = fileAt(file);
          await tellIgnoredOf(command, source, { client, session });
          return client.datasets.addFromFile({ id, source, csv: csvOptionsOf(options), copies }, { signal });
        });
        return {
          json: { dataset, added, known, rejected },
          text: [
            added === 0
              ? `No row was added to “${dataset.name}”.`
              : `${counted(added, 'row', ['is', 'are'])} added to “${dataset.name}”, which has ${counted(dataset.rows, 'row')} now, as version ${dataset.version}.`,
            ...(known > 0
              ? [
                  `${counted(known, 'row', ['was', 'were'])} left out, since it already has the same (--copies adds them).`,
                ]
              : []),
            ...(rejected.count > 0 ? [`Still unusable: ${rejected.count} (${reasonsText(rejected.reasons)}).`] : []),
          ].join('\n'),
        };
      }),
    );

  datasets
    .command('export')
    .description('write the rows of a dataset with group and split, in columns that tell what it was made of')
    .argument('<dataset>', 'name or id')
    .requiredOption('--out <file>', 'where to write it')
    .option('--format <format>', 'csv, jsonl or parquet (default: by the file’s extension)', wordIn(exportFormatSchema))
    .option('--dataset-version <number>', 'an earlier version (default: the newest)', numberIn(z.number().int().min(1)))
    .action((id: string, options: ExportWords, command: Command) =>
      run(command, async ({ open, signal, progress }) => {
        const out = fromHere(options.out);
        const format = options.format ?? formatOf(out);
        const job = { id, out, format, version: options.datasetVersion };
        const answer = await progress.during('Writing the rows', (await open()).datasets.export(job, { signal }));
        return { json: answer, text: `${counted(answer.rows, 'row', ['is', 'are'])} in ${answer.file}.` };
      }),
    );

  addRename(datasets, run, { noun: 'dataset', shelf: (client) => client.datasets });
  addDelete(datasets, run, {
    noun: 'dataset',
    description: 'delete a dataset',
    shelf: (client) => client.datasets,
  });
}

function formatOf(file: string): ExportFormat {
  const format = exportFormatSchema.safeParse(extname(file).slice(1).toLowerCase());
  if (format.success) return format.data;
  const endings = exportFormatSchema.options.map((each) => `.${each}`).join(', ');
  throw usageFailure(`“${basename(file)}” says no known format: end the name in ${endings}, or add --format.`);
}

interface ExportWords {
  readonly out: string;
  readonly format?: ExportFormat;
  readonly datasetVersion?: number;
}

async function checked(
  client: StudioClient,
  { id, signal, progress }: { id: string; signal: AbortSignal; progress: Progress },
): Promise<FindingReport> {
  for await (const event of await client.findings.check({ id }, { signal })) {
    if (event.kind === 'finished') return event.report;
    progress.show({ what: 'Checking', done: event.done, total: event.total });
  }
  throw new Error('The check ended without a report.');
}

function reportText({ rows, flagged, findings, doubts, limits, version }: FindingReport): string {
  const whole = doubts.map(tableDoubtText);
  const limited = limits.map(
    ({ code, checked, total }) => `${code}: only ${checked} of ${counted(total, 'row')} were checked.`,
  );
  if (findings.length === 0)
    return [`No findings in ${counted(rows, 'row')} of version ${version}.`, ...whole, ...limited].join('\n');
  return [
    `${flagged} of the ${counted(rows, 'row')} of version ${version} ${flagged === 1 ? 'has' : 'have'} findings.`,
    ...whole,
    '',
    textTable([
      ['finding', 'rows', 'what'],
      ...findings.map(({ code, rows: count, message }) => [code, String(count), message]),
    ]),
    ...limited,
  ].join('\n');
}

function factsOf({ name, task, rows, splits, rejected, sourceName, version, sha256 }: Dataset): string {
  return [
    `${name}: ${counted(rows, 'row')} for ${task}, version ${version}, from ${sourceName}.`,
    `${counted(splits.train, 'row')} to train, ${splits.validation} to validate, ${splits.test} to test; ${rejected} were left out.`,
    `Fingerprint ${sha256.slice(0, 8)}.`,
  ].join('\n');
}
