import type { Command } from 'commander';
import { schemaTextOptionsSchema } from '../../../src-contract/dataset-version.ts';
import { fileAt, numberIn, wordIn } from './arguments.ts';
import type { Run } from './session.ts';

/** What the queries of a dataset run on. */
export function addDatabaseCommands(datasets: Command, run: Run): void {
  const { form, sampleValues } = schemaTextOptionsSchema.shape;
  datasets
    .command('attach')
    .description('attach databases to a dataset of questions to databases, in the place of those it has')
    .argument('<dataset>')
    .argument(
      '<file>',
      'a SQLite file, which serves all rows whatever they name, or a folder or ZIP of them, named as the rows name them',
    )
    .option('--schema', 'write the schema text of every row from its database, as the next version')
    .option('--form <form>', 'compact or ddl; as the rows have it unless given', wordIn(form.unwrap()))
    .option('--foreign-keys', 'with the foreign keys')
    .option('--sample-values <n>', 'so many values of each column', numberIn(sampleValues))
    .action((id: string, file: string, words: AttachWords, command: Command) =>
      run(command, async ({ open, signal }) => {
        const client = await open();
        const schema = words.schema && {
          ...{ form: words.form, foreignKeys: words.foreignKeys ?? false, sampleValues: words.sampleValues ?? 0 },
        };
        const dataset = await client.datasets.attachDatabase({ id, database: fileAt(file), schema }, { signal });
        const databases = await client.datasets.databases({ id: dataset.id });
        const names = databases.map(({ name }) => name).join(', ');
        const attached = `Attached to “${dataset.name}”: ${names}. It is at version ${dataset.version}.`;
        return { json: { dataset, databases }, text: [attached, ...rowsOfOthers(databases)].join('\n') };
      }),
    );
  datasets
    .command('detach')
    .description('take the databases of a dataset away from its queries')
    .argument('<dataset>')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const dataset = await (await open()).datasets.detachDatabase({ id });
        return { json: { dataset }, text: `No database is attached to “${dataset.name}”.` };
      }),
    );
}

/** What is to be known of rows that name another database than the single one that is attached. */
export function rowsOfOthers([first]: readonly { readonly rowsOfOthers?: number }[]): string[] {
  const rows = first?.rowsOfOthers ?? 0;
  if (rows === 0) return [];
  return rows === 1
    ? ['1 row that names another database is asked on this one, until one with that name is attached.']
    : [`${rows} rows that name other databases are asked on this one, until those with their names are attached.`];
}

interface AttachWords {
  readonly schema?: true;
  readonly form?: 'compact' | 'ddl';
  readonly foreignKeys?: true;
  readonly sampleValues?: number;
}
