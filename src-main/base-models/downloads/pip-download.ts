import { spawn } from 'node:child_process';
import { dirname } from 'node:path';

/**
 * Has pip itself download a package file into a folder: for an index that needs what only pip knows (a proxy, a
 * certificate, a key ring). Throws when pip is missing or fails.
 */
export async function pipDownload(
  wheel: { package: string; version: string },
  folder: string,
  { environment, signal }: { environment: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<void> {
  const words = ['download', '--no-deps', '--only-binary=:all:', '--quiet', '--dest', folder];
  let failure: unknown;
  for (const [program, ...first] of pips) {
    try {
      await run(program, [...first, ...words, `${wheel.package}==${wheel.version}`], { env: environment, signal });
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      failure ??= error;
      // If pip ran and failed, that is final; only if it is missing is the next command tried.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw failure;
}

const pips = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3']] as const;

function run(
  program: string,
  words: readonly string[],
  how: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Python takes modules from the folder that it runs in, and Windows programs: the studio's own may be that of a table
  // that was opened with it.
  const cwd = dirname(process.execPath);
  const child = spawn(program, words, { ...how, cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-2000);
  });
  child.on('error', reject);
  child.on('close', (code) => {
    if (code === 0) resolve();
    else reject(new Error(`pip: ${said.trim().split('\n').at(-1) || `ended with status ${code}`}`));
  });
  return promise;
}
