import type { Command } from 'commander';
import { schemaTextOptionsSchema } from '../../../src-contract/dataset-version.ts';
import { fileAt, numberIn, wordIn } from './arguments.ts';
import { tellIgnored } from './ignored-options.ts';
import type { Run } from './session.ts';

/** Commands for the databases that a dataset's queries run on. */
export function addDatabaseCommands(datasets: Command, run: Run): void {
  const { form, sampleValues } = schemaTextOptionsSchema.shape;
  datasets
    .command('attach')
    .description('attach databases to a dataset of questions to databases, replacing those it has')
    .argument('<dataset>', 'name or id')
    .argument(
      '<file>',
      'a SQLite file, used for all rows whatever they name, or a folder or ZIP of files named as in the rows',
    )
    .option('--schema', 'rewrite the schema text of every row from its database, as a new version')
    .option('--form <form>', 'compact or ddl (default: as the rows have it)', wordIn(form.unwrap()))
    .option('--foreign-keys', 'include the foreign keys')
    .option('--sample-values <n>', 'include this many values of each column', numberIn(sampleValues))
    .action((id: string, file: string, words: AttachWords, command: Command) =>
      run(command, async ({ open, signal, progress }) => {
        const client = await open();
        if (!words.schema)
          tellIgnored(command, {
            ...{ ignored: ['form', 'foreignKeys', 'sampleValues'], because: 'the schema texts stay without --schema' },
            progress,
          });
        const schema = words.schema && {
          ...{ form: words.form, foreignKeys: words.foreignKeys ?? false, sampleValues: words.sampleValues ?? 0 },
        };
        const dataset = await client.datasets.attachDatabase({ id, database: fileAt(file), schema }, { signal });
        const databases = await client.datasets.databases({ id: dataset.id });
        const names = databases.map(({ name }) => name).join(', ');
        const attached = `Attached to “${dataset.name}”: ${names}. It is now at version ${dataset.version}.`;
        return { json: { dataset, databases }, text: [attached, ...rowsOfOthers(databases)].join('\n') };
      }),
    );
  datasets
    .command('detach')
    .description('detach the databases of a dataset')
    .argument('<dataset>', 'name or id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const dataset = await (await open()).datasets.detachDatabase({ id });
        return { json: { dataset }, text: `“${dataset.name}” has no database attached now.` };
      }),
    );
}

/** A note on rows that name a database other than the single one attached. */
export function rowsOfOthers([first]: readonly { readonly rowsOfOthers?: number }[]): string[] {
  const rows = first?.rowsOfOthers ?? 0;
  if (rows === 0) return [];
  return rows === 1
    ? ['1 row names another database; its query runs on this one until a database with that name is attached.']
    : [
        `${rows} rows name other databases; their queries run on this one until databases with those names are attached.`,
      ];
}

interface AttachWords {
  readonly schema?: true;
  readonly form?: 'compact' | 'ddl';
  readonly foreignKeys?: true;
  readonly sampleValues?: number;
}
