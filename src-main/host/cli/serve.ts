import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { z } from 'zod';
import type { ServeFailure } from '../serve-failure.ts';
import { numberIn } from './arguments.ts';
import { CallFailure } from './failure.ts';
import { madeHome } from './home.ts';
import type { Run } from './session.ts';

export function addServeCommand(program: Command, run: Run): void {
  program
    .command('serve')
    .description('serve the studio to a browser on this computer, until Ctrl-C')
    .option(
      '--port <n>',
      'port on 127.0.0.1, 0 for any free one (default: the last one used, if free)',
      numberIn(z.number().int().min(0).max(65_535)),
    )
    .option('--openai', 'also serve an OpenAI-compatible API, at a separate address')
    .action(({ port, openai }: { port?: number; openai?: boolean }, command: Command) =>
      run(command, async ({ installation, dataDir, hasNamedHome, json, signal, progress }) => {
        const made = hasNamedHome ? madeHome(dataDir) : undefined;
        // The web host is a separate program, so that its sockets and this call share nothing.
        const words = [installation.webEntry, '--home', dataDir, '--no-open'];
        if (port !== undefined) words.push('--port', String(port));
        if (openai) words.push('--openai');
        // The channel tells the host when this process is gone, however it ended.
        const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
        signal.addEventListener('abort', () => child.kill('SIGINT'));
        child.stdout?.once('data', () => made !== undefined && progress.say(made));
        let address: string | undefined;
        // Sound: it is a pipe.
        createInterface(child.stdout as NodeJS.ReadableStream).on('line', (line) => {
          const url = /http:\S+/.exec(line)?.[0];
          if (!json || url === undefined) process.stdout.write(`${line}\n`);
          else if (address === undefined && openai) address = url;
          else if (address === undefined) process.stdout.write(`${JSON.stringify({ address: url })}\n`);
          else {
            const key = /key: (\S+)/.exec(line)?.[1];
            process.stdout.write(`${JSON.stringify({ address, openai: { url, key } })}\n`);
          }
        });
        let failure: ServeFailure | undefined;
        child.on('message', (message) => {
          // Sound: it sends nothing else.
          failure = message as ServeFailure;
        });
        const [status] = await once(child, 'close');
        if (failure) throw new CallFailure({ ...failure, exitCode: 1 });
        // A fault of the studio, which it has already told.
        if (status !== 0) process.exit(1);
        return undefined;
      }),
    );
}
