import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../shared/data');

/** A folder of the data set that lies beside the repository, or undefined (said on the console) where it does not. */
export function sharedData(name: string): string | undefined {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  console.warn(`skipped: ../shared/data/${name} is not here`);
  return undefined;
}
