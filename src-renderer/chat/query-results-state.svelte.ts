import { client } from '../client.ts';

export interface QueryTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly truncated: boolean;
  readonly ms: number;
}

export type QueryResult =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly table: QueryTable }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What the queries in the answers gave when they were run, by message. */
export class QueryResultsState {
  byMessage = $state.raw<Readonly<Record<string, QueryResult>>>({});
  /** The answer whose result the panel shows. */
  shown = $state<string | undefined>(undefined);

  get current(): QueryResult | undefined {
    return this.shown === undefined ? undefined : this.byMessage[this.shown];
  }

  async run(
    messageId: string,
    on: { datasetId: string; database: Promise<string | null> },
    sql: string,
  ): Promise<void> {
    this.shown = messageId;
    this.#set(messageId, { kind: 'running' });
    try {
      const { datasetId } = on;
      const database = await on.database;
      this.#set(messageId, { kind: 'done', table: await client.datasets.query({ datasetId, database, sql }) });
    } catch (error) {
      this.#set(messageId, { kind: 'failed', error });
    }
  }

  #set(messageId: string, result: QueryResult): void {
    this.byMessage = { ...this.byMessage, [messageId]: result };
  }
}
