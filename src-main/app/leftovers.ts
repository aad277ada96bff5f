import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../src-contract/errors.ts';
import type { ChangeEvent } from '../../src-contract/studio.ts';
import { clearAdapters, freeAdapters } from '../adapters/adapter-procedures.ts';
import { jobKind } from '../answered-tables/answered-table-store.ts';
import { freeBaseModels, purgeBaseModels } from '../base-models/base-model-procedures.ts';
import { clearModelDownloads, modelDownloadsFolder } from '../base-models/downloads/model-downloads.ts';
import { clearCutOffCopies } from '../data-folder/data-folder-store.ts';
import type { ProcessLock } from '../database/process-lock.ts';
import { mendAttachments } from '../datasets/databases/attach-to-dataset.ts';
import { clearDatasets, freeDatasets } from '../datasets/dataset-procedures.ts';
import { clearHubDownloads, hubDownloadsFolder } from '../datasets/hub/hub-datasets.ts';
import type { RowsThread } from '../datasets/rows/rows-threads.ts';
import { clearLab, freeLab } from '../lab/lab-procedures.ts';
import { clearRuns, freeRuns } from '../runs/run-procedures.ts';
import { type FreedBefore, freedBefore } from './after-undo.ts';
import { CutOffImports } from './cut-off-imports.ts';
import type { OpenDataFolder, Stores } from './open-data-folder.ts';

/**
 * Ends what killed processes have left under way, lists what a full disk kept from it, and returns the kinds of things
 * that changed by that.
 */
export function tendLeft({ jobs, runs, datasets, unfinished, messages }: Stores): ChangeEvent['noun'][] {
  const hasInterrupted = jobs.tendOrphans(Date.now());
  if (hasInterrupted) runs.endComplete();
  return [
    ...(hasInterrupted ? (['run', 'evaluation', 'answered-table', 'lab', 'status'] as const) : []),
    ...(datasets.listUnlisted() ? (['dataset'] as const) : []),
    ...(unfinished.keepAll(messages) > 0 ? (['conversation'] as const) : []),
  ];
}

/**
 * Removes at a start what cut-off work has left, and what was deleted and is kept no longer; what another process may be
 * at, only when alone. Deleting a base model can no longer be undone: the clock may have been set back since. Throws
 * WORK_ELSEWHERE when another start is at it for over a minute.
 */
export async function clearLeftovers(folder: OpenDataFolder): Promise<void> {
  const { settings, datasets } = folder.stores;
  new CutOffImports(settings).note(datasets.listCutOff());
  await clearDatasets(datasets, folder.folders.datasetsFolder, freedBefore(Infinity).rest);
  if (folder.isNew) return;
  for (const own of Object.values(folder.ownFolders)) await own.clear();
  await whileAlone(folder.lock, () => clearUnowned(folder));
}

/** What does not tell whose it is. */
async function clearUnowned({ dataDir, stores, folders, ownSince }: OpenDataFolder): Promise<void> {
  const { datasets, baseModels, adapters, runs, conversations, evaluations, answeredTables, lab } = stores;
  const { datasetsFolder, adaptersFolder, runsFolder, modelsFolder, labFolder } = folders;
  const { rest: deletedBefore } = freedBefore(Infinity);
  await mendAttachments({ store: datasets, datasetsFolder });
  await clearAdapters(adapters, adaptersFolder, { since: ownSince(adaptersFolder), deletedBefore });
  await clearRuns(runs, runsFolder, { since: ownSince(runsFolder), deletedBefore });
  await clearLab(lab, labFolder, { since: ownSince(labFolder), deletedBefore });
  await purgeBaseModels(baseModels, modelsFolder, ownSince(modelsFolder));
  await clearModelDownloads(modelDownloadsFolder(dataDir));
  await clearHubDownloads(hubDownloadsFolder(dataDir), Date.now());
  await clearCutOffCopies(dataDir);
  conversations.removeDeleted(deletedBefore);
  evaluations.removeDeleted(deletedBefore);
  answeredTables.removeDeleted(deletedBefore);
  answeredTables.removeUnread();
}

/** Works only if no other process uses the data folder. One that starts meanwhile waits here: it has begun nothing yet. */
async function whileAlone(lock: ProcessLock, work: () => Promise<void>): Promise<void> {
  const latest = performance.now() + 60_000;
  let letGo = lock.claim('start');
  for (; letGo === undefined; letGo = lock.claim('start')) {
    if (performance.now() > latest) throw new StudioError('WORK_ELSEWHERE', {});
    await sleep(50);
  }
  try {
    if (lock.isAlone()) await work();
  } finally {
    letGo();
  }
}

/** Frees the disk space of what was deleted before then. False if something that is under way still reads it. */
export async function freeDeleted(
  { models, rest: deletedBefore }: FreedBefore,
  { folder, threads, isReading }: { folder: OpenDataFolder; threads: readonly RowsThread[]; isReading: () => boolean },
): Promise<boolean> {
  const { jobs, datasets, baseModels, adapters, runs, conversations, evaluations, answeredTables, lab } = folder.stores;
  const { datasetsFolder, adaptersFolder, runsFolder, modelsFolder, labFolder } = folder.folders;
  // What is freed is first noted, which a full disk has no room for but the reserve.
  if (folder.stores.deleted.hasAny(deletedBefore)) folder.reserve.giveWhereFull();
  const areDatasetsFree = await freeDatasets({ store: datasets, datasetsFolder, threads }, deletedBefore);
  await freeRuns(runs, runsFolder, deletedBefore);
  evaluations.removeDeleted(deletedBefore);
  answeredTables.removeDeleted(deletedBefore);
  const isChatFree = conversations.removeDeleted(deletedBefore);
  const isLabFree = await freeLab(lab, labFolder, { since: folder.ownSince(labFolder), deletedBefore });
  // An evaluation or a table being answered, here or in another process, may read a deleted adapter or model to its end.
  if (isReading() || jobs.isUnderWayElsewhere(['evaluation', jobKind, 'lab'])) return false;
  await freeAdapters(adapters, adaptersFolder, deletedBefore);
  await freeBaseModels(baseModels, modelsFolder, models);
  folder.reserve.keep();
  return isLabFree && isChatFree && areDatasetsFree;
}
