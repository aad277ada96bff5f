import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../shared/data');

/** A folder of the data set next to the repository, or undefined (with a message on the console) if it is missing. */
export function sharedData(name: string): string | undefined {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  console.warn(`skipped: ../shared/data/${name} is not here`);
  return undefined;
}
