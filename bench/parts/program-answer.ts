import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program to its end, and gives the JSON of the last line that it prints. Throws, with its `stderr`, where it fails. */
export async function programAnswer<Answer>(
  program: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Answer> {
  const { stdout } = await promisify(execFile)(program, words, { env, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Answer;
}
