import { createReadStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { indexName } from '../formats/folder-weights.ts';

/**
 * Copies files beside a model's weights that stay valid when these change: config, tokenizer, template, licence.
 */
export async function copyCompanions(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  if (from === to) return;
  const names = (await readdir(from)).filter((name) => name !== indexName && companion.test(name));
  for (const name of names) await writeFile(join(to, name), createReadStream(join(from, name)), { flush: true });
}

const companion = /\.(json|jinja)$|^(merges\.txt|vocab\.txt|tokenizer\.model|LICENSE|NOTICE)/;
