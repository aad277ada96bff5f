import { resolve } from 'node:path';
import { implement } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import type { DeletedThing } from '../../src-contract/deleted.ts';
import type { ChangeEvent } from '../../src-contract/studio.ts';
import { folderBytes } from '../files/folder-bytes.ts';
import type { OpenDataFolder } from './open-data-folder.ts';

export function deletedProcedures({
  folder,
  tell,
  free,
}: {
  folder: OpenDataFolder;
  tell: (noun: ChangeEvent['noun']) => void;
  /** Frees at once what cannot be restored. */
  free: () => Promise<void>;
}) {
  const os = implement(contract.deleted).$context<CallerContext>();
  const store = folder.stores.deleted;
  const { datasetsFolder, adaptersFolder, runsFolder, labFolder } = folder.folders;
  const folderOf = { dataset: datasetsFolder, adapter: adaptersFolder, run: runsFolder, experiment: labFolder };
  const bytesOf = async ({ noun, path }: { noun: DeletedThing['noun']; path: string }) =>
    noun in folderOf ? folderBytes(resolve(folderOf[noun as keyof typeof folderOf], path)) : 0;
  return os.router({
    list: os.list.handler(() =>
      Promise.all(
        store.list().map(async ({ path, ...thing }) => ({ ...thing, bytes: await bytesOf({ ...thing, path }) })),
      ),
    ),
    remove: os.remove.handler(async ({ input }) => {
      folder.reserve.giveWhereFull();
      store.expire(input.things);
      await free();
      const nouns = new Set(input.things.map(({ noun }) => noun));
      for (const noun of nouns) tell(noun === 'experiment' ? 'lab' : noun);
    }),
  });
}
