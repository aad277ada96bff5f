import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { noteCopy } from './copy-note.ts';
import { backUpDataFolder, movingDataFolder, restoringDataFolder } from './data-folder-store.ts';
import { freeFolder, type KnownFolders } from './data-folders.ts';

export function dataFolderProcedures(studio: {
  dataDir: string;
  version: string;
  folders: KnownFolders;
  /** Whether work is under way that a change of folder would interrupt. */
  isBusy: () => boolean;
  /** False while another process, such as the command line, uses the folder. */
  isAlone: () => boolean;
}) {
  const { dataDir, version, folders } = studio;
  const os = implement(contract.dataFolders).$context<CallerContext>();

  const expectRest = () => {
    if (studio.isBusy()) throw new StudioError('STUDIO_BUSY', {});
  };
  /** Whatever another process writes after the move would be lost. */
  const expectAlone = () => {
    expectRest();
    if (!studio.isAlone()) throw new StudioError('WORK_ELSEWHERE', {});
  };
  return os.router({
    list: os.list.handler(() => folders.list()),
    choose: os.choose.handler(async () => (await folders.choose()) ?? null),
    backUp: os.backUp.handler(async function* ({ input, signal = new AbortController().signal }) {
      const out = freeFolder(await folders.pathOf(input.placeId, 'place'), 'Adapter Studio backup', Date.now());
      yield* backUpDataFolder({ dataDir, out, version, now: Date.now() }, signal);
    }),
    open: os.open.handler(async ({ input }) => {
      expectRest();
      folders.change({ folder: await folders.pathOf(input.id, 'studio'), move: false });
    }),
    create: os.create.handler(async ({ input }) => {
      expectRest();
      const folder = join(await folders.pathOf(input.placeId, 'place'), input.name);
      if (existsSync(folder)) throw taken(folder);
      folders.change({ folder, move: false });
    }),
    restore: os.restore.handler(async function* ({ input, signal = new AbortController().signal }) {
      expectRest();
      const from = await folders.pathOf(input.backupId, 'backup');
      const to = freeFolder(await folders.pathOf(input.placeId, 'place'), 'Adapter Studio restored', Date.now());
      await using _ = await noteCopy(dataDir, to);
      yield* restoringDataFolder({ from, dataDir: to }, signal);
      folders.change({ folder: to, move: false });
    }),
    move: os.move.handler(async function* ({ input, signal = new AbortController().signal }) {
      expectAlone();
      const { places } = await folders.list();
      const folder = join(await folders.pathOf(input.placeId, 'place'), input.name);
      if (existsSync(folder)) throw taken(folder);
      const isSameDisk = places.find(({ id }) => id === input.placeId)?.isSameDisk === true;
      if (isSameDisk) return folders.change({ folder, move: true });
      // To another disk everything is copied; the old folder stays, for the person to remove.
      const catchUp = yield* movingDataFolder({ dataDir, out: folder, expectRest: expectAlone }, signal);
      folders.change({ folder, move: false, catchUp });
    }),
  });
}

function taken(folder: string): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'name', ...because('PATH_TAKEN', { path: folder }) });
}
