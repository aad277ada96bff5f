import type { Command } from 'commander';
import type { Dataset } from '../../../src-contract/dataset.ts';
import { fromHere } from './arguments.ts';
import { notInThisVersion } from './failure.ts';
import type { Run } from './session.ts';
import { oneLine, textTable } from './text-table.ts';

export function addDatasetCommands(program: Command, run: Run): void {
  const datasets = program.command('datasets').description('the tables that were imported');

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
    .argument('<dataset>')
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
                String(position),
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
    .description('look for rows that would hurt a training')
    .argument('<dataset>')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        await (await open()).datasets.get({ id });
        throw notInThisVersion('Checking a dataset', 'The rows that could not be used are in its reject file.');
      }),
    );

  datasets
    .command('export')
    .description('write a dataset as CSV: context, target, group, split')
    .argument('<dataset>')
    .requiredOption('--out <file>', 'where to write it')
    .action((id: string, { out }: { out: string }, command: Command) =>
      run(command, async ({ open }) => {
        const answer = await (await open()).datasets.export({ id, out: fromHere(out) });
        return { json: answer, text: `${answer.rows} rows are in ${answer.file}.` };
      }),
    );

  datasets
    .command('delete')
    .description('remove a dataset')
    .argument('<dataset>')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const client = await open();
        const dataset = await client.datasets.get({ id });
        await client.datasets.delete({ id: dataset.id });
        return { json: { deleted: { id: dataset.id, name: dataset.name } }, text: `“${dataset.name}” is deleted.` };
      }),
    );
}

function factsOf({ name, task, rows, splits, rejected, sourceName, version, sha256 }: Dataset): string {
  return [
    `${name}: ${rows} rows for ${task}, version ${version}, from ${sourceName}.`,
    `${splits.train} rows to train, ${splits.validation} to validate, ${splits.test} to test; ${rejected} were left out.`,
    `Fingerprint ${sha256.slice(0, 8)}.`,
  ].join('\n');
}
