import { compileOnly } from '../../src-contract/compile-only.ts';
import { client } from '../client.ts';

export interface QueryTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly truncated: boolean;
  readonly ms: number;
}

export type QueryResult =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly table: QueryTable; readonly title?: string | undefined }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Where a query runs. */
export interface QueryPlace {
  readonly datasetId: string;
  readonly database: Promise<string | null>;
}

/** Results of the answers' queries, by message, and of table previews. */
export class QueryResultsState {
  byMessage = $state.raw<Readonly<Record<string, QueryResult>>>({});
  /** Whether a query compiles, checked when its answer came; an undefined error means yes. */
  checked = $state.raw<Readonly<Record<string, { readonly error: unknown }>>>({});
  /** Queries edited by the person. */
  edited = $state.raw<Readonly<Record<string, string>>>({});
  /** The answer or table whose result the panel shows. */
  shown = $state<string | undefined>(undefined);

  get current(): QueryResult | undefined {
    return this.shown === undefined ? undefined : this.byMessage[this.shown];
  }

  async run(key: string, on: QueryPlace, sql: string, title?: string): Promise<void> {
    this.shown = key;
    this.#set(key, { kind: 'running' });
    try {
      const { datasetId } = on;
      const database = await on.database;
      this.#set(key, { kind: 'done', table: await client.datasets.query({ datasetId, database, sql }), title });
    } catch (error) {
      this.#set(key, { kind: 'failed', error });
    }
  }

  /** Compiles the query on its database without reading a row. */
  async check(messageId: string, on: QueryPlace, sql: string): Promise<void> {
    const { datasetId } = on;
    const error = await on.database
      .then((database) => client.datasets.query({ datasetId, database, sql: compileOnly(sql) }))
      .then(() => undefined)
      .catch((cause: unknown) => cause);
    this.checked = { ...this.checked, [messageId]: { error } };
  }

  edit(messageId: string, sql: string | undefined): void {
    const { [messageId]: _, ...others } = this.edited;
    this.edited = sql === undefined ? others : { ...others, [messageId]: sql };
  }

  #set(key: string, result: QueryResult): void {
    this.byMessage = { ...this.byMessage, [key]: result };
  }
}
