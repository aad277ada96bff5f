import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { EventPublisher } from '@orpc/server';
import type { ChangeEvent } from '../src-contract/studio.ts';
import { AfterUndo } from './app/after-undo.ts';
import type { App, AppOptions } from './app/app-options.ts';
import { openBases } from './app/bases.ts';
import { ChangeNews } from './app/change-news.ts';
import { EndpointSwitch } from './app/endpoint-procedures.ts';
import { EndpointRequests } from './app/endpoint-requests.ts';
import { FilesAtFault } from './app/files-at-fault.ts';
import { joinProcedures } from './app/join-procedures.ts';
import { knownFaults } from './app/known-faults.ts';
import { clearLeftovers, freeDeleted, tendLeft } from './app/leftovers.ts';
import { OngoingCalls } from './app/ongoing-calls.ts';
import { openDataFolder } from './app/open-data-folder.ts';
import { StudioWork } from './app/studio-work.ts';
import { registerStarterModel } from './base-models/import-base-model.ts';
import { RunningAnswers } from './chat/running-answers.ts';
import { asDatabaseFault } from './database/open.ts';
import { forkSqlProcess, SqlRunner } from './datasets/databases/attached-database.ts';
import { RowsThread } from './datasets/rows/rows-threads.ts';
import { orDiskOrDatabaseFull } from './files/disk-or-database-full.ts';
import { unwritable } from './files/unwritable.ts';
import { listUnevaluated } from './runs/start-run.ts';

export type { App, AppOptions } from './app/app-options.ts';
export { makeDataFolder } from './app/open-data-folder.ts';
export { folderKind } from './data-folder/data-folder-store.ts';
export type { FolderHost } from './data-folder/data-folders.ts';

/** How soon what a killed process has left shows in the others. */
const tendEveryMs = 2_000;

/**
 * Moves a data folder, which nobody has open, to a free path. Throws DATA_FOLDER_UNUSABLE, and then it stays where it
 * was.
 */
export function moveDataFolder(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    throw unwritable(cause, { option: 'home', path: to });
  }
}

/**
 * The studio without a shell: opens the data folder, clears what earlier processes left, and joins all procedures,
 * which answer once the starter model is registered. Throws DATA_FOLDER_UNUSABLE, OPTION_INVALID, RESTORE_CUT_OFF,
 * DATABASE_TOO_NEW, DATABASE_FOREIGN, DATABASE_DAMAGED, DATABASE_LOCKED, DATABASE_FORBIDDEN, DISK_FULL.
 */
export async function createApp(options: AppOptions): Promise<App> {
  try {
    return await openApp(options);
  } catch (error) {
    // Damage that only shows when the first rows are read.
    throw asDatabaseFault(join(options.dataDir, 'studio.sqlite'), orDiskOrDatabaseFull(error, options.dataDir));
  }
}

async function openApp({ dataDir, resourcesDir, restoreFrom, ...host }: AppOptions): Promise<App> {
  // A host that carries on with another folder must not hold one that could not be opened.
  await using opened = new AsyncDisposableStack();
  const folder = await openDataFolder({ dataDir, restoreFrom }, opened);
  const { stores, lock, reserve } = folder;
  const faults = new FilesAtFault(stores);
  const engine = faults.engine(host.engine);
  tendLeft(stores);
  await clearLeftovers(folder);
  // At the first start this starts the engine: pages are served meanwhile, and what they ask waits.
  const starter = registerStarterModel({
    ...{ store: stores.baseModels, engine, folder: join(resourcesDir, 'starter-model'), now: Date.now() },
  }).catch((error) => console.error('The starter model cannot be used.', error));
  // It writes to the database.
  opened.defer(() => starter);

  const changes = new EventPublisher<{ change: ChangeEvent }>();
  const news = opened.adopt(
    new ChangeNews(join(dataDir, 'news'), lock, (noun) => changes.publish('change', { noun })),
    (told) => told.close(),
  );
  const tell = (noun: ChangeEvent['noun']) => news.tell(noun);
  const looking = new AbortController();
  const refreshed = stores.datasets.refreshAll(looking.signal).then((hasChanged) => hasChanged && tell('dataset'));
  // It writes to the database.
  opened.defer(() => {
    looking.abort();
    return refreshed.then(() => {});
  });

  const calls = new OngoingCalls();
  const threads = { pages: new RowsThread(), work: new RowsThread() };
  const afterUndo: AfterUndo = new AfterUndo((before) =>
    freeDeleted(before, { folder, threads: Object.values(threads), isReading: () => work.isReading }),
  );
  const known = knownFaults(folder, { full: () => afterUndo.hurry(), short: () => afterUndo.freeModels() });
  const sql = new SqlRunner(host.startSqlProcess ?? forkSqlProcess);
  const bases = openBases(folder, { engine, faults, resourcesDir, changed: () => tell('base-model') });
  const parts = { folder, bases, engine, sql, calls, known, tell };
  const work = new StudioWork(parts);
  const unevaluated = !folder.isNew && lock.isAlone() ? listUnevaluated(stores.runs) : [];
  const answers = new RunningAnswers(stores.conversations);
  const requests = new EndpointRequests({ now: Date.now, changed: () => tell('endpoint') });
  const { openEndpoint } = host;
  const endpoint = new EndpointSwitch(
    stores.settings,
    openEndpoint && ((options) => openEndpoint({ router, note: requests.begin.bind(requests), ...options })),
  );
  const router: App['router'] = joinProcedures({
    ...{ parts, work, host, resourcesDir, afterUndo, answers, changes, endpoint, requests, threads },
    ready: starter,
  });

  let isReady = false;
  // A process that is killed announces nothing.
  const tend = () => {
    try {
      for (const noun of tendLeft(stores)) tell(noun);
      if (isReady && host.takesUpWork) work.takeUp();
    } catch {
      // A full disk, or a folder that is gone: it is tried again, and reported by what a person does.
    }
  };
  const tending = setInterval(tend, tendEveryMs).unref();
  opened.defer(() => clearInterval(tending));

  await endpoint.resume({ asked: host.endpointOn ?? false });
  reserve.keep();
  const takenUp = starter.then(() => {
    isReady = true;
    tend();
    if (host.takesUpWork) for (const finished of unevaluated) work.running.evaluateAfter(finished);
  });

  const held = opened.move();
  return {
    router,
    async close() {
      try {
        clearInterval(tending);
        await takenUp;
        await endpoint.close();
        await answers.close();
        await Promise.all([work.close(), bases.downloads.close()]);
        sql.close();
        await afterUndo.close(() => lock.isAlone());
        await Promise.all([threads.pages.close(), threads.work.close()]);
        await calls.settle();
        for (const own of Object.values(folder.ownFolders)) await own.close();
      } finally {
        await held.disposeAsync();
      }
      reserve.keep();
    },
  };
}
