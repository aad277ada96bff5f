import packageJson from '../../package.json' with { type: 'json' };
import type { Adapter } from '../../src-contract/adapter.ts';
import type { AnsweredTableEvent } from '../../src-contract/answered-table.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { EvaluationEvent } from '../../src-contract/evaluation.ts';
import type { LabEvent } from '../../src-contract/lab.ts';
import type { Run, RunEvent } from '../../src-contract/run.ts';
import type { ChangeEvent, StudioJob } from '../../src-contract/studio.ts';
import { AdapterForms } from '../adapters/adapter-forms.ts';
import { type AnsweringParts, takeUpTables } from '../answered-tables/answer-table.ts';
import type { SqlRunner } from '../datasets/databases/attached-database.ts';
import { KnownSchemas } from '../datasets/known-schemas.ts';
import { TargetForms } from '../datasets/target-forms.ts';
import type { Engine } from '../engine/engine.ts';
import { type EvaluatingParts, startEvaluation, takeUpEvaluations } from '../evaluations/start-evaluation.ts';
import { Supervisor } from '../jobs/supervisor.ts';
import { type LabParts, takeUpLab } from '../lab/start-lab.ts';
import { type RunningParts, takeUpRuns } from '../runs/start-run.ts';
import type { Bases } from './bases.ts';
import { currentJobs } from './current-jobs.ts';
import type { knownFaults } from './known-faults.ts';
import type { OngoingCalls } from './ongoing-calls.ts';
import type { OpenDataFolder } from './open-data-folder.ts';

/** Most questions are settled by a hundred rows. */
const rowsMeasured = 100;

/** It reads no rows of a dataset. */
const withoutDataset = { get: () => ({ datasetId: null }) };

/** What the work and the procedures are made of. */
export interface StudioParts {
  readonly folder: OpenDataFolder;
  readonly bases: Bases;
  readonly engine: Engine;
  readonly sql: SqlRunner;
  readonly calls: OngoingCalls;
  readonly known: ReturnType<typeof knownFaults>;
  /** Tells that something of this kind has changed. */
  readonly tell: (noun: ChangeEvent['noun']) => void;
}

/** The studio's detached work: training, evaluations and the lab, with what each of them needs. */
export class StudioWork {
  readonly running: RunningParts;
  readonly evaluating: EvaluatingParts;
  readonly answering: AnsweringParts;
  readonly experimenting: LabParts;
  readonly #folder: OpenDataFolder;

  constructor({ folder, bases, engine, sql, calls, known, tell }: StudioParts) {
    const { runs, evaluations, answeredTables, lab, datasets, baseModels, adapters, speeds, jobs } = folder.stores;
    const { datasetsFolder, runsFolder, adaptersFolder, labFolder } = folder.folders;
    const { modelTexts, hashBase, requireUnchanged } = bases;
    const { version } = packageJson;
    /** The rows that a job reads are those of its dataset. */
    const supervising = (noun: ChangeEvent['noun'], of: { get(id: string): { datasetId: string | null } }) => ({
      ...{ store: jobs, mayGoOn: folder.requireFolder },
      changed: () => {
        tell(noun);
        tell('status');
      },
      known: (error: unknown, id?: string) => known(error, () => (id === undefined ? undefined : of.get(id).datasetId)),
    });
    const isProgress = ({ kind }: EvaluationEvent | LabEvent) => kind === 'progress';
    const shared = { datasets, baseModels, adapters, modelTexts, engine, sql, datasetsFolder, version };
    const targetForms = new TargetForms(datasets);
    const adapterForms = new AdapterForms((datasetId) => targetForms.of(datasetId));
    this.#folder = folder;
    this.running = {
      targetForms,
      ...{ ...shared, runs, hashBase, speeds, runsFolder, adaptersFolder, dataFolder: folder.dataDir, now: Date.now },
      supervisor: new Supervisor<RunEvent>({
        ...supervising('run', runs),
        tellsHowFar: ({ kind }) => kind === 'step',
      }),
      pausing: new Set<string>(),
      adapterAdded: () => tell('adapter'),
      turnBegun: () => tell('run'),
      evaluateAfter: (finished: readonly Run[]) => void calls.during(this.#evaluate(finished)).catch(console.error),
    };
    this.evaluating = {
      ...{ ...shared, store: evaluations, requireUnchanged },
      supervisor: new Supervisor<EvaluationEvent>({
        ...supervising('evaluation', evaluations),
        tellsHowFar: isProgress,
      }),
      targetForms,
      trainedOn: ({ runId }: Adapter) => (runId === null ? undefined : runs.trainedOn(runId)),
    };
    this.answering = {
      ...{ ...shared, store: answeredTables, requireUnchanged, adapterForms },
      knownSchemas: new KnownSchemas(datasets),
      supervisor: new Supervisor<AnsweredTableEvent>(supervising('answered-table', withoutDataset)),
    };
    this.experimenting = {
      ...{ ...shared, store: lab, labFolder, requireUnchanged, now: Date.now },
      supervisor: new Supervisor<LabEvent>({ ...supervising('lab', lab), tellsHowFar: isProgress }),
      // The status line counts them, but polls only every two seconds.
      partKept: () => tell('status'),
    };
  }

  get current(): readonly StudioJob[] {
    return currentJobs({
      ...{ training: this.running.supervisor, measuring: this.evaluating.supervisor },
      ...{ answering: this.answering.supervisor, experimenting: this.experimenting.supervisor },
      ...this.#folder.stores,
    });
  }

  get isBusy(): boolean {
    return this.current.length > 0;
  }

  /** Whether files of adapters and base models are read by other work than a training, which keeps what it needs. */
  get isReading(): boolean {
    return [this.evaluating, this.answering, this.experimenting].some(
      ({ supervisor }) => supervisor.current !== undefined,
    );
  }

  /** Begins what processes that have ended left queued. */
  takeUp(): void {
    takeUpRuns(this.running);
    takeUpEvaluations(this.evaluating);
    takeUpTables(this.answering);
    takeUpLab(this.experimenting);
  }

  async close(): Promise<void> {
    const all = [this.running, this.evaluating, this.answering, this.experimenting];
    await Promise.all(all.map(({ supervisor }) => supervisor.close()));
  }

  /** Evaluates the adapters of runs that have ended, beside their base, on the test rows of their dataset. */
  async #evaluate(finished: readonly Run[]): Promise<void> {
    const [first] = finished;
    if (first === undefined) return;
    const { datasetId, baseModelId } = first;
    const adapterIds = finished.map(({ adapterId }) => adapterId ?? '');
    const input = { datasetId, baseModelId, adapterIds, split: 'test' as const, limit: rowsMeasured };
    const settle = () => this.#folder.stores.runs.setEvaluated(finished.map(({ id }) => id));
    try {
      await startEvaluation(input, this.evaluating, settle);
    } catch (error) {
      // On a full disk, it is begun at the next start.
      if (!(error instanceof StudioError)) throw error;
      // Without test rows, or without the dataset, there is nothing to measure on.
      settle();
    }
  }
}
