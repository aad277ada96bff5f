import { existsSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * A program or thread of our own: next to the built programs, or the source file when the studio runs from source.
 * `source` is that file as the module at `from` would import it.
 */
export function ownProgram(from: string, source: string): URL {
  const name = basename(source, '.ts');
  const places = from.endsWith('.ts') ? [source] : [`./${name}.js`, `../${name}.js`];
  const found = places.map((place) => new URL(place, from)).find((url) => existsSync(url));
  if (!found) throw new Error(`${name} is not beside the program`);
  return found;
}
