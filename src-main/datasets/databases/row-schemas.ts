import { schemaParts } from './schema-parts.ts';

/** More are hardly of databases that one asks. */
const mostSchemas = 1000;

/** The schemas that the rows of a dataset have, and which database each is of. */
export class RowSchemas {
  readonly #databases = new Map<string, string | null>();
  readonly #texts = new Map<string, string>();

  add({ context, database }: { readonly context: string; readonly database: string | null }): void {
    const schema = schemaParts(context)?.schema;
    if (schema === undefined || this.#databases.size >= mostSchemas) return;
    if (!this.#databases.has(schema)) this.#databases.set(schema, database);
    if (database !== null && !this.#texts.has(database)) this.#texts.set(database, schema);
  }

  /** How many there are. */
  get count(): number {
    return this.#databases.size;
  }

  /** The only one there is. */
  get only(): string | undefined {
    const [first, ...others] = this.#databases.keys();
    return others.length === 0 ? first : undefined;
  }

  /** By the names of the databases. */
  get byDatabase(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#texts);
  }

  /** The name of the database that a context is about, or null if its rows name none; undefined for an unknown schema. */
  databaseOf(context: string): string | null | undefined {
    const schema = schemaParts(context)?.schema;
    return schema === undefined ? undefined : this.#databases.get(schema);
  }
}
