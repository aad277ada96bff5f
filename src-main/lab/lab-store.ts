import { StudioError } from '../../src-contract/errors.ts';
import type {
  LabCell,
  LabExperiment,
  LabFacts,
  LabKind,
  LabOptions,
  ListedExperiment,
} from '../../src-contract/lab.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';
import { type FailureColumns, failureOf, type JobState, type JobStore } from '../jobs/job-store.ts';

export interface NewExperiment {
  readonly kind: LabKind;
  readonly baseModelId: string;
  readonly datasetId: string | null;
  readonly options: LabOptions;
  readonly facts: LabFacts;
  readonly repeatOf: string | null;
  /** How many parts it has. */
  readonly total: number;
}

/** The rows of experiments and of their finished parts. State and failure are in the job with the same id. */
export class LabStore {
  readonly #database: StudioDatabase;
  readonly #jobs: JobStore;

  constructor(database: StudioDatabase, jobs: JobStore) {
    this.#database = database;
    this.#jobs = jobs;
  }

  /** Newest first. */
  list(): ListedExperiment[] {
    const rows = this.#database
      .prepare(`${select} WHERE deleted_at IS NULL ORDER BY lab_experiment.id DESC`)
      .all() as Row[];
    return rows.map(toListed);
  }

  /** Those that may resume, including deleted ones that can be restored. */
  listUnfinishedIds(): string[] {
    return this.#database
      .prepare(`SELECT id FROM job WHERE kind = 'lab' AND state <> 'finished'`)
      .pluck()
      .all() as string[];
  }

  /** When the oldest of those that may resume was created; null if there is none. */
  firstUnfinishedAt(): number | null {
    return this.#database
      .prepare(`SELECT min(created_at) FROM job WHERE kind = 'lab' AND state <> 'finished'`)
      .pluck()
      .get() as number | null;
  }

  /** The hashes of all adapters in the parts of experiments; null for a training of every weight. */
  listAdapterHashes(): (string | null)[] {
    return this.#database
      .prepare(
        `SELECT DISTINCT json_extract(cell, '$.values.adapterSha256') FROM lab_cell
         WHERE json_type(cell, '$.values.adapterSha256') IS NOT NULL`,
      )
      .pluck()
      .all() as (string | null)[];
  }

  listIds(): string[] {
    return this.#database.prepare('SELECT id FROM lab_experiment WHERE deleted_at IS NULL').pluck().all() as string[];
  }

  /** Including deleted ones that can be restored. */
  listKeptIds(): string[] {
    return this.#database.prepare('SELECT id FROM lab_experiment').pluck().all() as string[];
  }

  /** Ids of those deleted up to then, whose files can go: from now on they cannot be restored. */
  giveUpDeleted(before: number): string[] {
    return this.#database
      .prepare('UPDATE lab_experiment SET deleted_at = 0 WHERE deleted_at <= ? RETURNING id')
      .pluck()
      .all(before) as string[];
  }

  /** Without the heat maps. Throws EXPERIMENT_NOT_FOUND. */
  get(id: string): LabExperiment {
    const row = this.#database.prepare(`${select} WHERE lab_experiment.id = ? AND deleted_at IS NULL`).get(id) as
      | Row
      | undefined;
    if (row === undefined) throw new StudioError('EXPERIMENT_NOT_FOUND', { experiment: id });
    const { done: _, ...experiment } = toListed(row);
    return { ...experiment, cells: this.#cells(id) };
  }

  /** The heat maps of one layer, or of all. */
  maps(id: string, layer?: number): LabCell[] {
    const cells = this.#database
      .prepare(
        `SELECT cell, map FROM lab_cell WHERE experiment_id = :id AND map IS NOT NULL
           AND (:layer IS NULL OR json_extract(cell, '$.values.layer') = :layer) ORDER BY position`,
      )
      .all({ id, layer: layer ?? null }) as { cell: string; map: string }[];
    return cells.map(({ cell, map }) => ({ ...JSON.parse(cell), map: JSON.parse(map) }) as LabCell);
  }

  insert(experiment: NewExperiment, now: number): LabExperiment {
    const id = newId(now);
    const { kind, baseModelId, datasetId, options, facts, repeatOf, total } = experiment;
    this.#jobs.transaction(() => {
      this.#jobs.enqueue({ id, kind: 'lab', now });
      this.#database
        .prepare(
          `INSERT INTO lab_experiment (id, kind, base_model_id, dataset_id, options, facts, repeat_of, total)
           VALUES (:id, :kind, :baseModelId, :datasetId, :options, :facts, :repeatOf, :total)`,
        )
        .run({
          ...{ id, kind, baseModelId, datasetId, repeatOf, total },
          ...{ options: JSON.stringify(options), facts: JSON.stringify(facts) },
        });
    });
    return this.get(id);
  }

  /** Enqueues an ended one again; what it measured stays. */
  enqueueAgain(id: string, now: number): void {
    this.#jobs.enqueue({ id, kind: 'lab', now });
  }

  addSeconds(id: string, seconds: number): void {
    this.#database.prepare('UPDATE lab_experiment SET seconds = seconds + ? WHERE id = ?').run(seconds, id);
  }

  addCell(id: string, { map, ...cell }: LabCell): void {
    this.#database
      .prepare(
        `INSERT INTO lab_cell (experiment_id, position, key, cell, map)
         SELECT :id, coalesce(max(position), 0) + 1, :key, :cell, :map FROM lab_cell WHERE experiment_id = :id`,
      )
      .run({ id, key: cell.key, cell: JSON.stringify(cell), map: map === undefined ? null : JSON.stringify(map) });
  }

  setRepeat(id: string, { equal, compared }: { equal: number; compared: number }): void {
    this.#database
      .prepare('UPDATE lab_experiment SET repeat_equal = ?, repeat_compared = ? WHERE id = ?')
      .run(equal, compared, id);
  }

  markDeleted(id: string, now: number): void {
    this.#database.prepare('UPDATE lab_experiment SET deleted_at = ? WHERE id = ?').run(now, id);
  }

  /** Undoes a deletion. Throws EXPERIMENT_NOT_FOUND. */
  restore(id: string): LabExperiment {
    this.#database.prepare('UPDATE lab_experiment SET deleted_at = NULL WHERE id = ? AND deleted_at <> 0').run(id);
    return this.get(id);
  }

  /** Removes what was deleted up to then. */
  removeDeleted(before: number): void {
    this.#database
      .prepare('DELETE FROM job WHERE id IN (SELECT id FROM lab_experiment WHERE deleted_at <= ?)')
      .run(before);
  }

  /** True while an experiment is running or queued, here or in another process. */
  isUnderWay(): boolean {
    return (
      this.#database.prepare(`SELECT 1 FROM job WHERE kind = 'lab' AND state IN ('queued', 'running')`).get() !==
      undefined
    );
  }

  /** True when a queued or running experiment uses this dataset. */
  isDatasetInUse(datasetId: string): boolean {
    return (
      this.#database
        .prepare(
          `SELECT 1 FROM lab_experiment JOIN job ON job.id = lab_experiment.id
           WHERE dataset_id = ? AND job.state IN ('queued', 'running')`,
        )
        .get(datasetId) !== undefined
    );
  }

  #cells(id: string): LabCell[] {
    const cells = this.#database
      .prepare(`SELECT cell FROM lab_cell WHERE experiment_id = ? ORDER BY position`)
      .pluck()
      .all(id) as string[];
    return cells.map((cell) => JSON.parse(cell) as LabCell);
  }
}

const select = `SELECT lab_experiment.id, lab_experiment.kind, base_model_id, dataset_id, options, facts, total, seconds, repeat_of,
    repeat_equal, repeat_compared, job.state, job.error_code, job.error_message, job.error_hint, job.error_data, job.created_at, job.finished_at,
    -- positions are without gaps
    coalesce((SELECT max(position) FROM lab_cell WHERE experiment_id = lab_experiment.id), 0) AS done
  FROM lab_experiment JOIN job ON job.id = lab_experiment.id`;

interface Row extends FailureColumns {
  id: string;
  kind: LabKind;
  base_model_id: string;
  dataset_id: string | null;
  options: string;
  facts: string;
  total: number;
  seconds: number;
  repeat_of: string | null;
  repeat_equal: number | null;
  repeat_compared: number | null;
  state: JobState;
  created_at: number;
  finished_at: number | null;
  done: number;
}

function toListed(row: Row): ListedExperiment {
  const { id, kind, state, done, total, seconds } = row;
  return {
    ...{ id, kind, state, done, total, seconds },
    baseModelId: row.base_model_id,
    datasetId: row.dataset_id,
    options: JSON.parse(row.options) as LabOptions,
    facts: JSON.parse(row.facts) as LabFacts,
    repeat:
      row.repeat_of === null
        ? null
        : { of: row.repeat_of, equal: row.repeat_equal ?? 0, compared: row.repeat_compared ?? 0 },
    error: failureOf(row),
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
