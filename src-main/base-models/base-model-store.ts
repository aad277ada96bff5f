import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { type GivenName, LivingNames } from '../database/living-names.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';

/** The rows of base models. A deleted one keeps its row: runs and adapters say what they were made from. */
export class BaseModelStore {
  readonly names: LivingNames;
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
    this.names = new LivingNames(database, { table: 'base_model', taken: nameTaken });
  }

  list(): BaseModel[] {
    const rows = this.#database
      .prepare(`SELECT ${columns} FROM base_model WHERE deleted_at IS NULL ORDER BY built_in DESC, id DESC`)
      .all() as Row[];
    return rows.map(fromRow);
  }

  /**
   * By id, by name, or by the catalogue's id, which it was downloaded by; among those not deleted. Throws
   * BASE_MODEL_NOT_FOUND.
   */
  get(key: string): BaseModel {
    const row = this.#database
      .prepare(
        `SELECT ${columns} FROM base_model WHERE :key IN (id, name, catalogue_id) AND deleted_at IS NULL
         ORDER BY id = :key DESC, name = :key DESC, id DESC`,
      )
      .get({ key }) as Row | undefined;
    if (row === undefined) throw new StudioError('BASE_MODEL_NOT_FOUND', { model: key });
    return fromRow(row);
  }

  newId(): string {
    return newId();
  }

  /** Throws OPTION_INVALID when the name is taken, e.g. by one imported meanwhile. */
  insert({ name: given, ...content }: Omit<BaseModel, 'name'> & { readonly name: GivenName }): BaseModel {
    return this.names.give(given, (name) => {
      const model: BaseModel = { ...content, name };
      this.#database
        .prepare(
          `INSERT INTO base_model (id, name, architecture, parameters, layers, hidden, vocabulary, dtype, sha256, licence,
           context_length, size_bytes, path, built_in, has_chat_template, catalogue_id, created_at)
         VALUES (:id, :name, :architecture, :parameters, :layers, :hidden, :vocabulary, :dtype, :sha256, :licence,
           :contextLength, :sizeBytes, :path, :builtIn, :hasChatTemplate, :catalogueId, :createdAt)`,
        )
        .run(toRow(model));
      return model;
    });
  }

  /**
   * Inserts it, under another name if its own has been taken, or replaces what is there under its id, also if another
   * process inserts it at the same moment.
   */
  put(model: BaseModel): void {
    this.#database
      .transaction(() => {
        if (this.has(model.id)) this.replace(model);
        else this.insert({ ...model, name: { like: model.name } });
      })
      .immediate();
  }

  /** For the starter model, of which a newer studio ships a new version at another path. It keeps its name. */
  replace(model: BaseModel): void {
    this.#database
      .prepare(
        `UPDATE base_model SET architecture = :architecture, parameters = :parameters, layers = :layers,
           hidden = :hidden, vocabulary = :vocabulary, dtype = :dtype, sha256 = :sha256, licence = :licence,
           context_length = :contextLength, size_bytes = :sizeBytes, path = :path, built_in = :builtIn,
           has_chat_template = :hasChatTemplate, catalogue_id = :catalogueId, created_at = :createdAt, deleted_at = NULL
         WHERE id = :id`,
      )
      .run(toRow(model));
  }

  has(id: string): boolean {
    return this.#database.prepare('SELECT 1 FROM base_model WHERE id = ?').get(id) !== undefined;
  }

  /** The name of something that needs this base: an adapter that is not deleted, or a queued or running run. */
  userOf(id: string): string | undefined {
    return this.#database
      .prepare(
        `SELECT name FROM adapter WHERE base_model_id = :id AND deleted_at IS NULL
         UNION ALL
         SELECT run.name FROM run JOIN job ON job.id = run.id WHERE base_model_id = :id AND job.state IN ('queued', 'running')
         LIMIT 1`,
      )
      .pluck()
      .get({ id }) as string | undefined;
  }

  /** Has the paths of all but the starter lie in this folder, whatever was stored. */
  keepWithin(folder: string): void {
    this.#database
      .prepare("UPDATE base_model SET path = :start || id WHERE id <> 'starter' AND path <> :start || id")
      .run({ start: join(folder, sep) });
  }

  markDeleted(id: string, now: number): void {
    this.#database.prepare('UPDATE base_model SET deleted_at = ? WHERE id = ?').run(now, id);
  }

  /** Undoes a deletion, under another name if its own has been taken. Throws BASE_MODEL_NOT_FOUND. */
  restore(id: string): BaseModel {
    const row = this.#database.prepare('SELECT name, path FROM base_model WHERE id = ? AND deleted_at <> 0').get(id) as
      | { name: string; path: string }
      | undefined;
    // If a later start has removed the files, nothing can bring them back.
    if (row === undefined || !existsSync(row.path)) throw new StudioError('BASE_MODEL_NOT_FOUND', { model: id });
    const restore = this.#database.prepare('UPDATE base_model SET deleted_at = NULL, name = ? WHERE id = ?');
    this.names.give({ like: row.name }, (name) => restore.run(name, id));
    return this.get(id);
  }

  /** Ids of those deleted up to then, whose files can go: from now on they cannot be restored. */
  giveUpDeleted(before: number): string[] {
    return this.#database
      .prepare('UPDATE base_model SET deleted_at = 0 WHERE deleted_at <= ? RETURNING id')
      .pluck()
      .all(before) as string[];
  }
}

function nameTaken(): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'name', ...because('BASE_NAME_TAKEN') });
}

const columns = `id, name, architecture, parameters, layers, hidden, vocabulary, dtype, sha256, licence, context_length,
  size_bytes, path, built_in, has_chat_template, catalogue_id, created_at`;

interface Row {
  id: string;
  name: string;
  architecture: string;
  parameters: number;
  layers: number;
  hidden: number;
  vocabulary: number;
  dtype: string;
  sha256: string;
  licence: string;
  context_length: number;
  size_bytes: number;
  path: string;
  built_in: number;
  has_chat_template: number;
  catalogue_id: string | null;
  created_at: number;
}

function fromRow({
  context_length,
  size_bytes,
  built_in,
  has_chat_template,
  catalogue_id,
  created_at,
  ...same
}: Row): BaseModel {
  return {
    ...same,
    contextLength: context_length,
    sizeBytes: size_bytes,
    builtIn: built_in === 1,
    hasChatTemplate: has_chat_template === 1,
    catalogueId: catalogue_id,
    createdAt: created_at,
  };
}

function toRow(model: BaseModel) {
  return { ...model, builtIn: Number(model.builtIn), hasChatTemplate: Number(model.hasChatTemplate) };
}
