import type { Message } from '../../src-contract/chat.ts';
import type { Dataset, Example } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { askedFrom } from './asked-from.ts';
import { readTaskFields } from './task-fields.ts';

const shown = 50;
const scanned = 1000;

/** A schema that a dataset's rows are asked about, and the database it describes. */
export interface KnownSchema {
  readonly schema: string;
  readonly database: string | null;
}

/** Rows of a dataset that can be asked in the chat, and the schemas that occur in it. */
export class TestRowsState {
  datasetId = $state<string | undefined>(undefined);
  rows = $state.raw<readonly Example[]>([]);
  schemas = $state.raw<readonly KnownSchema[]>([]);
  split = $state<'test' | 'validation'>('test');
  search = $state('');
  loading = $state(false);
  error = $state.raw<unknown>(undefined);
  #version: number | undefined;
  #question = 0;
  readonly #known = new Map<string, Promise<readonly KnownSchema[]>>();

  /** Reads the rows of a dataset, and rereads them when it has changed. */
  async open({ id: datasetId, version }: Pick<Dataset, 'id' | 'version'>): Promise<void> {
    if (datasetId === this.datasetId && version === this.#version) return;
    this.datasetId = datasetId;
    this.#version = version;
    this.#known.delete(datasetId);
    // Rows of another dataset must not be picked meanwhile: they may be for another task.
    this.rows = [];
    this.schemas = [];
    this.search = '';
    this.split = 'test';
    await Promise.all([this.find(''), this.#findSchemas(datasetId)]).catch((error: unknown) => {
      this.error = error;
    });
  }

  /** The target of the row that asks this question about the same text, if it is among the rows read. */
  targetOf({ text, input }: Pick<Message, 'text' | 'input'>): string | undefined {
    const task = input?.passage === undefined ? (input?.schema === undefined ? 'custom' : 'nl2sql') : 'mrc';
    const asked = askedFrom({ text, input });
    return this.rows.find(({ context }) => askedFrom(readTaskFields(task, context)) === asked)?.target;
  }

  async find(search: string): Promise<void> {
    const id = this.datasetId;
    if (id === undefined) return;
    this.search = search;
    this.loading = true;
    const question = ++this.#question;
    try {
      const rows = await this.#examples(id, 'test', search);
      // A small dataset may have no test rows; validation rows weren't trained on either.
      const split = rows.length === 0 && search === '' ? 'validation' : this.split;
      const found = rows.length > 0 || split === 'test' ? rows : await this.#examples(id, split, search);
      if (question !== this.#question) return;
      this.split = split;
      this.rows = found;
      this.error = undefined;
    } catch (error) {
      if (question === this.#question) this.error = error;
    } finally {
      if (question === this.#question) this.loading = false;
    }
  }

  /** This dataset's schema with this text. */
  knownSchema(schema: string): KnownSchema | undefined {
    return withText(this.schemas, schema);
  }

  /** The database that a schema describes in a dataset, open or not; null if it has none of its own. */
  async databaseOf(datasetId: string, schema: string): Promise<string | null> {
    return withText(await this.#schemasOf(datasetId), schema)?.database ?? null;
  }

  async #examples(id: string, split: 'test' | 'validation', search: string): Promise<readonly Example[]> {
    const answer = await client.datasets.examples({ id, offset: 0, limit: shown, split, ...(search && { search }) });
    return answer.examples;
  }

  async #findSchemas(id: string): Promise<void> {
    const schemas = await this.#schemasOf(id);
    if (id === this.datasetId) this.schemas = schemas;
  }

  #schemasOf(id: string): Promise<readonly KnownSchema[]> {
    const known = this.#known.get(id) ?? readSchemas(id);
    this.#known.set(id, known);
    // A failed request is retried the next time.
    known.catch(() => this.#known.delete(id));
    return known;
  }
}

async function readSchemas(id: string): Promise<readonly KnownSchema[]> {
  const found = new Map<string, KnownSchema>();
  // If their texts are long, fewer rows arrive than were requested.
  for (let offset = 0, end = scanned; offset < end; ) {
    const { total, examples } = await client.datasets.examples({ id, offset, limit: end - offset });
    for (const example of examples) {
      const schema = readTaskFields('nl2sql', example.context).input.schema;
      if (schema !== undefined && !found.has(schema)) found.set(schema, { schema, database: example.database });
    }
    if (examples.length === 0) break;
    offset += examples.length;
    end = Math.min(end, total);
  }
  return [...found.values()];
}

function withText(schemas: readonly KnownSchema[], schema: string): KnownSchema | undefined {
  return schemas.find((known) => known.schema.trim() === schema.trim());
}
