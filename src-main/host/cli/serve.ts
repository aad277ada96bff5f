import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { z } from 'zod';
import { numberIn } from './arguments.ts';
import { notInThisVersion } from './failure.ts';
import type { Run } from './session.ts';

export function addServeCommand(program: Command, run: Run): void {
  program
    .command('serve')
    .description('serve the studio’s page to a browser on this machine, until Ctrl-C')
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', numberIn(z.number().int().min(0).max(65_535)), 0)
    .option('--openai', 'serve an OpenAI-compatible address as well (later)')
    .action(({ port, openai }: { port: number; openai?: boolean }, command: Command) =>
      run(command, async ({ installation, dataDir, json, signal }) => {
        if (openai) throw notInThisVersion('An OpenAI-compatible address', 'Leave out --openai for the studio’s page.');
        // The web host is a program of its own, so that its sockets and this call share nothing.
        const words = [installation.webEntry, '--home', dataDir, '--port', String(port), '--no-open'];
        const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
        signal.addEventListener('abort', () => child.kill('SIGINT'));
        createInterface(child.stdout).on('line', (line) => {
          const address = /http:\S+/.exec(line)?.[0];
          process.stdout.write(`${json && address ? JSON.stringify({ address }) : line}\n`);
        });
        const [status] = await once(child, 'close');
        // It has said why in its own words.
        if (status !== 0) process.exit(1);
        return undefined;
      }),
    );
}
