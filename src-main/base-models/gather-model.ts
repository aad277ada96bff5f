import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { z } from 'zod';
import type { sentModelSchema } from '../../src-contract/model-folder.ts';

/**
 * Lays out the files of a model, which a page has sent one by one, in a folder as Hugging Face would. The contract has
 * checked their names; a name never leads out of the folder. Throws OPTION_INVALID for a file that is incomplete.
 */
export async function gatherModel(
  { files }: z.infer<typeof sentModelSchema>,
  folder: string,
  uploads: { find(fileId: string): { path: string } },
): Promise<void> {
  const places = files.map(({ fileId, name }) => ({
    from: uploads.find(fileId).path,
    to: join(folder, basename(name)),
  }));
  await mkdir(folder, { recursive: true });
  for (const { from, to } of places) await rename(from, to);
}
