import { existsSync } from 'node:fs';

/** The program of a thread: next to the built programs or, when running from source, in a folder of the engine. */
export function threadEntry(name: string, folder = '.'): URL {
  const places = import.meta.url.endsWith('.ts') ? [`${folder}/${name}.ts`] : [`./${name}.js`, `../${name}.js`];
  const found = places.map((place) => new URL(place, import.meta.url)).find((url) => existsSync(url));
  if (!found) throw new Error(`${name} is not beside the program`);
  return found;
}
