import { lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AdapterStore } from '../adapters/adapter-store.ts';
import { AnsweredTableStore } from '../answered-tables/answered-table-store.ts';
import { BaseModelStore } from '../base-models/base-model-store.ts';
import { forgetFarFolder } from '../base-models/model-library.ts';
import { ConversationStore } from '../chat/conversation-store.ts';
import { MessageStore } from '../chat/message-store.ts';
import { UnfinishedAnswers } from '../chat/unfinished-answer-store.ts';
import { copyNotes } from '../data-folder/copy-note.ts';
import { requiringFile } from '../data-folder/data-folder-presence.ts';
import { expectRestored, restoreDataFolder } from '../data-folder/data-folder-store.ts';
import { DiskReserve } from '../data-folder/disk-reserve.ts';
import { SettingStore } from '../data-folder/setting-store.ts';
import { DeletedStore } from '../database/deleted-store.ts';
import { newId } from '../database/new-id.ts';
import { openDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { DatasetStore } from '../datasets/dataset-store.ts';
import { ProcessFolder } from '../datasets/transfers/process-folder.ts';
import { BlindVoteStore } from '../evaluations/blind-vote-store.ts';
import { EvaluationStore } from '../evaluations/evaluation-store.ts';
import { makeFolder, requireForDatabase } from '../files/make-folder.ts';
import { JobStore } from '../jobs/job-store.ts';
import { LabStore } from '../lab/lab-store.ts';
import { RunStore } from '../runs/run-store.ts';
import { TrainingSettingsStore } from '../runs/training-settings-store.ts';
import { TrainingSpeedStore } from '../runs/training-speed-store.ts';

/** A data folder that is open here: its database, the stores of what it keeps, and the folders beside it. */
export type OpenDataFolder = Awaited<ReturnType<typeof openDataFolder>>;
export type Stores = OpenDataFolder['stores'];

/** Creates the data folder, or a folder in it, and returns its path. Throws DATA_FOLDER_UNUSABLE, DISK_FULL. */
export function makeDataFolder(dataDir: string, ...name: string[]): string {
  const path = join(dataDir, ...name);
  makeFolder(path, 'home');
  return path;
}

/**
 * Opens a data folder, after restoring it where that is asked. What must be given back is left to `opened`. Throws
 * DATA_FOLDER_UNUSABLE, OPTION_INVALID, RESTORE_CUT_OFF, DATABASE_TOO_NEW, DATABASE_FOREIGN, DATABASE_DAMAGED,
 * DATABASE_LOCKED, DATABASE_FORBIDDEN, DISK_FULL.
 */
export async function openDataFolder(
  { dataDir, restoreFrom }: { readonly dataDir: string; readonly restoreFrom?: string | undefined },
  opened: AsyncDisposableStack,
) {
  // Of the usual files the one with the longest name.
  requireForDatabase(join(dataDir, 'datasets', newId(), 'rows.sqlite'), { option: 'home', path: dataDir });
  makeDataFolder(dataDir);
  if (restoreFrom !== undefined) await restoreDataFolder({ from: restoreFrom, dataDir });
  await expectRestored(dataDir);
  const folders = {
    datasetsFolder: makeDataFolder(dataDir, 'datasets'),
    adaptersFolder: makeDataFolder(dataDir, 'adapters'),
    runsFolder: makeDataFolder(dataDir, 'runs'),
    modelsFolder: makeDataFolder(dataDir, 'base-models'),
    labFolder: makeDataFolder(dataDir, 'lab'),
  };
  const locksFolder = makeDataFolder(dataDir, 'locks');
  const reserve = new DiskReserve(dataDir);
  reserve.giveWhereFull();
  const lock = opened.adopt(new ProcessLock(locksFolder), (held) => held.release());
  const databaseFile = join(dataDir, 'studio.sqlite');
  const database = opened.adopt(openDatabase(databaseFile), (open) => void open.close());
  const requireFolder = requiringFile(databaseFile, { folder: dataDir });

  const settings = new SettingStore(database);
  const jobs = new JobStore(database, lock);
  const stores = {
    settings,
    jobs,
    datasets: opened.adopt(new DatasetStore(database, lock, folders.datasetsFolder), (open) => open.close()),
    baseModels: new BaseModelStore(database),
    adapters: new AdapterStore(database),
    runs: new RunStore(database, jobs, dataDir),
    speeds: new TrainingSpeedStore(database),
    trainingSettings: new TrainingSettingsStore(database),
    conversations: new ConversationStore(database, lock),
    messages: new MessageStore(database),
    unfinished: new UnfinishedAnswers(database, lock),
    evaluations: new EvaluationStore(database, jobs),
    votes: new BlindVoteStore(database),
    answeredTables: new AnsweredTableStore(database, jobs),
    lab: new LabStore(database, jobs),
    deleted: new DeletedStore(database),
  };
  const ofProcess = (name: string) => new ProcessFolder(join(dataDir, name), lock);
  const ownFolders = {
    uploads: ofProcess('uploads'),
    downloads: ofProcess('downloads'),
    unpacked: ofProcess('unpacked'),
  };

  const home = settings.read('home');
  // A database just created knows nothing of the files beside it, which therefore are not leftovers, now or later.
  if (home === undefined) settings.write('madeAt', `${Date.now()}`);
  const madeAt = Number(settings.read('madeAt') ?? 0);
  // The folder may have been moved, restored from a backup made on another system, or written by somebody else.
  stores.adapters.keepWithin(folders.adaptersFolder);
  stores.baseModels.keepWithin(folders.modelsFolder);
  if (home !== dataDir) {
    forgetFarFolder(settings);
    // They say where to look for copies that were cut off.
    await rm(join(dataDir, copyNotes), { recursive: true, force: true });
  }
  settings.write('home', dataDir);

  return {
    ...{ dataDir, folders, ownFolders, reserve, lock, databaseFile, database, stores, requireFolder },
    /** True if there was no database yet. */
    isNew: home === undefined,
    /**
     * From when on what lies in a folder is the studio's own: in one that is only linked here, perhaps by somebody
     * else, another studio may keep what this database does not know.
     */
    ownSince: (folder: string) => (lstatSync(folder).isSymbolicLink() ? Infinity : madeAt),
  };
}
