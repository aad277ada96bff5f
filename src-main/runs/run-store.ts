import { StudioError } from '../../src-contract/errors.ts';
import {
  earlierOptions,
  type ListedRun,
  type Machine,
  type Run,
  type RunResult,
  type TrainOptions,
} from '../../src-contract/run.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';
import { type FailureColumns, failureOf, type JobState, type JobStore } from '../jobs/job-store.ts';

/** Everything a run's result depends on, besides the code. */
export interface RunPlan {
  readonly name: string;
  readonly datasetId: string;
  readonly datasetName: string | null;
  readonly datasetSha256: string;
  readonly datasetVersion: number;
  readonly task: TaskId;
  readonly baseModelId: string;
  readonly baseSha256: string;
  readonly chatTemplate: string | null;
  readonly options: TrainOptions;
  /** The run that this one repeats. */
  readonly repeats: string | null;
  readonly evaluateAfter: boolean;
}

/** The sums of a run up to a checkpoint. */
export interface RunTotals {
  readonly tokens: number;
  readonly targetTokens: number;
  readonly seconds: number;
  /** The last step included in them; absent in those of earlier versions. */
  readonly step?: number;
}

/** The rows of runs. State, failure and times are in the run's job, under the same id. */
export class RunStore {
  readonly #database: StudioDatabase;
  readonly #jobs: JobStore;
  readonly #dataFolder: string;

  constructor(database: StudioDatabase, jobs: JobStore, dataFolder: string) {
    this.#database = database;
    this.#jobs = jobs;
    this.#dataFolder = dataFolder;
  }

  /** Newest first; like `get`, without the losses of each step, which `curves` sums up. */
  list(): Run[] {
    const rows = this.#database
      .prepare(`${selectWith('NULL')} WHERE deleted_at IS NULL ORDER BY job.created_at DESC, run.id DESC`)
      .all() as Row[];
    return rows.map(fromRow);
  }

  /** Like `list`, in brief: nothing else is read or parsed of options and results. */
  listed(): ListedRun[] {
    const rows = this.#database
      .prepare(
        `SELECT run.id, name, job.state, task, dataset_id, dataset_name, dataset_sha256, base_model_id, ${keptAdapter}, step,
           total_steps, last_loss, job.error_code, job.error_message, job.error_hint, job.error_data, job.created_at,
           job.started_at, job.finished_at, paused, active_since, seconds_before, group_id, group_size, ${queuePlace},
           ${awaitsTurn},
           json_object('epochs', options -> '$.epochs') AS options,
           iif(result IS NULL, NULL, json_object(
             'seconds', result -> '$.seconds', 'firstLoss', result -> '$.firstLoss', 'lastLoss', result -> '$.lastLoss',
             'baseValidationLoss', result -> '$.baseValidationLoss',
             'bestValidationLoss', result -> '$.bestValidationLoss',
             'baseSha256Before', result -> '$.baseSha256Before', 'baseSha256After', result -> '$.baseSha256After'
           )) AS result
         FROM run JOIN job ON job.id = run.id
         WHERE deleted_at IS NULL ORDER BY job.created_at DESC, run.id DESC`,
      )
      .all() as ListedRow[];
    return rows.map((row) => ({
      ...briefOf(row),
      // Sound: made of what `insert` and `finish` have stored.
      options: JSON.parse(row.options) as ListedRun['options'],
      result: row.result === null ? null : (JSON.parse(row.result) as ListedRun['result']),
    }));
  }

  /** How many are queued or running. */
  countActive(): number {
    return this.#database
      .prepare(
        `SELECT count(*) FROM job JOIN run ON run.id = job.id WHERE job.state IN ('queued', 'running') AND deleted_at IS NULL`,
      )
      .pluck()
      .get() as number;
  }

  /** The course of the training loss of each run in at most `points` numbers; none for a run without a step. */
  curves(ids: readonly string[], points: number): Record<string, number[]> {
    const losses = this.#database.prepare('SELECT losses FROM run WHERE id = ?').pluck();
    return Object.fromEntries(
      ids.map((id) => {
        const kept = losses.get(id) as string | null | undefined;
        return [id, kept == null ? this.#curveOfEvents(id, points) : means(JSON.parse(kept) as number[], points)];
      }),
    );
  }

  /** Of a run without a result, the losses are in its events: thousands, of which some are looked at. */
  #curveOfEvents(id: string, points: number): number[] {
    const last = this.#database.prepare('SELECT max(sequence) FROM job_event WHERE job_id = ?').pluck().get(id);
    const apart = Math.max(1, Math.ceil(((last as number | null) ?? 0) / points));
    const step = this.#database
      .prepare(
        `SELECT event ->> '$.loss' FROM job_event
         WHERE job_id = ? AND sequence > ? AND sequence <= ? AND event ->> '$.kind' = 'step' ORDER BY sequence LIMIT 1`,
      )
      .pluck();
    const found = Array.from({ length: points }, (_, place) => step.get(id, place * apart, (place + 1) * apart));
    return found.filter((loss) => typeof loss === 'number');
  }

  /** What a run trained on, even if it was deleted a moment ago. */
  trainedOn(id: string): Pick<Run, 'datasetId' | 'datasetVersion'> | undefined {
    return this.#database
      .prepare<[string], Pick<Run, 'datasetId' | 'datasetVersion'>>(
        'SELECT dataset_id AS datasetId, dataset_version AS datasetVersion FROM run WHERE id = ?',
      )
      .get(id);
  }

  /** By id, else the newest of that name. Throws RUN_NOT_FOUND. */
  get(idOrName: string): Run {
    const row = this.#database
      .prepare(
        `${select} WHERE (run.id = :key OR name = :key) AND deleted_at IS NULL ORDER BY run.id = :key DESC, run.id DESC LIMIT 1`,
      )
      .get({ key: idOrName }) as Row | undefined;
    if (row === undefined) throw new StudioError('RUN_NOT_FOUND', { run: idOrName });
    return fromRow(row);
  }

  /** Enqueues new runs; several train together. Throws DATA_FOLDER_BUSY when another process is training. */
  insert(plans: readonly RunPlan[], now: number): Run[] {
    // Ids sort by age, also among runs that begin together.
    const ids = plans.map((_, place) => newId(now + place));
    const group = plans.length > 1 ? { groupId: ids[0], groupSize: plans.length } : { groupId: null, groupSize: null };
    const insert = this.#database.prepare(
      `INSERT INTO run (id, name, dataset_id, dataset_name, dataset_sha256, dataset_version, task, base_model_id, base_sha256,
         chat_template, options, repeats, evaluate_after, group_id, group_size)
       VALUES (:id, :name, :datasetId, :datasetName, :datasetSha256, :datasetVersion, :task, :baseModelId, :baseSha256,
         :chatTemplate, :options, :repeats, :evaluateAfter, :groupId, :groupSize)`,
    );
    this.#jobs.transaction(() => {
      this.#enqueue(ids, now);
      for (const [place, plan] of plans.entries()) {
        const stored = { options: JSON.stringify(plan.options), evaluateAfter: plan.evaluateAfter ? 1 : 0 };
        insert.run({ ...plan, ...stored, ...group, id: ids[place] });
      }
    });
    return ids.map((id) => this.get(id));
  }

  /** Enqueues ended runs again, together. Throws DATA_FOLDER_BUSY. */
  enqueueAgain(ids: readonly string[], now: number): void {
    this.#jobs.transaction(() => {
      this.#openAgain(ids);
      this.#enqueue(ids, now);
    });
  }

  /** Enqueues stopped runs with work left to do, even while another process trains. */
  enqueueStopped(ids: readonly string[], now: number): void {
    this.#jobs.transaction(() => {
      this.#openAgain(ids);
      for (const id of ids) this.#jobs.enqueue({ id, kind: 'run', now });
    });
  }

  #openAgain(ids: readonly string[]): void {
    // When an interrupted run ended is unknown: the seconds it trained count instead.
    const rest = this.#database.prepare(
      `UPDATE run SET paused = 0, active_since = NULL, seconds_before = coalesce(
           (SELECT seconds_before + (finished_at - active_since) / 1000.0 FROM job WHERE job.id = run.id AND state = 'stopped'),
           max(seconds_before, json_extract(totals, '$.seconds')), seconds_before)
         WHERE id = ?`,
    );
    for (const id of ids) rest.run(id);
  }

  /** The runs that train together with this one, itself included, in order. */
  groupOf({ id, group }: Run): Run[] {
    if (group === null) return [this.get(id)];
    const rows = this.#database
      .prepare(`${select} WHERE group_id = ? AND deleted_at IS NULL ORDER BY run.id`)
      .all(group.id) as Row[];
    return rows.map(fromRow);
  }

  #enqueue([first, ...others]: readonly string[], now: number): void {
    if (first === undefined) return;
    this.#jobs.enqueue({ id: first, kind: 'run', now, aloneIn: this.#dataFolder });
    for (const id of others) this.#jobs.enqueue({ id, kind: 'run', now, beside: first });
  }

  /** Moves a queued run to a position in the queue, from 1. Throws RUN_NOT_WAITING. */
  move(id: string, to: number): void {
    if (!this.#jobs.move(id, to)) throw new StudioError('RUN_NOT_WAITING', { run: this.get(id).name });
  }

  plan(id: string): RunPlan {
    const row = this.#database.prepare('SELECT chat_template, evaluate_after FROM run WHERE id = ?').get(id) as Pick<
      Row,
      'chat_template' | 'evaluate_after'
    >;
    const { name, task, datasetId, datasetName, datasetSha256, datasetVersion, ...run } = this.get(id);
    const { baseModelId, baseSha256, options, repeats } = run;
    return {
      ...{ name, task, datasetId, datasetName, datasetSha256, datasetVersion },
      ...{ baseModelId, baseSha256, options, repeats },
      evaluateAfter: row.evaluate_after === 1,
      chatTemplate: row.chat_template,
    };
  }

  /** Whether a queued or running run has this name. */
  isNameActive(name: string): boolean {
    return (
      this.#database
        .prepare(`SELECT 1 FROM run JOIN job ON job.id = run.id WHERE name = ? AND job.state IN ('queued', 'running')`)
        .get(name) !== undefined
    );
  }

  /** The name of a queued or running run that uses this dataset. */
  userOfDataset(datasetId: string): string | undefined {
    return this.#database
      .prepare(
        `SELECT name FROM run JOIN job ON job.id = run.id WHERE dataset_id = ? AND job.state IN ('queued', 'running')`,
      )
      .pluck()
      .get(datasetId) as string | undefined;
  }

  /** Marks a run that is ending as only paused; `enqueueAgain` clears the mark. */
  setPaused(id: string): void {
    this.#database.prepare('UPDATE run SET paused = 1 WHERE id = ?').run(id);
  }

  /** Stores the fingerprint of the adapter that a run begins from. */
  setInitial(id: string, sha256: string): void {
    this.#database.prepare('UPDATE run SET initial_sha256 = ? WHERE id = ?').run(sha256, id);
  }

  /** Turns a paused run into a stopped one. */
  setStopped(id: string): void {
    this.#database.prepare('UPDATE run SET paused = 0 WHERE id = ?').run(id);
  }

  /** Records where and when a run begins or resumes. */
  setActive(id: string, machine: Machine, now: number): void {
    this.#database
      .prepare('UPDATE run SET machine = :machine, active_since = :now WHERE id = :id')
      .run({ id, now, machine: JSON.stringify(machine) });
  }

  /** Settings and speed of the newest run on this base that produced an adapter; undefined if there is none. */
  speedOn(baseModelId: string): { options: TrainOptions; tokensPerSecond: number } | undefined {
    const row = this.#database
      .prepare(
        `SELECT options, json_extract(result, '$.tokensPerSecond') AS speed FROM run
         WHERE base_model_id = ? AND result IS NOT NULL ORDER BY id DESC LIMIT 1`,
      )
      .get(baseModelId) as { options: string; speed: number } | undefined;
    if (row === undefined || !(row.speed > 0)) return undefined;
    const options = { ...earlierOptions, ...(JSON.parse(row.options) as TrainOptions) };
    return { options, tokensPerSecond: row.speed };
  }

  updateProgress(id: string, progress: { step: number; totalSteps: number; lastLoss: number | null }): void {
    this.#database
      .prepare('UPDATE run SET step = :step, total_steps = :totalSteps, last_loss = :lastLoss WHERE id = :id')
      .run({ ...progress, id });
  }

  totals(id: string): RunTotals | null {
    const text = this.#database.prepare('SELECT totals FROM run WHERE id = ?').pluck().get(id) as string | null;
    return text === null ? null : (JSON.parse(text) as RunTotals);
  }

  updateTotals(id: string, totals: RunTotals): void {
    this.#database.prepare('UPDATE run SET totals = ? WHERE id = ?').run(JSON.stringify(totals), id);
  }

  /** Ends a run that produced an adapter. `keep` stores the adapter; both happen or neither. */
  finish(id: string, end: { result: RunResult; adapterId: string; keep: () => void }): void {
    const { losses, ...result } = end.result;
    this.#jobs.transaction(() => {
      end.keep();
      this.#database
        .prepare('UPDATE run SET result = ?, losses = ?, adapter_id = ? WHERE id = ?')
        .run(JSON.stringify(result), JSON.stringify(losses), end.adapterId, id);
    });
  }

  /** A run that was killed between its last adapter and its end has finished: what it would train again is all there. */
  endComplete(): void {
    this.#database
      .prepare(
        `UPDATE job SET state = 'finished' WHERE kind = 'run' AND state = 'interrupted' AND id IN (
           SELECT id FROM run WHERE adapter_id IS NOT NULL
             AND (json_extract(result, '$.steps') = total_steps OR json_extract(result, '$.early')))`,
      )
      .run();
  }

  /** Finished runs that have an adapter whose evaluation is wanted and was not begun. */
  listUnevaluated(): Run[] {
    const rows = this.#database
      .prepare(
        `${select} WHERE evaluate_after = 1 AND job.state = 'finished' AND adapter_id IS NOT NULL AND deleted_at IS NULL
         ORDER BY run.id`,
      )
      .all() as Row[];
    return rows.map(fromRow);
  }

  /** Notes that the evaluation of runs was begun, or cannot be. */
  setEvaluated(ids: readonly string[]): void {
    const set = this.#database.prepare('UPDATE run SET evaluate_after = 0 WHERE id = ?');
    for (const id of ids) set.run(id);
  }

  markDeleted(id: string, now: number): void {
    this.#database.prepare('UPDATE run SET deleted_at = ? WHERE id = ?').run(now, id);
  }

  /** Undoes a deletion. Throws RUN_NOT_FOUND. */
  restore(id: string): Run {
    this.#database.prepare('UPDATE run SET deleted_at = NULL WHERE id = ? AND deleted_at <> 0').run(id);
    return this.get(id);
  }

  /** Ids of those deleted up to then, whose files can go: from now on they cannot be restored. */
  giveUpDeleted(before: number): string[] {
    return this.#database
      .prepare('UPDATE run SET deleted_at = 0 WHERE deleted_at <= ? RETURNING id')
      .pluck()
      .all(before) as string[];
  }

  /** Removes what was deleted up to then. */
  removeDeleted(before: number): void {
    this.#database.prepare('DELETE FROM job WHERE id IN (SELECT id FROM run WHERE deleted_at <= ?)').run(before);
  }

  /** Those that may resume, including deleted ones that can be restored. */
  listUnfinishedIds(): string[] {
    return this.#database
      .prepare(`SELECT id FROM job WHERE kind = 'run' AND state <> 'finished'`)
      .pluck()
      .all() as string[];
  }
}

const queuePlace = `iif(job.state = 'queued', (
    SELECT count(DISTINCT waiting.place) FROM job AS waiting
    WHERE waiting.state = 'queued' AND waiting.kind = job.kind AND waiting.place <= job.place
  ), NULL) AS queue_place`;

/**
 * All of a group are running from the start. Those that have not begun wait for whoever trains; while nobody does, the
 * first of them is about to.
 */
const awaitsTurn = `(job.state = 'running' AND active_since IS NULL AND EXISTS (
    SELECT 1 FROM run AS other JOIN job AS others ON others.id = other.id
    WHERE other.group_id = run.group_id AND others.state = 'running'
      AND (other.active_since IS NOT NULL OR other.id < run.id)
  )) AS awaits_turn`;

/** None while it is deleted: whoever reads a run looks for its adapter. */
const keptAdapter = '(SELECT id FROM adapter WHERE adapter.id = adapter_id AND deleted_at IS NULL) AS adapter_id';

const selectWith = (
  losses: 'losses' | 'NULL',
) => `SELECT run.id, name, job.state, dataset_id, dataset_name, dataset_sha256, dataset_version, task, base_model_id, base_sha256,
    chat_template, ${keptAdapter}, options, step, total_steps, last_loss, result, ${losses} AS losses, job.error_code, job.error_message,
    job.error_hint, job.error_data, job.created_at, job.started_at, job.finished_at, paused, machine, repeats, evaluate_after,
    active_since, seconds_before, initial_sha256, group_id, group_size, ${queuePlace}, ${awaitsTurn}
  FROM run JOIN job ON job.id = run.id`;

const select = selectWith('losses');

interface ListedRow extends FailureColumns {
  id: string;
  name: string;
  state: JobState;
  dataset_id: string;
  dataset_name: string | null;
  dataset_sha256: string;
  task: TaskId;
  base_model_id: string;
  adapter_id: string | null;
  options: string;
  step: number;
  total_steps: number;
  last_loss: number | null;
  result: string | null;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  paused: 0 | 1;
  active_since: number | null;
  seconds_before: number;
  queue_place: number | null;
  group_id: string | null;
  group_size: number | null;
  awaits_turn: 0 | 1;
}

interface Row extends ListedRow {
  dataset_version: number;
  base_sha256: string;
  chat_template: string | null;
  losses: string | null;
  machine: string | null;
  repeats: string | null;
  evaluate_after: 0 | 1;
  initial_sha256: string | null;
}

function fromRow(row: Row): Run {
  return {
    ...briefOf(row),
    datasetVersion: row.dataset_version,
    baseSha256: row.base_sha256,
    options: { ...earlierOptions, ...(JSON.parse(row.options) as TrainOptions) },
    result: row.result === null ? null : toResult(row.result, row.losses),
    machine: row.machine === null ? null : (JSON.parse(row.machine) as Machine),
    initialSha256: row.initial_sha256,
    repeats: row.repeats,
  };
}

/** What lists of runs have as it is. */
function briefOf(row: ListedRow): Omit<ListedRun, 'options' | 'result'> {
  const { id, name, step } = row;
  return {
    ...{ id, name, step },
    state: row.state === 'stopped' && row.paused === 1 ? 'paused' : row.state,
    task: row.task,
    datasetId: row.dataset_id,
    datasetName: row.dataset_name,
    datasetSha256: row.dataset_sha256,
    baseModelId: row.base_model_id,
    adapterId: row.adapter_id,
    totalSteps: row.total_steps,
    lastLoss: row.last_loss,
    error: failureOf(row),
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    activeSince: row.active_since,
    secondsBefore: row.seconds_before,
    queuePlace: row.queue_place,
    group: row.group_id === null ? null : { id: row.group_id, size: row.group_size ?? 0 },
    awaitsTurn: row.awaits_turn === 1,
  };
}

function toResult(result: string, losses: string | null): RunResult {
  const facts = JSON.parse(result) as Omit<RunResult, 'losses'>;
  return { ...earlierResult, ...facts, losses: losses === null ? [] : (JSON.parse(losses) as number[]) };
}

/** The means of as many equal parts of the numbers, or the numbers themselves if they are fewer. */
function means(all: readonly number[], parts: number): number[] {
  const most = Math.min(parts, all.length);
  return Array.from({ length: most }, (_, place) => {
    const part = all.slice(Math.floor((place * all.length) / most), Math.floor(((place + 1) * all.length) / most));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

/** Fields that results of earlier versions lack. */
const earlierResult = { early: false, bestStep: null, startValidationLoss: null } as const;
