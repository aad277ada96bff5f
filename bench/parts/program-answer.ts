import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { engineFlags } from '../../src-main/host/engine-flags.ts';
import { withMemoryTunables } from '../../src-main/host/memory-tunables.ts';

/**
 * Runs a program to its end, and gives the JSON of the last line that it prints. Throws, with its `stderr`, where it fails. Each gets
 * large pages, and what runs on Node.js what engines are started with: ours as in the studio, and peers for fairness.
 */
export async function programAnswer<Answer>(
  program: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Answer> {
  const flags = program === process.execPath ? engineFlags : [];
  const options = { env: withMemoryTunables(env), maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(program, [...flags, ...words], options);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Answer;
}

/** Why a program could not be run, in one line: what it said last of an error, or what the system said of the program. */
export function reasonOf(error: unknown): string {
  const { stderr = '', message = String(error) } = error as { stderr?: string; message?: string };
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const said = lines.findLast((line) => /^(\w+\.)*\w*(Error|Exception)\b/.test(line)) ?? lines.at(-1);
  return said ?? (message.split('\n')[0] as string);
}
