import { join } from 'node:path';
import type { Adapter, Target } from '../../src-contract/adapter.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { type GivenName, LivingNames } from '../database/living-names.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';

/** The rows of adapters. A deleted one keeps its row, so that it can be restored until its files are removed. */
export class AdapterStore {
  readonly names: LivingNames;
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
    this.names = new LivingNames(database, { table: 'adapter', taken: nameTaken });
  }

  /** Newest first. */
  list(): Adapter[] {
    const rows = this.#database
      .prepare(`SELECT ${columns} FROM adapter WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC`)
      .all() as Row[];
    return rows.map(fromRow);
  }

  count(): number {
    return this.#database.prepare('SELECT count(*) FROM adapter WHERE deleted_at IS NULL').pluck().get() as number;
  }

  /** By id or name, among those not deleted. Throws ADAPTER_NOT_FOUND. */
  get(idOrName: string): Adapter {
    const row = this.#database
      .prepare(
        `SELECT ${columns} FROM adapter WHERE (id = :key OR name = :key) AND deleted_at IS NULL ORDER BY id = :key DESC`,
      )
      .get({ key: idOrName }) as Row | undefined;
    if (row === undefined) throw new StudioError('ADAPTER_NOT_FOUND', { adapter: idOrName });
    return fromRow(row);
  }

  newId(now: number): string {
    return newId(now);
  }

  /** Throws OPTION_INVALID when the name is taken, e.g. by one imported meanwhile. */
  insert({ name: given, ...content }: Omit<Adapter, 'name'> & { readonly name: GivenName }): Adapter {
    return this.names.give(given, (name) => {
      const adapter: Adapter = { ...content, name };
      this.#database
        .prepare(
          `INSERT INTO adapter (id, name, task, base_model_id, base_sha256, dataset_id, run_id, rank, alpha, targets, parameters,
           bytes, sha256, path, base_validation_loss, best_validation_loss, created_at)
         VALUES (:id, :name, :task, :baseModelId, :baseSha256, (SELECT id FROM dataset WHERE id = :datasetId), :runId, :rank,
           :alpha, :targets, :parameters, :bytes, :sha256, :path, :baseValidationLoss, :bestValidationLoss, :createdAt)`,
        )
        .run({ ...adapter, targets: JSON.stringify(adapter.targets) });
      return adapter;
    });
  }

  /** New content under the same id: what a resumed run has learnt since. */
  replace(
    id: string,
    content: Pick<Adapter, 'bytes' | 'sha256' | 'path' | 'baseValidationLoss' | 'bestValidationLoss'>,
  ): void {
    this.#database
      .prepare(
        `UPDATE adapter SET bytes = :bytes, sha256 = :sha256, path = :path, base_validation_loss = :baseValidationLoss,
           best_validation_loss = :bestValidationLoss
         WHERE id = :id`,
      )
      .run({ ...content, id });
  }

  /** Throws OPTION_INVALID when the name is taken. */
  rename(idOrName: string, name: string): Adapter {
    const adapter = this.get(idOrName);
    if (name !== adapter.name) {
      const rename = this.#database.prepare('UPDATE adapter SET name = ? WHERE id = ?');
      this.names.give(name, (free) => rename.run(free, adapter.id));
    }
    return this.get(adapter.id);
  }

  /** Has the paths of all lie in this folder, whatever was stored. */
  keepWithin(folder: string): void {
    const stored = this.#database.prepare<[], { id: string; path: string }>('SELECT id, path FROM adapter').all();
    const update = this.#database.prepare('UPDATE adapter SET path = :own WHERE id = :id');
    for (const { id, path } of stored) {
      // Of another system's path, too, the last part is the name.
      const own = join(folder, path.split(/[\\/]/).at(-1) ?? id);
      if (own !== path) update.run({ id, own });
    }
  }

  markDeleted(id: string, now: number): void {
    this.#database.prepare('UPDATE adapter SET deleted_at = ? WHERE id = ?').run(now, id);
  }

  /**
   * Undoes a deletion, for the same base model or one of the same weights; if the name has been taken meanwhile, a number
   * is appended. Throws ADAPTER_NOT_FOUND, ADAPTER_BASE_MISSING.
   */
  restore(idOrName: string): Adapter {
    const row = this.#database
      .prepare(
        `SELECT adapter.id, adapter.name, (SELECT name FROM base_model WHERE id = base_model_id) AS model,
           (SELECT base_model.id FROM base_model
            WHERE deleted_at IS NULL AND (base_model.id = base_model_id OR sha256 = base_sha256)
            ORDER BY base_model.id = base_model_id DESC LIMIT 1) AS base
         FROM adapter WHERE (adapter.id = :key OR adapter.name = :key) AND deleted_at <> 0
         ORDER BY deleted_at DESC LIMIT 1`,
      )
      .get({ key: idOrName }) as { id: string; name: string; model: string; base: string | null } | undefined;
    if (row === undefined) throw new StudioError('ADAPTER_NOT_FOUND', { adapter: idOrName });
    const { id, base } = row;
    if (base === null) throw new StudioError('ADAPTER_BASE_MISSING', { adapter: row.name, model: row.model });
    const restore = this.#database.prepare(
      'UPDATE adapter SET deleted_at = NULL, name = :name, base_model_id = :base WHERE id = :id',
    );
    this.names.give({ like: row.name }, (name) => restore.run({ name, base, id }));
    return this.get(id);
  }

  /** Folders of adapters, including deleted ones that can be restored. */
  listPaths(): string[] {
    return this.#database.prepare('SELECT path FROM adapter WHERE deleted_at IS NOT 0').pluck().all() as string[];
  }

  /** Folders of those deleted up to then, which can go: from now on they cannot be restored. */
  giveUpDeleted(before: number): string[] {
    return this.#database
      .prepare('UPDATE adapter SET deleted_at = 0 WHERE deleted_at <= ? RETURNING path')
      .pluck()
      .all(before) as string[];
  }

  /** Removes the rows of those deleted up to then, whose files are gone; runs and messages keep their copies. */
  removeDeleted(before: number): void {
    this.#database.prepare('DELETE FROM adapter WHERE deleted_at <= ?').run(before);
  }
}

function nameTaken(name: string): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'name', ...because('ADAPTER_NAME_TAKEN', { name }) });
}

const columns = `id, name, task, base_model_id, base_sha256, dataset_id, run_id, rank, alpha, targets, parameters, bytes, sha256,
  path, base_validation_loss, best_validation_loss, created_at`;

interface Row {
  id: string;
  name: string;
  task: TaskId;
  base_model_id: string;
  base_sha256: string;
  dataset_id: string | null;
  run_id: string | null;
  rank: number;
  alpha: number;
  targets: string;
  parameters: number;
  bytes: number;
  sha256: string;
  path: string;
  base_validation_loss: number | null;
  best_validation_loss: number | null;
  created_at: number;
}

function fromRow(row: Row): Adapter {
  const { id, name, task, rank, alpha, parameters, bytes, sha256, path } = row;
  return {
    ...{ id, name, task, rank, alpha, parameters, bytes, sha256, path },
    baseModelId: row.base_model_id,
    baseSha256: row.base_sha256,
    datasetId: row.dataset_id,
    runId: row.run_id,
    targets: JSON.parse(row.targets) as Target[],
    baseValidationLoss: row.base_validation_loss,
    bestValidationLoss: row.best_validation_loss,
    createdAt: row.created_at,
  };
}
