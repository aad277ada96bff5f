import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Tells the files that a model is read from apart from others under the same names, by size and time. Those that other
 * programs write beside them do not count. Undefined if there are none.
 */
export async function modelFilesOf(folder: string): Promise<string | undefined> {
  try {
    const names = (await readdir(folder)).filter((name) => /^config\.json$|\.(safetensors|gguf)$/i.test(name)).sort();
    if (names.every((name) => name === 'config.json')) return undefined;
    const facts = await Promise.all(names.map((name) => stat(join(folder, name))));
    return names.map((name, at) => `${name} ${facts[at]?.size} ${facts[at]?.mtimeMs}`).join('\n');
  } catch {
    return undefined;
  }
}
