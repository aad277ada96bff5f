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

// Regression: once a week, npm start also asked the registry for a newer npm.
test('npm starts the studio without asking its registry anything', async () => {
  expect(await readFile(path.join(root, '.npmrc'), 'utf8')).toMatch(/^update-notifier=false$/m);
});

/** What is written without waiting for the disk, and why an empty or missing file does no harm there. */
const unsynced: Readonly<Record<string, string>> = {
  'adapters/adapter-procedures.ts': 'a copy of what a page has sent, which is imported from there and removed',
  'base-models/downloads/download-model.ts': 'a copied package, whose member is verified when it is unpacked',
  'base-models/downloads/hugging-face-cache.ts': 'a second copy, for other programs, named by its hash',
  'app/change-news.ts': 'a sign for the processes that are running',
  'database/sql-snapshot.ts': 'a copy that is read and removed',
  'datasets/readers/open-table.ts': 'unpacked tables, which are read and removed',
  'data-folder/disk-reserve.ts': 'its content means nothing',
  'engine/engine-process.ts': 'no file, but a switch of the system',
  'host/cli/standard-input.ts': 'a table that was piped in, which is read and removed',
  'lab/present/save-lab.ts': 'copied adapters, which the studio keeps',
};

// Regression: after a power cut, a model imported from a GGUF file could have an empty config or tokenizer, and a
// dataset an unreadable note beside its databases.
test('the main process writes no file of its own without waiting for the disk', async () => {
  const found: string[] = [];
  for (const file of (await listSources('src-main')).filter((name) => !name.endsWith('.test.ts'))) {
    const text = await readFile(path.join(root, file), 'utf8');
    const writes = [...text.matchAll(/(?<![.\w])(?:writeFile|writeFileSync|createWriteStream)\(/g)];
    const isSynced = writes.every(({ index }) => callAt(text, index).includes('flush: true'));
    const copies = /import \{[^}]*\b(?:copyFile|copyFileSync|cp|cpSync)\b[^}]*\} from 'node:fs/.test(text);
    if (!isSynced || copies) found.push(path.relative('src-main', file).replaceAll(path.sep, '/'));
  }
  expect(found.sort()).toEqual(Object.keys(unsynced).sort());
});

/** The text of a call, from its name to the bracket that ends it. */
function callAt(text: string, start: number): string {
  let open = 0;
  for (let i = start; i < text.length; i++) {
    if (text[i] === '(') open++;
    else if (text[i] === ')' && --open === 0) return text.slice(start, i + 1);
  }
  return text.slice(start);
}

async function listSources(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(root, folder), { recursive: true });
  return entries.filter((name) => /[.](ts|svelte)$/.test(name)).map((name) => path.join(folder, name));
}
