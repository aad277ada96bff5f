import type { Command } from 'commander';
import { notInThisVersion } from './failure.ts';
import type { Run } from './session.ts';

/** Commands that are planned: they say so instead of being unknown. */
export function addLaterCommands(program: Command, run: Run): void {
  program
    .command('bench')
    .description('measurements against other tools (later)')
    .argument('<name>')
    .allowUnknownOption()
    .action((_name: string, _options: object, command: Command) =>
      run(command, async () => {
        throw notInThisVersion('The bench', 'Training prints its own speed: adapter-studio train --json');
      }),
    );
}
