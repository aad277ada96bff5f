import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import { isActive } from '../../src-contract/active-job.ts';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { isOwnName } from '../files/own-name.ts';
import { watchJob } from '../jobs/job-procedures.ts';
import { LabSpeed } from './lab-speed.ts';
import type { LabStore } from './lab-store.ts';
import {
  labCards,
  labNumbers,
  labPicture,
  labReport,
  labShapes,
  labView,
  savedName,
  saveExperiment,
} from './show-lab.ts';
import { type LabParts, resumeLab, startLab } from './start-lab.ts';
import { isCellId, readTrained, shed } from './train-cells.ts';

export function labProcedures(parts: LabParts & { isBusy: () => boolean; changed: () => void }) {
  const { store, supervisor, changed } = parts;
  const speed = new LabSpeed(parts);
  const os = implement(contract.lab).$context<CallerContext>();
  return os.router({
    start: os.start.handler(({ input }) => startLab(input, parts)),
    resume: os.resume.handler(({ input }) => resumeLab(input.id, parts)),
    stop: os.stop.handler(({ input }) => supervisor.stop(store.get(input.id).id)),
    watch: os.watch.handler(({ input, signal, lastEventId }) => {
      const { id } = store.get(input.id);
      const ended = () => ({ kind: 'finished' as const, experiment: store.get(id) });
      return watchJob(supervisor, id, { signal, lastEventId, ended });
    }),
    list: os.list.handler(() => store.list()),
    get: os.get.handler(({ input }) => store.get(input.id)),
    delete: os.delete.handler(({ input }) => {
      const experiment = store.get(input.id);
      const { id } = experiment;
      if (isActive(experiment)) throw new StudioError('EXPERIMENT_ALREADY_ACTIVE', { experiment: id });
      store.markDeleted(id, parts.now());
      changed();
    }),
    restore: os.restore.handler(({ input }) => {
      const experiment = store.restore(input.id);
      changed();
      return experiment;
    }),
    shapes: os.shapes.handler(({ input }) => labShapes(input.baseModelId, parts)),
    cards: os.cards.handler(({ input }) => labCards(input, { ...parts, speed })),
    view: os.view.handler(({ input }) => labView(input.id, input, store)),
    picture: os.picture.handler(({ input }) => labPicture(input, store)),
    maps: os.maps.handler(({ input }) => store.maps(store.get(input.id).id, input.layer)),
    report: os.report.handler(({ input }) => labReport(input.baseModelId, input.language, parts)),
    save: os.save.handler(async ({ input, context }) => {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', {});
      return { files: await saveExperiment(input.id, input, parts) };
    }),
    csv: os.csv.handler(({ input }) => labNumbers(input.id, input.language, store)),
  });
}

/**
 * Removes experiments deleted up to a given time, folders of those no longer known, what finished ones left beside their
 * saved result, and trained cells that no remaining experiment refers to: only the studio's own, no older than the
 * database, which was created at `since`. To be called only when no other process is running.
 */
export async function clearLab(
  store: LabStore,
  labFolder: string,
  { since, deletedBefore }: { since: number; deletedBefore: number },
): Promise<void> {
  store.removeDeleted(deletedBefore);
  const [unfinished, known] = [new Set(store.listUnfinishedIds()), new Set(store.listKeptIds())];
  for (const name of await readdir(labFolder)) {
    if (unfinished.has(name) || !isOwnName(name, since)) continue;
    const left = known.has(name) ? await readdir(join(labFolder, name)) : [];
    if (!left.includes(savedName)) await removeFolder(join(labFolder, name));
    else for (const part of left) if (part !== savedName) await removeFolder(join(labFolder, name, part));
  }
  await removeUnusedCells(store, labFolder, since);
}

/**
 * Removes experiments that were deleted up to then, while the studio is running, with their folders and the trained
 * cells that no remaining experiment refers to; false if an experiment is under way, which may reuse any cell.
 */
export async function freeLab(
  store: LabStore,
  labFolder: string,
  { since, deletedBefore }: { since: number; deletedBefore: number },
): Promise<boolean> {
  if (store.isUnderWay()) return false;
  const ids = store.giveUpDeleted(deletedBefore);
  if (ids.length === 0) return true;
  for (const id of ids) await removeFolder(join(labFolder, id));
  store.removeDeleted(deletedBefore);
  await removeUnusedCells(store, labFolder, since);
  return true;
}

/** Stops when an experiment begins, which may reuse any of them: the next start removes the rest. */
async function removeUnusedCells(store: LabStore, labFolder: string, since: number): Promise<void> {
  const begun = store.firstUnfinishedAt();
  const used = new Set(store.listAdapterHashes());
  const cellsFolder = join(labFolder, 'cells');
  for (const name of await readdir(cellsFolder).catch(() => [])) {
    const folder = join(cellsFolder, name);
    if (!isCellId(name)) continue;
    const { mtimeMs } = await stat(folder);
    if (mtimeMs < since) continue;
    const trained = await readTrained(folder);
    // If its process was killed just then.
    if (trained !== undefined) await shed(folder, trained);
    // An experiment that may resume picks up cells that are partly trained, or trained but not measured yet.
    const isTakenUp = begun !== null && (trained === undefined || mtimeMs >= begun);
    if (isTakenUp || (trained !== undefined && used.has(trained.adapterSha256))) continue;
    if (store.isUnderWay()) return;
    await removeFolder(folder);
  }
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
