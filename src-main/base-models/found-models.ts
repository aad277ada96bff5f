// The models in a folder that other programs fill: Hugging Face's cache, or folders and GGUF files as a person arranges
// them. Only names and sizes are looked at; whether a model can be used shows when it is imported.
import { hash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FoundModel } from '../../src-contract/model-folder.ts';

/** A model and where it is; the path does not leave the studio. */
export type PlacedModel = Omit<FoundModel, 'onShelf'> & { readonly path: string };

/** Deep enough for `models--owner--name/snapshots/commit`, and for `owner/name/file.gguf`. */
const deepest = 3;
/** A folder named by mistake must not be searched for ever. */
const mostFolders = 2_000;
const mostModels = 200;

/** The models in a folder, by name; none if there is no such folder. */
export async function findModels(folder: string): Promise<PlacedModel[]> {
  const found: PlacedModel[] = [];
  let waiting = [{ path: folder, depth: 0 }];
  for (let seen = 0; waiting.length > 0 && found.length < mostModels; ) {
    const next: typeof waiting = [];
    for (const { path, depth } of waiting) {
      if (++seen > mostFolders) return inOrder(found);
      const entries = await readdir(path, { withFileTypes: true }).catch((): Dirent[] => []);
      const names = entries.map(({ name }) => name);
      if (isModel(names)) {
        found.push(
          await placed(
            path,
            'folder',
            nameOf(path),
            names.filter((name) => name.endsWith('.safetensors')),
          ),
        );
        continue;
      }
      for (const name of names.filter(isWholeGguf)) {
        found.push(await placed(join(path, name), 'gguf', name.replace(/\.gguf$/i, ''), ['']));
      }
      if (depth < deepest)
        next.push(...(await within(path, entries)).map((inner) => ({ path: inner, depth: depth + 1 })));
    }
    waiting = next;
  }
  return inOrder(found.filter(({ sizeBytes }) => sizeBytes > 0));
}

function isModel(names: readonly string[]): boolean {
  const weights = names.includes('model.safetensors') || names.includes('model.safetensors.index.json');
  return names.includes('config.json') && names.includes('tokenizer.json') && weights;
}

/** A shard of a model, or its vision part, is not a model of its own. */
export function isWholeGguf(name: string): boolean {
  return /\.gguf$/i.test(name) && !/-\d{5}-of-\d{5}\.gguf$/i.test(name) && !/mmproj/i.test(name);
}

/** Of the commits of a repository in Hugging Face's cache, only the one that its main branch was at. */
async function within(path: string, entries: readonly Dirent[]): Promise<string[]> {
  const folders = entries.filter((entry) => entry.isDirectory() && !/^\.|^(blobs|refs|\.locks)$/.test(entry.name));
  const main = basename(path) === 'snapshots' ? await readFile(join(path, '../refs/main'), 'utf8').catch(() => '') : '';
  const isMain = folders.filter(({ name }) => name === main.trim());
  return (isMain.length > 0 ? isMain : folders).map(({ name }) => join(path, name));
}

/** `models--owner--name/snapshots/commit` is called `name`. */
function nameOf(path: string): string {
  const repository = /^models--.+--(.+)$/.exec(basename(dirname(dirname(path))));
  return repository?.[1] ?? basename(path);
}

async function placed(
  path: string,
  kind: FoundModel['kind'],
  name: string,
  weights: readonly string[],
): Promise<PlacedModel> {
  // For a link, the size of its target.
  const sizes = await Promise.all(weights.map((file) => stat(join(path, file)).catch(() => ({ size: 0 }))));
  const id = hash('sha256', path).slice(0, 16);
  return { id, name, kind, path, sizeBytes: sizes.reduce((sum, { size }) => sum + size, 0) };
}

function inOrder(models: PlacedModel[]): PlacedModel[] {
  return models.toSorted((a, b) => a.name.localeCompare(b.name));
}
