import { lstatSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { EventPublisher, implement, type Router } from '@orpc/server';
import packageJson from '../package.json' with { type: 'json' };
import type { Adapter } from '../src-contract/adapter.ts';
import type { BaseModel } from '../src-contract/base-model.ts';
import type { CallerContext } from '../src-contract/caller.ts';
import { contract } from '../src-contract/contract.ts';
import { StudioError } from '../src-contract/errors.ts';
import type { EvaluationEvent } from '../src-contract/evaluation.ts';
import { because } from '../src-contract/failure-reason.ts';
import type { LabEvent } from '../src-contract/lab.ts';
import type { Run, RunEvent } from '../src-contract/run.ts';
import type { ChangeEvent } from '../src-contract/studio.ts';
import { adapterProcedures, clearAdapters, freeAdapters } from './adapters/adapter-procedures.ts';
import { AdapterStore } from './adapters/adapter-store.ts';
import { AfterUndo } from './after-undo.ts';
import { baseModelProcedures, freeBaseModels, purgeBaseModels } from './base-models/base-model-procedures.ts';
import { BaseModelStore } from './base-models/base-model-store.ts';
import { Catalogue } from './base-models/catalogue.ts';
import { hubEndpoint } from './base-models/downloads/hugging-face-hub.ts';
import { ModelDownloads } from './base-models/downloads/model-downloads.ts';
import { findOnHub } from './base-models/find-on-hub.ts';
import { importBaseModel, type ModelSource, registerStarterModel } from './base-models/import-base-model.ts';
import { hashModel, readModelFolder } from './base-models/model-folder.ts';
import { ModelLibrary } from './base-models/model-library.ts';
import { ModelTexts } from './base-models/model-texts.ts';
import { requiringUnchanged, UnchangedFiles } from './base-models/unchanged-base.ts';
import { ChangeNews } from './change-news.ts';
import { chatProcedures } from './chat/chat-procedures.ts';
import { ConversationStore } from './chat/conversation-store.ts';
import { MessageStore } from './chat/message-store.ts';
import { RunningAnswers } from './chat/running-answers.ts';
import { UnfinishedAnswers } from './chat/unfinished-answer-store.ts';
import { currentJobs } from './current-jobs.ts';
import { CutOffImports } from './cut-off-imports.ts';
import { damageIn } from './damage.ts';
import { orNotWritable, requiringFile } from './data-folder-presence.ts';
import { dataFolderProcedures } from './data-folder-procedures.ts';
import { clearCutOffCopies, expectRestored, restoreDataFolder } from './data-folder-store.ts';
import { type FolderHost, freePath, KnownFolders } from './data-folders.ts';
import { newId } from './database/new-id.ts';
import { asDatabaseFault, openDatabase } from './database/open.ts';
import { ProcessLock } from './database/process-lock.ts';
import { tellsDamage } from './database/rows-file.ts';
import { mendAttachments } from './datasets/attach-to-dataset.ts';
import { forkSqlProcess, type SqlProcess, SqlRunner } from './datasets/attached-database.ts';
import { DatasetChanges } from './datasets/change-dataset.ts';
import { clearDatasets, datasetProcedures, freeDatasets } from './datasets/dataset-procedures.ts';
import { DatasetStore } from './datasets/dataset-store.ts';
import { Downloads } from './datasets/downloads.ts';
import { fileProcedures } from './datasets/file-procedures.ts';
import { FileSources } from './datasets/file-sources.ts';
import { findingProcedures } from './datasets/finding-procedures.ts';
import { ProcessFolder } from './datasets/process-folder.ts';
import { RowsThread } from './datasets/rows-threads.ts';
import { Uploads } from './datasets/uploads.ts';
import { versionProcedures } from './datasets/version-procedures.ts';
import { orDiskOrDatabaseFull } from './disk-or-database-full.ts';
import { DiskReserve } from './disk-reserve.ts';
import { EndpointSwitch, endpointProcedures, type OpenEndpoint } from './endpoint-procedures.ts';
import { EndpointRequests } from './endpoint-requests.ts';
import type { Engine } from './engine/engine.ts';
import { BlindVoteStore } from './evaluations/blind-vote-store.ts';
import { evaluationProcedures } from './evaluations/evaluation-procedures.ts';
import { EvaluationStore } from './evaluations/evaluation-store.ts';
import { startEvaluation, takeUpEvaluations } from './evaluations/start-evaluation.ts';
import { FilesAtFault } from './files-at-fault.ts';
import { JobStore } from './jobs/job-store.ts';
import { Supervisor } from './jobs/supervisor.ts';
import { clearLab, freeLab, labProcedures } from './lab/lab-procedures.ts';
import { LabStore } from './lab/lab-store.ts';
import { takeUpLab } from './lab/start-lab.ts';
import { makeFolder, requireForDatabase } from './make-folder.ts';
import { counting, freeing, requiring, tellingErrors, waitingFor } from './middlewares.ts';
import { OngoingCalls } from './ongoing-calls.ts';
import { clearRuns, freeRuns, runProcedures } from './runs/run-procedures.ts';
import { RunStore } from './runs/run-store.ts';
import { listUnevaluated, takeUpRuns } from './runs/start-run.ts';
import { TrainingSettingsStore } from './runs/training-settings-store.ts';
import { TrainingSpeedStore } from './runs/training-speed-store.ts';
import { SettingStore } from './setting-store.ts';
import { type EngineSettingsKeeper, studioProcedures } from './studio-procedures.ts';
import { unwritable } from './unwritable.ts';

export type { FolderHost } from './data-folders.ts';

export interface AppOptions {
  /** Where everything that a person makes is kept; created if missing. */
  readonly dataDir: string;
  readonly resourcesDir: string;
  readonly engine: Engine;
  /** For a host that cannot fork Node.js (a packaged Electron): its own way to start `sql-process`. */
  readonly startSqlProcess?: () => SqlProcess;
  /** Whether jobs left queued by an earlier process begin here. False for a process that ends with its one command. */
  readonly takesUpWork?: boolean;
  /** What the engine is started with, if the host lets a person set it. */
  readonly engineSettings?: EngineSettingsKeeper;
  /** A backup to restore the data folder from, before anything is opened. */
  readonly restoreFrom?: string;
  /** How the host switches to another data folder while it runs. */
  readonly folders?: FolderHost | undefined;
  /** Opens an address for other programs, whose requests are answered like the command line's. */
  readonly openEndpoint?: (options: {
    router: App['router'];
    port: number;
    key: string;
    /** Keeps the beginning of a request for the settings; what it returns takes what became of it. */
    note: EndpointRequests['begin'];
  }) => Promise<OpenEndpoint>;
  /** Opens that address as long as this runs, even where the settings have it off. */
  readonly endpointOn?: boolean;
  /** The system's own dialog for a folder or file, if the host has a window. Undefined when the person closes it. */
  readonly choosePath?: (what: 'folder' | 'file') => Promise<string | undefined>;
}

export interface App {
  readonly router: Router<typeof contract, CallerContext>;
  /** Ends all work, which can resume at the next start, and releases the data folder. */
  close(): Promise<void>;
}

/** Creates the data folder, or a folder in it, and returns its path. Throws DATA_FOLDER_UNUSABLE, DISK_FULL. */
export function makeDataFolder(dataDir: string, ...name: string[]): string {
  const path = join(dataDir, ...name);
  makeFolder(path, 'home');
  return path;
}

/** Most questions are settled by a hundred rows. */
const rowsMeasured = 100;

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
 * DATABASE_TOO_NEW, DATABASE_FOREIGN, DATABASE_DAMAGED, DATABASE_FORBIDDEN, DISK_FULL.
 */
export async function createApp(options: AppOptions): Promise<App> {
  try {
    return await openApp(options);
  } catch (error) {
    // Damage that only shows when the first rows are read.
    throw asDatabaseFault(join(options.dataDir, 'studio.sqlite'), orDiskOrDatabaseFull(error, options.dataDir));
  }
}

async function openApp({ dataDir, resourcesDir, ...host }: AppOptions): Promise<App> {
  const folder = (...name: string[]) => makeDataFolder(dataDir, ...name);
  // Of the usual files the one with the longest name.
  requireForDatabase(join(dataDir, 'datasets', newId(), 'rows.sqlite'), { option: 'home', path: dataDir });
  folder();
  if (host.restoreFrom !== undefined) await restoreDataFolder({ from: host.restoreFrom, dataDir });
  await expectRestored(dataDir);
  const [datasetsFolder, adaptersFolder, runsFolder] = [folder('datasets'), folder('adapters'), folder('runs')];
  const [modelsFolder, labFolder] = [folder('base-models'), folder('lab')];
  const samplesFolder = join(resourcesDir, 'samples');
  const locksFolder = folder('locks');
  const reserve = new DiskReserve(dataDir);
  reserve.giveWhereFull();
  // A host that carries on with another folder must not hold one that could not be opened.
  await using opened = new AsyncDisposableStack();
  const lock = opened.adopt(new ProcessLock(locksFolder), (held) => held.release());
  const databaseFile = join(dataDir, 'studio.sqlite');
  const database = opened.adopt(openDatabase(databaseFile), (open) => void open.close());
  const requireFolder = requiringFile(databaseFile, { folder: dataDir });

  const choices = new SettingStore(database);
  const jobs = new JobStore(database, lock);
  const datasets = opened.adopt(new DatasetStore(database, lock, datasetsFolder), (open) => open.close());
  const baseModels = new BaseModelStore(database);
  const adapters = new AdapterStore(database);
  const faults = new FilesAtFault({ baseModels, adapters });
  const engine = faults.engine(host.engine);
  const runs = new RunStore(database, jobs, dataDir);
  const [speeds, settings] = [new TrainingSpeedStore(database), new TrainingSettingsStore(database)];
  const conversations = new ConversationStore(database, lock);
  const messages = new MessageStore(database);
  const unfinished = new UnfinishedAnswers(database, lock);
  const answers = new RunningAnswers(conversations);
  const evaluations = new EvaluationStore(database, jobs);
  const lab = new LabStore(database, jobs);
  const ofProcess = (name: string) => new ProcessFolder(join(dataDir, name), lock);
  const ownFolders = {
    uploads: ofProcess('uploads'),
    downloads: ofProcess('downloads'),
    unpacked: ofProcess('unpacked'),
  };
  const [uploads, downloads] = [new Uploads(ownFolders.uploads), new Downloads(ownFolders.downloads)];
  const datasetChanges = new DatasetChanges(datasets, Date.now);
  const importing = new Set<object>();
  const calls = new OngoingCalls();
  const [rowPages, rowWork] = [new RowsThread(), new RowsThread()];

  // The folder was moved, or restored from a backup: stored paths are changed to where it is now.
  const home = choices.read('home');
  // A database just created knows nothing of the files beside it, which therefore are not leftovers, now or later.
  if (home === undefined) choices.write('madeAt', `${Date.now()}`);
  const since = Number(choices.read('madeAt') ?? 0);
  // In a folder that is only linked here, perhaps by somebody else, another studio may keep what this database does not know.
  const sinceIn = (path: string) => (lstatSync(path).isSymbolicLink() ? Infinity : since);
  if (home !== undefined && home !== dataDir) {
    adapters.relocate(home, dataDir);
    baseModels.relocate(home, dataDir);
  }
  choices.write('home', dataDir);

  /** Returns the kinds of things that processes which were killed have left and that were taken care of. */
  const tendLeft = (): ChangeEvent['noun'][] => {
    const hasInterrupted = jobs.tendOrphans(Date.now());
    if (hasInterrupted) runs.endComplete();
    return [
      ...(hasInterrupted ? (['run', 'evaluation', 'lab', 'status'] as const) : []),
      ...(unfinished.keepAll(messages) > 0 ? (['conversation'] as const) : []),
    ];
  };
  tendLeft();
  const cutOff = new CutOffImports(choices);
  cutOff.note(datasets.listCutOff());
  await clearDatasets(datasets, datasetsFolder);
  if (home !== undefined) for (const own of Object.values(ownFolders)) await own.clear();
  if (home !== undefined && lock.isAlone()) {
    await mendAttachments({ store: datasets, datasetsFolder });
    await clearAdapters(adapters, adaptersFolder, sinceIn(adaptersFolder));
    await clearRuns(runs, runsFolder, sinceIn(runsFolder));
    await clearLab(lab, labFolder, sinceIn(labFolder));
    await purgeBaseModels(baseModels, modelsFolder, sinceIn(modelsFolder));
    await clearCutOffCopies(dataDir);
    conversations.removeDeleted(Date.now());
    evaluations.removeDeleted(Date.now());
  }
  // This starts the engine: pages are served meanwhile, and what they ask waits.
  const starter = registerStarterModel({
    ...{ store: baseModels, engine, folder: join(resourcesDir, 'starter-model'), now: Date.now() },
  }).catch((error) => console.error('The starter model cannot be used.', error));
  // It writes to the database.
  opened.defer(() => starter);

  const changes = new EventPublisher<{ change: ChangeEvent }>();
  const news = opened.adopt(
    new ChangeNews(join(dataDir, 'news'), lock, (noun) => changes.publish('change', { noun })),
    (told) => told.close(),
  );
  const changed = (noun: ChangeEvent['noun']) => () => news.tell(noun);
  const looking = new AbortController();
  const refreshed = datasets.refreshAll(looking.signal).then((hasChanged) => hasChanged && changed('dataset')());
  // It writes to the database.
  opened.defer(() => {
    looking.abort();
    return refreshed.then(() => {});
  });
  const jobChanged = (noun: ChangeEvent['noun']) => () => {
    changed(noun)();
    changed('status')();
  };
  const known = async (error: unknown, read?: () => string | null | undefined) => {
    const full = orNotWritable(orDiskOrDatabaseFull(error, dataDir), dataDir);
    // First, because the names of datasets are in it.
    const damage = tellsDamage(full) ? await damageIn({ what: 'database', file: databaseFile }) : undefined;
    const told = damage ?? full;
    if (told instanceof StudioError && (told.code === 'DISK_FULL' || told.code === 'DISK_SHORT')) afterUndo.hurry();
    return datasets.namingRowsFault(told, read);
  };
  /** The rows that a job reads are those of its dataset. */
  const supervising = (noun: ChangeEvent['noun'], of: { get(id: string): { datasetId: string | null } }) => ({
    ...{ store: jobs, changed: jobChanged(noun), mayGoOn: requireFolder },
    known: (error: unknown, id?: string) => known(error, () => (id === undefined ? undefined : of.get(id).datasetId)),
  });
  const training = new Supervisor<RunEvent>({
    ...supervising('run', runs),
    tellsHowFar: ({ kind }) => kind === 'step',
  });
  const isProgress = ({ kind }: EvaluationEvent | LabEvent) => kind === 'progress';
  const measuring = new Supervisor<EvaluationEvent>({
    ...supervising('evaluation', evaluations),
    tellsHowFar: isProgress,
  });
  const experimenting = new Supervisor<LabEvent>({ ...supervising('lab', lab), tellsHowFar: isProgress });
  const sql = new SqlRunner(host.startSqlProcess ?? forkSqlProcess);
  const modelTexts = new ModelTexts(engine, (base, read) => faults.reading(base, read));
  const modelLibrary = new ModelLibrary(choices, { environment: process.env, store: baseModels });
  const hashBase = (base: BaseModel, signal?: AbortSignal) =>
    faults.reading(base, async () => hashModel(base.path, (await readModelFolder(base.path)).hashed, { signal }));
  const requireUnchanged = requiringUnchanged(hashBase);
  const unchangedFiles = new UnchangedFiles(hashBase, choices);
  const importModel = async (source: ModelSource, signal: AbortSignal | undefined) => {
    const model = await importBaseModel(source, { store: baseModels, engine, modelsFolder, now: Date.now(), signal });
    await unchangedFiles.note(model);
    return model;
  };
  const modelDownloads = new ModelDownloads({
    ...{
      folder: join(dataDir, 'model-downloads'),
      environment: process.env,
      process: lock,
      changed: changed('base-model'),
    },
    modelFolder: () => modelLibrary.path,
    bringIn: ({ id, name }, path, { take, signal }) => {
      return importModel({ path, title: name, catalogueId: id, take }, signal);
    },
  });
  if (home !== undefined && lock.isAlone()) await modelDownloads.clearDone();
  const catalogue = new Catalogue(resourcesDir, {
    ...{ store: baseModels, downloads: modelDownloads, endpoint: hubEndpoint(process.env) },
    findOnHub: (name, signal) =>
      findOnHub(name, {
        engine,
        environment: process.env,
        folder: join(modelsFolder, `.${baseModels.newId()}.partial`),
        signal,
      }),
  });

  const evaluating = {
    ...{ store: evaluations, supervisor: measuring, datasets, baseModels, adapters, modelTexts, engine, sql },
    trainedOn: ({ runId }: Adapter) => (runId === null ? undefined : runs.trainedOn(runId)),
    ...{ datasetsFolder, requireUnchanged, version: packageJson.version },
  };
  /** Evaluates the adapters of runs that have ended, beside their base, on the test rows of their dataset. */
  async function measure([first, ...others]: readonly Run[]): Promise<void> {
    if (first === undefined) return;
    const { datasetId, baseModelId } = first;
    const input = {
      datasetId,
      baseModelId,
      adapterIds: [first, ...others].map(({ adapterId }) => adapterId ?? ''),
      split: 'test' as const,
      limit: rowsMeasured,
    };
    const settle = () => runs.setEvaluated([first, ...others].map(({ id }) => id));
    try {
      await startEvaluation(input, evaluating, settle);
    } catch (error) {
      // On a full disk, it is begun at the next start.
      if (!(error instanceof StudioError)) throw error;
      // Without test rows, or without the dataset, there is nothing to measure on.
      settle();
    }
  }
  const unevaluated = home !== undefined && lock.isAlone() ? listUnevaluated(runs) : [];
  const experiment = {
    ...{ store: lab, supervisor: experimenting, datasets, baseModels, adapters, modelTexts, engine, sql },
    ...{ datasetsFolder, labFolder, requireUnchanged, version: packageJson.version, now: Date.now },
    // The status line counts them, but polls only every two seconds.
    partKept: changed('status'),
  };
  const running = {
    ...{ runs, adapters, datasets, baseModels, engine, modelTexts, hashBase, runsFolder, adaptersFolder, speeds, sql },
    ...{ supervisor: training, pausing: new Set<string>(), now: Date.now, adapterAdded: changed('adapter') },
    ...{ datasetsFolder, dataFolder: dataDir, version: packageJson.version },
    evaluateAfter: (finished: readonly Run[]) => void calls.during(measure(finished)).catch(console.error),
  };
  const { openEndpoint } = host;
  const requests = new EndpointRequests({ now: Date.now, changed: changed('endpoint') });
  const endpoint = new EndpointSwitch(
    choices,
    openEndpoint === undefined ? undefined : (options) => openEndpoint({ router, note: requests.begin.bind(requests), ...options }),
  );

  const folders = new KnownFolders(dataDir, host.folders);
  const jobsUnderWay = () => currentJobs({ training, measuring, experimenting, runs, evaluations, datasets, lab });
  const isBusy = () => jobsUnderWay().length > 0;
  const afterUndo = new AfterUndo(async (deletedBefore) => {
    await freeDatasets({ store: datasets, datasetsFolder, threads: [rowPages, rowWork] }, deletedBefore);
    await freeRuns(runs, runsFolder, deletedBefore);
    evaluations.removeDeleted(deletedBefore);
    const isChatFree = conversations.removeDeleted(deletedBefore);
    const isLabFree = await freeLab(lab, labFolder, { since: sinceIn(labFolder), deletedBefore });
    // An evaluation, here or in another process, may read a deleted adapter or model to its end.
    if (measuring.current !== undefined || experimenting.current !== undefined) return false;
    if (jobs.isUnderWayElsewhere(['evaluation', 'lab'])) return false;
    await freeAdapters(adapters, adaptersFolder, deletedBefore);
    await freeBaseModels(baseModels, modelsFolder, deletedBefore);
    reserve.keep();
    return isLabFree && isChatFree;
  });
  const os = implement(contract)
    .$context<CallerContext>()
    .use(counting(calls))
    .use(freeing(afterUndo, reserve))
    .use(waitingFor(starter))
    .use(tellingErrors(known, calls))
    .use(requiring(requireFolder));
  const router: App['router'] = os.router({
    studio: studioProcedures({
      canChoosePath: host.choosePath !== undefined,
      jobs: jobsUnderWay,
      ...{ version: packageJson.version, dataFolder: dataDir, engine, changes, engineSettings: host.engineSettings },
      counts: () => ({ datasets: datasets.count(), running: runs.countActive(), adapters: adapters.count() }),
      facts: () => ({
        ...{ datasets: datasets.list(), baseModels: baseModels.list(), adapters: adapters.list(), runs: runs.list() },
        ...{ migrations: Number(database.pragma('user_version', { simple: true })), endpointOn: endpoint.state.on },
      }),
    }),
    dataFolders: dataFolderProcedures({
      ...{ dataDir, version: packageJson.version, folders, isAlone: () => lock.isAlone() },
      isBusy: () => isBusy() || importing.size > 0,
    }),
    endpoint: endpointProcedures(endpoint, requests, changed('status')),
    files: fileProcedures(uploads),
    datasets: datasetProcedures({
      ...{ store: datasets, dataDir, datasetsFolder, samplesFolder, uploads, sql, changed: changed('dataset') },
      ...{ changes: datasetChanges, downloads, pages: rowPages, thread: rowWork, importing },
      cutOff: () => cutOff.list(),
      sources: new FileSources(uploads, samplesFolder, ownFolders.unpacked),
      userOf: (id) => {
        const run = runs.userOfDataset(id);
        if (run !== undefined) return because('USED_BY_RUN', { name: run });
        if (evaluations.isDatasetInUse(id)) return because('USED_BY_EVALUATION');
        return lab.isDatasetInUse(id) ? because('USED_BY_EXPERIMENT') : undefined;
      },
    }),
    versions: versionProcedures({ store: datasets, changes: datasetChanges, changed: changed('dataset') }),
    findings: findingProcedures({
      ...{
        store: datasets,
        changes: datasetChanges,
        datasetsFolder,
        sql,
        thread: rowWork,
        changed: changed('dataset'),
      },
    }),
    baseModels: baseModelProcedures({
      ...{
        store: baseModels,
        engine,
        modelsFolder,
        importModel,
        uploads,
        choosePath: host.choosePath,
        changed: changed('base-model'),
      },
      catalogue,
      downloads: modelDownloads,
      library: modelLibrary,
    }),
    adapters: adapterProcedures({
      ...{
        store: adapters,
        engine,
        baseModels,
        hashBase,
        requireUnchanged,
        adaptersFolder,
        dataDir,
        uploads,
        changed: changed('adapter'),
      },
      textOf: (base, task) => modelTexts.of(base, task),
      newAt: async (placeId, name) => freePath(await folders.pathOf(placeId, 'place'), name),
    }),
    runs: runProcedures({ ...running, settings, isBusy, changed: changed('run') }),
    chat: chatProcedures({
      ...{
        store: conversations,
        messages,
        unfinished,
        baseModels,
        adapters,
        datasets,
        modelTexts,
        unchangedFiles,
        engine,
        answers,
      },
      changed: changed('conversation'),
    }),
    lab: labProcedures({ ...experiment, isBusy, changed: changed('lab') }),
    evaluations: evaluationProcedures({
      ...evaluating,
      votes: new BlindVoteStore(database),
      changed: changed('evaluation'),
    }),
  });

  const takeUpWork = () => {
    if (!host.takesUpWork) return;
    takeUpRuns(running);
    takeUpEvaluations(evaluating);
    takeUpLab(experiment);
  };
  let isReady = false;
  // A process that is killed announces nothing.
  const tend = () => {
    try {
      for (const noun of tendLeft()) news.tell(noun);
      if (isReady) takeUpWork();
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
    if (host.takesUpWork) for (const finished of unevaluated) running.evaluateAfter(finished);
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
        await Promise.all([training.close(), measuring.close(), experimenting.close(), modelDownloads.close()]);
        sql.close();
        await afterUndo.close(() => lock.isAlone());
        await Promise.all([rowPages.close(), rowWork.close()]);
        await calls.settle();
        for (const own of Object.values(ownFolders)) await own.close();
      } finally {
        await held.disposeAsync();
      }
      reserve.keep();
    },
  };
}
