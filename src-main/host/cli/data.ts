import type { Command } from 'commander';
import { fromHere } from './arguments.ts';
import { devicesText } from './devices-text.ts';
import type { Run } from './session.ts';

export function addDataCommands(program: Command, run: Run): void {
  const data = program.command('data').description('the data folder: everything that was made');

  data
    .command('backup')
    .description('copy the data folder to a new folder, with a list of hashes')
    .requiredOption('--out <folder>', 'where to; it must not be there yet')
    .action(({ out }: { out: string }, command: Command) =>
      run(command, async ({ open, progress, signal }) => {
        for await (const event of await (await open()).studio.backup({ out: fromHere(out) }, { signal })) {
          if (event.kind === 'finished') {
            const { folder, files, bytes } = event;
            return {
              json: { folder, files, bytes },
              text: `${files} files (${Math.ceil(bytes / 1e6)} MB) are in ${folder}.`,
            };
          }
          const { done, total } = event;
          progress.show({ what: 'Backing up', done, total, words: `file ${done} of ${total}` });
        }
        throw new Error('The backup ended without an answer.');
      }),
    );

  data
    .command('restore')
    .description('make a data folder out of a backup; --home names where, and it must be empty')
    .argument('<folder>')
    .action((folder: string, _options: object, command: Command) =>
      run(command, async ({ open, dataDir, progress }) => {
        const opening = open(undefined, { restoreFrom: fromHere(folder) });
        const studio = await progress.during('Copying the backup and holding it against its hashes', opening);
        const [datasets, adapters] = await Promise.all([studio.datasets.list(), studio.adapters.list()]);
        return {
          json: { home: dataDir, datasets: datasets.length, adapters: adapters.length },
          text: `${dataDir} holds ${datasets.length} datasets and ${adapters.length} adapters.`,
        };
      }),
    );

  program
    .command('devices')
    .description('what models could run on here, each timed, and why not the others')
    .action((_options: object, command: Command) =>
      run(command, async ({ open, progress }) => {
        const { studio } = await open();
        const devices = await progress.during('Timing what is there', studio.devices());
        return { json: { devices }, text: devicesText(devices, await studio.settings()) };
      }),
    );

  program
    .command('diagnostics')
    .description('facts for a report: counts, sizes and codes, nothing of yours')
    .action((_options: object, command: Command) =>
      run(command, async ({ open }) => {
        const { text } = await (await open()).studio.diagnostics();
        return { json: { text }, text: text.trimEnd() };
      }),
    );
}
