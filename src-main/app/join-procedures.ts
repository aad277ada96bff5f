import { join } from 'node:path';
import { type EventPublisher, implement } from '@orpc/server';
import packageJson from '../../package.json' with { type: 'json' };
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { ChangeEvent } from '../../src-contract/studio.ts';
import { adapterProcedures } from '../adapters/adapter-procedures.ts';
import { answeredTableProcedures } from '../answered-tables/answered-table-procedures.ts';
import { baseModelProcedures } from '../base-models/base-model-procedures.ts';
import { chatProcedures } from '../chat/chat-procedures.ts';
import type { RunningAnswers } from '../chat/running-answers.ts';
import { dataFolderProcedures } from '../data-folder/data-folder-procedures.ts';
import { freePath, KnownFolders } from '../data-folder/data-folders.ts';
import { datasetProcedures } from '../datasets/dataset-procedures.ts';
import { findingProcedures } from '../datasets/findings/finding-procedures.ts';
import { HubDatasets, hubDownloadsFolder } from '../datasets/hub/hub-datasets.ts';
import type { RowsThread } from '../datasets/rows/rows-threads.ts';
import { Downloads } from '../datasets/transfers/downloads.ts';
import { fileProcedures } from '../datasets/transfers/file-procedures.ts';
import { FileSources } from '../datasets/transfers/file-sources.ts';
import { Uploads } from '../datasets/transfers/uploads.ts';
import { DatasetChanges } from '../datasets/versions/change-dataset.ts';
import { versionProcedures } from '../datasets/versions/version-procedures.ts';
import { evaluationProcedures } from '../evaluations/evaluation-procedures.ts';
import { labProcedures } from '../lab/lab-procedures.ts';
import { runProcedures } from '../runs/run-procedures.ts';
import type { AfterUndo } from './after-undo.ts';
import type { App, Host } from './app-options.ts';
import { CutOffImports } from './cut-off-imports.ts';
import { deletedProcedures } from './deleted-procedures.ts';
import { type EndpointSwitch, endpointProcedures } from './endpoint-procedures.ts';
import type { EndpointRequests } from './endpoint-requests.ts';
import { counting, freeing, requiring, sparing, tellingErrors, waitingFor } from './middlewares.ts';
import { studioProcedures } from './studio-procedures.ts';
import type { StudioParts, StudioWork } from './studio-work.ts';

/** Every procedure of the contract, with what it is answered from. */
export function joinProcedures(studio: {
  readonly parts: StudioParts;
  readonly work: StudioWork;
  readonly host: Host;
  readonly resourcesDir: string;
  readonly afterUndo: AfterUndo;
  readonly answers: RunningAnswers;
  readonly changes: EventPublisher<{ change: ChangeEvent }>;
  readonly endpoint: EndpointSwitch;
  readonly requests: EndpointRequests;
  readonly threads: { readonly pages: RowsThread; readonly work: RowsThread };
  /** Resolves when calls can be answered. */
  readonly ready: Promise<void>;
}): App['router'] {
  const { parts, work, host, resourcesDir, afterUndo, answers, changes, endpoint, requests, threads, ready } = studio;
  const { folder, bases, engine, sql, calls, known, tell } = parts;
  const { dataDir, stores, ownFolders, lock } = folder;
  const { datasetsFolder, adaptersFolder, modelsFolder } = folder.folders;
  const { datasets, baseModels, adapters, runs, evaluations, lab } = stores;
  const { version } = packageJson;
  const changed = (noun: ChangeEvent['noun']) => () => tell(noun);
  const isBusy = () => work.isBusy;
  const [uploads, downloads] = [new Uploads(ownFolders.uploads), new Downloads(ownFolders.downloads)];
  const samplesFolder = join(resourcesDir, 'samples');
  const hub = new HubDatasets(hubDownloadsFolder(dataDir), { process: lock });
  const sources = new FileSources(uploads, { samplesFolder, unpacked: ownFolders.unpacked, hub });
  const datasetChanges = new DatasetChanges(datasets, Date.now);
  const importing = new Set<object>();
  const folders = new KnownFolders(dataDir, host.folders);
  const os = implement(contract)
    .$context<CallerContext>()
    .use(counting(calls))
    .use(freeing(afterUndo, folder.reserve))
    .use(waitingFor(ready))
    .use(tellingErrors(known, calls))
    .use(requiring(folder.requireFolder))
    .use(sparing(folder.reserve));
  return os.router({
    studio: studioProcedures({
      ...{ version, dataFolder: dataDir, engine, changes, engineSettings: host.engineSettings },
      canChoosePath: host.choosePath !== undefined,
      jobs: () => work.current,
      counts: () => ({ datasets: datasets.count(), running: runs.countActive(), adapters: adapters.count() }),
      facts: () => ({
        ...{ datasets: datasets.list(), baseModels: baseModels.list(), adapters: adapters.list(), runs: runs.list() },
        migrations: Number(folder.database.pragma('user_version', { simple: true })),
        endpointOn: endpoint.state.on,
      }),
    }),
    deleted: deletedProcedures({ folder, tell, free: () => afterUndo.free() }),
    dataFolders: dataFolderProcedures({
      ...{ dataDir, version, folders, isAlone: () => lock.isAlone() },
      isBusy: () => isBusy() || importing.size > 0,
    }),
    endpoint: endpointProcedures(endpoint, requests, changed('status')),
    files: fileProcedures(uploads),
    datasets: datasetProcedures({
      targetForms: work.evaluating.targetForms,
      ...{ store: datasets, dataDir, datasetsFolder, samplesFolder, uploads, downloads, sql, importing },
      ...{ changes: datasetChanges, pages: threads.pages, thread: threads.work, changed: changed('dataset') },
      cutOff: () => new CutOffImports(stores.settings).list(),
      ...{ hub, sources },
      userOf: (id) => {
        const run = runs.userOfDataset(id);
        if (run !== undefined) return because('USED_BY_RUN', { name: run });
        if (evaluations.isDatasetInUse(id)) return because('USED_BY_EVALUATION');
        return lab.isDatasetInUse(id) ? because('USED_BY_EXPERIMENT') : undefined;
      },
    }),
    versions: versionProcedures({ store: datasets, changes: datasetChanges, changed: changed('dataset') }),
    findings: findingProcedures({
      ...{ store: datasets, changes: datasetChanges, datasetsFolder, sql },
      ...{ thread: threads.work, changed: changed('dataset') },
    }),
    baseModels: baseModelProcedures({
      ...{ ...bases, store: baseModels, engine, modelsFolder, uploads },
      ...{ choosePath: host.choosePath, changed: changed('base-model') },
    }),
    adapters: adapterProcedures({
      ...{ ...bases, store: adapters, engine, baseModels, adaptersFolder, dataDir, uploads },
      textOf: (base, task) => bases.modelTexts.of(base, task),
      newAt: async (placeId, name) => freePath(await folders.pathOf(placeId, 'place'), name),
      forms: work.answering.adapterForms,
      datasetWith: (sha256) => datasets.list().find((dataset) => dataset.sha256 === sha256)?.id,
      changed: changed('adapter'),
    }),
    runs: runProcedures({ ...work.running, settings: stores.trainingSettings, isBusy, changed: changed('run') }),
    chat: chatProcedures({
      ...{ ...stores, ...bases, store: stores.conversations, engine, answers, changed: changed('conversation') },
      ...{ sql, datasetsFolder },
      forms: work.answering.adapterForms,
    }),
    answeredTables: answeredTableProcedures({
      ...work.answering,
      sources,
      downloads,
      changed: changed('answered-table'),
    }),
    lab: labProcedures({ ...work.experimenting, isBusy, changed: changed('lab') }),
    evaluations: evaluationProcedures({ ...work.evaluating, votes: stores.votes, changed: changed('evaluation') }),
  });
}
