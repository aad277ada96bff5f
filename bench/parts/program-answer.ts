import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { engineFlags } from '../../src-main/host/engine-flags.ts';
import { withMemoryTunables } from '../../src-main/host/memory-tunables.ts';

/**
 * Runs a program to its end, and returns the JSON of the last line it prints. Throws, with its `stderr`, if it fails.
 * All get large pages, and those on Node.js the flags that engines are started with: ours as in the studio, and peers
 * for fairness.
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

/** Why a program could not run, in one line: its last error message, or the system's. */
export function reasonOf(error: unknown): string {
  const { stderr = '', message = String(error) } = error as { stderr?: string; message?: string };
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const said = lines.findLast((line) => /^(\w+\.)*\w*(Error|Exception)\b/.test(line)) ?? lines.at(-1);
  return said ?? (message.split('\n')[0] as string);
}
