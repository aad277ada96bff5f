import { StudioError } from '../../src-contract/errors.ts';
import type {
  Comparison,
  Evaluation,
  EvaluationAnswer,
  EvaluationInput,
  EvaluationResult,
  EvaluationRow,
  Provenance,
} from '../../src-contract/evaluation.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';
import { type FailureColumns, failureOf, type JobState, type JobStore } from '../jobs/job-store.ts';

/** The rows of evaluations and of every answer in them. State and failure are in the job with the same id. */
export class EvaluationStore {
  readonly #database: StudioDatabase;
  readonly #jobs: JobStore;
  /** Of an adapter by id: a list asks for those of every result. */
  readonly #nameNow;

  constructor(database: StudioDatabase, jobs: JobStore) {
    this.#database = database;
    this.#jobs = jobs;
    this.#nameNow = database.prepare('SELECT name FROM adapter WHERE id = ?').pluck();
  }

  /** Newest first. */
  list(): Evaluation[] {
    const rows = this.#database
      .prepare(`${select} WHERE deleted_at IS NULL ORDER BY evaluation.id DESC`)
      .all() as Row[];
    return rows.map((row) => this.#read(row));
  }

  /** Throws EVALUATION_NOT_FOUND. */
  get(id: string): Evaluation {
    const row = this.#database.prepare(`${select} WHERE evaluation.id = ? AND deleted_at IS NULL`).get(id) as
      | Row
      | undefined;
    if (row === undefined) throw new StudioError('EVALUATION_NOT_FOUND', { evaluation: id });
    return this.#read(row);
  }

  /** Ids in the input are row ids, not names. */
  insert(
    input: EvaluationInput,
    { task, mainMetric, now }: { task: TaskId; mainMetric: string; now: number },
    alongside?: () => void,
  ): Evaluation {
    const id = newId(now);
    const { datasetId, baseModelId, split } = input;
    this.#jobs.transaction(() => {
      this.#jobs.enqueue({ id, kind: 'evaluation', now });
      this.#database
        .prepare(
          `INSERT INTO evaluation (id, task, dataset_id, base_model_id, adapter_ids, split, row_limit, max_tokens, language, keeps_form,
             retry_queries, main_metric)
           VALUES (:id, :task, :datasetId, :baseModelId, :adapterIds, :split, :limit, :maxTokens, :language, :keepsForm,
             :retryQueries, :mainMetric)`,
        )
        .run({
          ...{ id, task, datasetId, baseModelId, split, mainMetric, adapterIds: JSON.stringify(input.adapterIds) },
          ...{ limit: input.limit ?? null, maxTokens: input.maxTokens ?? null, language: input.language ?? null },
          retryQueries: input.retryQueries ? 1 : 0,
          keepsForm: (input.keepsForm ?? true) ? 1 : 0,
        });
      alongside?.();
    });
    return this.get(id);
  }

  /** Enqueues a stopped or interrupted one again; what it measured stays. */
  enqueueAgain(id: string, now: number): void {
    this.#jobs.enqueue({ id, kind: 'evaluation', now });
  }

  /** The input that the evaluation was started with. */
  input(id: string): EvaluationInput {
    const row = this.#database
      .prepare(
        `SELECT dataset_id, base_model_id, adapter_ids, split, row_limit, max_tokens, language, keeps_form, retry_queries
         FROM evaluation WHERE id = ?`,
      )
      .get(id) as InputRow;
    return {
      ...{ datasetId: row.dataset_id, baseModelId: row.base_model_id, split: row.split },
      adapterIds: JSON.parse(row.adapter_ids) as string[],
      ...{ limit: row.row_limit ?? undefined, maxTokens: row.max_tokens ?? undefined },
      ...(row.retry_queries === 1 && { retryQueries: true }),
      ...{ language: row.language ?? undefined, keepsForm: row.keeps_form === 1 },
    };
  }

  setProvenance(id: string, provenance: Provenance): void {
    this.#database.prepare('UPDATE evaluation SET provenance = ? WHERE id = ?').run(JSON.stringify(provenance), id);
  }

  /** Adds a result, and stores all rows with the answers of each result so far. */
  addResult(
    id: string,
    kept: {
      result: EvaluationResult;
      rows: readonly EvaluationRow[];
      comparisons: readonly Comparison[];
      answersSha256: string;
    },
  ): void {
    this.#jobs.transaction(() => {
      this.#database
        .prepare(
          `UPDATE evaluation SET results = json_insert(results, '$[#]', json(:result)), comparisons = :comparisons,
             provenance = json_set(provenance, '$.answersSha256', :answersSha256)
           WHERE id = :id`,
        )
        .run({
          ...{ id, result: JSON.stringify(kept.result), comparisons: JSON.stringify(kept.comparisons) },
          answersSha256: kept.answersSha256,
        });
      const put = this.#database.prepare(
        `INSERT INTO evaluation_row (evaluation_id, position, example_id, context, target, answers)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (evaluation_id, position) DO UPDATE SET answers = excluded.answers`,
      );
      for (const [position, { exampleId, context, target, answers }] of kept.rows.entries()) {
        put.run(id, position, exampleId, context, target, JSON.stringify(answers));
      }
    });
  }

  markDeleted(id: string, now: number): void {
    this.#database.prepare('UPDATE evaluation SET deleted_at = ? WHERE id = ?').run(now, id);
  }

  /** Undoes a deletion. Throws EVALUATION_NOT_FOUND. */
  restore(id: string): Evaluation {
    this.#database.prepare('UPDATE evaluation SET deleted_at = NULL WHERE id = ?').run(id);
    return this.get(id);
  }

  /** Removes what was deleted up to then. */
  removeDeleted(before: number): void {
    this.#database.prepare('DELETE FROM job WHERE id IN (SELECT id FROM evaluation WHERE deleted_at <= ?)').run(before);
  }

  countRows(id: string): number {
    return this.#database
      .prepare('SELECT count(*) FROM evaluation_row WHERE evaluation_id = ?')
      .pluck()
      .get(id) as number;
  }

  /** In the order of the split, read lazily. */
  *rows(page: { id: string; offset: number; limit: number }): Generator<EvaluationRow> {
    const rows = this.#database
      .prepare<[string, number, number], { example_id: string; context: string; target: string; answers: string }>(
        `SELECT example_id, context, target, answers FROM evaluation_row
         WHERE evaluation_id = ? AND position >= ? ORDER BY position LIMIT ?`,
      )
      .iterate(page.id, page.offset, page.limit);
    for (const { example_id, context, target, answers } of rows) {
      yield {
        ...{ exampleId: example_id, context, target },
        answers: (JSON.parse(answers) as StoredAnswer[]).map(toAnswer),
      };
    }
  }

  /** An adapter has the name that it has now; one that is gone for good, the name that it had then. */
  #read(row: Row): Evaluation {
    const evaluation = toEvaluation(row);
    const results = evaluation.results.map((result) => ({
      ...result,
      adapter: (this.#nameNow.get(result.adapterId) as string | undefined) ?? result.adapter,
    }));
    return { ...evaluation, results };
  }

  /** True when a queued or running evaluation uses this dataset. */
  isDatasetInUse(datasetId: string): boolean {
    return (
      this.#database
        .prepare(
          `SELECT 1 FROM evaluation JOIN job ON job.id = evaluation.id
           WHERE dataset_id = ? AND job.state IN ('queued', 'running')`,
        )
        .get(datasetId) !== undefined
    );
  }
}

const select = `SELECT evaluation.id, task, dataset_id, base_model_id, adapter_ids, split, main_metric, results, comparisons, provenance, job.state, job.error_code,
    job.error_message, job.error_hint, job.error_data, job.created_at
  FROM evaluation JOIN job ON job.id = evaluation.id`;

interface Row extends FailureColumns {
  id: string;
  task: TaskId | null;
  dataset_id: string;
  base_model_id: string;
  adapter_ids: string;
  split: Evaluation['split'];
  main_metric: string;
  results: string;
  comparisons: string;
  provenance: string | null;
  state: JobState;
  created_at: number;
}

interface InputRow {
  dataset_id: string;
  base_model_id: string;
  adapter_ids: string;
  split: Evaluation['split'];
  row_limit: number | null;
  max_tokens: number | null;
  keeps_form: 0 | 1;
  language: Exclude<EvaluationInput['language'], undefined> | null;
  retry_queries: 0 | 1;
}

function toEvaluation(row: Row): Evaluation {
  const { id, task, split } = row;
  return {
    ...{ id, task, split },
    datasetId: row.dataset_id,
    baseModelId: row.base_model_id,
    adapterIds: JSON.parse(row.adapter_ids) as string[],
    // A queued one counts as running for whoever asked for it.
    state: row.state === 'queued' ? 'running' : row.state,
    mainMetric: row.main_metric,
    results: (JSON.parse(row.results) as StoredResult[]).map((result) => ({ interval: null, ...result })),
    comparisons: JSON.parse(row.comparisons) as Comparison[],
    provenance: row.provenance === null ? null : (JSON.parse(row.provenance) as Provenance),
    error: failureOf(row),
    createdAt: row.created_at,
  };
}

/** Includes the forms stored by earlier versions. */
type StoredResult = Omit<EvaluationResult, 'interval'> & Partial<EvaluationResult>;
type StoredAnswer = Pick<EvaluationAnswer, 'text' | 'score'> & Partial<EvaluationAnswer>;

function toAnswer({ marks = {}, target = null, ...answer }: StoredAnswer): EvaluationAnswer {
  return { ...answer, marks, target };
}
