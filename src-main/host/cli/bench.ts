import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { CallFailure, interruption } from './failure.ts';
import type { Run } from './session.ts';

export function addBenchCommand(program: Command, run: Run): void {
  program
    .command('bench')
    .description('measure against other tools, from a checkout of the source')
    .argument('<name>', 'train, decode, switch, adapters, memory, …; npm run bench -- NAME --help tells its options')
    .argument('[options...]')
    .allowUnknownOption()
    .action((_name: string, _words: readonly string[], _options: object, command: Command) =>
      run(command, async ({ installation, json, signal }) => {
        if (!existsSync(installation.benchEntry)) throw notInstalled;
        // A separate program: it times processes, and parses its own options.
        const words = [installation.benchEntry, ...command.args, ...(json ? ['--json'] : [])];
        const child = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
        signal.addEventListener('abort', () => child.kill('SIGINT'));
        const [status] = await once(child, 'close');
        if (signal.aborted) throw interruption('The bench was interrupted.', 'What it had measured is gone.');
        if (status !== 0) throw failed(status);
        return undefined;
      }),
    );
}

const notInstalled = new CallFailure({
  code: 'NOT_IN_THIS_VERSION',
  message: 'The bench is not part of the installed program.',
  hint: 'It comes with the source: npm run --silent cli -- bench NAME.',
  exitCode: 1,
});

/** It has already explained why. */
function failed(status: number | null): CallFailure {
  const isUsage = status === 2;
  return new CallFailure({
    code: isUsage ? 'USAGE' : 'BENCH_FAILED',
    message: isUsage ? 'There is no such benchmark, or it has no such option.' : 'The benchmark did not finish.',
    hint: isUsage ? 'The lines above say which there are.' : 'The lines above say why.',
    exitCode: isUsage ? 2 : 1,
  });
}
