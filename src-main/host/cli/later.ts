import type { Command } from 'commander';
import { notInThisVersion } from './failure.ts';
import type { Run } from './session.ts';

/** Commands that are planned: they say so instead of being unknown. */
export function addLaterCommands(program: Command, run: Run): void {
  program
    .command('lab')
    .description('the LoRA paper’s tables and figures on your own model and data (later)')
    .argument('<experiment>')
    .allowUnknownOption()
    .action((_experiment: string, _options: object, command: Command) =>
      run(command, async () => {
        throw notInThisVersion('The lab', 'Compare adapters with: adapter-studio evaluate');
      }),
    );
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
