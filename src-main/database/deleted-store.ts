import type { DeletedNoun, DeletedThing } from '../../src-contract/deleted.ts';
import type { StudioDatabase } from './open.ts';

/** Deleted before anything can have been: freed at the next opportunity. */
const longAgo = 1;

/** Each with its table, how it is called, and where its files are if not in a folder of its id. */
const tables: Readonly<Record<DeletedNoun, { readonly table: string; readonly name: string; readonly path?: string }>> =
  {
    dataset: { table: 'dataset', name: 'name' },
    // A run that goes on gives its adapter a new folder.
    adapter: { table: 'adapter', name: 'name', path: 'path' },
    run: { table: 'run', name: 'name' },
    evaluation: {
      table: 'evaluation',
      name: "coalesce((SELECT name FROM dataset WHERE dataset.id = dataset_id), provenance ->> '$.dataset.name', '')",
    },
    'answered-table': { table: 'answered_table', name: 'name' },
    conversation: { table: 'conversation', name: 'title' },
    experiment: { table: 'lab_experiment', name: 'kind' },
  };

/** What was deleted and can still be restored, of every kind that is kept for a while. */
export class DeletedStore {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** The last one first, with where its files would be: a path, or a name in the folder of its kind. */
  list(): (Omit<DeletedThing, 'bytes'> & { readonly path: string })[] {
    // Zero marks what is being freed.
    const each = Object.entries(tables).map(
      ([noun, { table, name, path = 'id' }]) =>
        `SELECT '${noun}' AS noun, id, ${name} AS name, deleted_at AS deletedAt, ${path} AS path FROM ${table} WHERE deleted_at > ${longAgo}`,
    );
    return this.#database.prepare(`${each.join(' UNION ALL ')} ORDER BY deletedAt DESC, id DESC`).all() as ReturnType<
      DeletedStore['list']
    >;
  }

  /** Whether anything that was deleted up to then is still there. */
  hasAny(before: number): boolean {
    const each = Object.values(tables).map(({ table }) => `SELECT 1 FROM ${table} WHERE deleted_at <= :before`);
    return this.#database.prepare(`${each.join(' UNION ALL ')} LIMIT 1`).get({ before }) !== undefined;
  }

  /** Has things be freed next. One that has been restored meanwhile stays. */
  expire(things: readonly Pick<DeletedThing, 'noun' | 'id'>[]): void {
    this.#database.transaction(() => {
      for (const { noun, id } of things)
        this.#database
          .prepare(`UPDATE ${tables[noun].table} SET deleted_at = ${longAgo} WHERE id = ? AND deleted_at > 0`)
          .run(id);
    })();
  }
}
