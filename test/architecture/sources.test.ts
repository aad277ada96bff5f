import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { expect, test } from 'vitest';
import config from '../../.dependency-cruiser.mjs';

const root = path.join(import.meta.dirname, '../..');

// A cruiser that sees nothing would report nothing.
test('the import check sees every source file', async () => {
  const { options } = config as unknown as { options: ICruiseOptions };
  const { output } = await cruise(
    ['src-contract', 'src-main', 'src-renderer'],
    { ...options, baseDir: root },
    { ...options.enhancedResolveOptions },
  );
  const seen = (output as ICruiseResult).modules.map((module) => module.source);
  const sources = await Promise.all(['src-contract', 'src-main', 'src-renderer'].map(listSources));
  expect(seen).toEqual(expect.arrayContaining(sources.flat()));
});

// The cruiser does not see `import type` inside a `.svelte` file.
test('no component imports from the main process', async () => {
  for (const file of (await listSources('src-renderer')).filter((name) => name.endsWith('.svelte'))) {
    expect(await readFile(path.join(root, file), 'utf8'), file).not.toMatch(/from ['"][^'"]*src-main/);
  }
});

async function listSources(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(root, folder), { recursive: true });
  return entries.filter((name) => /[.](ts|svelte)$/.test(name)).map((name) => path.join(folder, name));
}
