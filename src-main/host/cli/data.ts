import type { Command } from 'commander';
import { fromHere } from './arguments.ts';
import { counted } from './counted.ts';
import { devicesText } from './devices-text.ts';
import type { Run } from './session.ts';

export function addDataCommands(program: Command, run: Run): void {
  const data = program.command('data').description('the data folder, which holds everything you make');

  data
    .command('backup')
    .description('copy the data folder to a new folder, with a list of hashes')
    .requiredOption('--out <folder>', 'the folder to create; it must not exist yet')
    .action(({ out }: { out: string }, command: Command) =>
      run(command, async ({ open, progress, signal }) => {
        for await (const event of await (await open()).studio.backup({ out: fromHere(out) }, { signal })) {
          if (event.kind === 'finished') {
            const { folder, files, bytes } = event;
            return {
              json: { folder, files, bytes },
              text: `${counted(files, 'file')} (${Math.ceil(bytes / 1e6)} MB) in ${folder}.`,
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
    .description('make a data folder from a backup in the folder that --home names, which must be empty')
    .argument('<folder>', 'the folder of a backup')
    .action((folder: string, _options: object, command: Command) =>
      run(command, async ({ openOrMake, dataDir, progress }) => {
        const opening = openOrMake(undefined, { restoreFrom: fromHere(folder) });
        const studio = await progress.during('Copying the backup and checking it against its hashes', opening);
        const [datasets, adapters] = await Promise.all([studio.datasets.list(), studio.adapters.list()]);
        return {
          json: { home: dataDir, datasets: datasets.length, adapters: adapters.length },
          text: `${dataDir} has ${counted(datasets.length, 'dataset')} and ${counted(adapters.length, 'adapter')}.`,
        };
      }),
    );

  program
    .command('devices')
    .description('the devices that models can run on here, with their speed, and why others cannot be used')
    .action((_options: object, command: Command) =>
      run(command, async ({ openOrMake, progress }) => {
        const { studio } = await openOrMake();
        const devices = await progress.during('Measuring the devices', studio.devices());
        return { json: { devices }, text: devicesText(devices, await studio.settings()) };
      }),
    );

  program
    .command('diagnostics')
    .description('information for a bug report: counts, sizes and codes, none of your texts')
    .action((_options: object, command: Command) =>
      run(command, async ({ open }) => {
        const { text } = await (await open()).studio.diagnostics();
        return { json: { text }, text: text.trimEnd() };
      }),
    );
}
