import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { SchemaTextOptions } from '../../src-contract/dataset-version.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { DatabaseCopier } from './attach-databases.ts';
import { attachedFile, databasesFolder, type SqlRunner } from './attached-database.ts';
import type { DatasetChanges } from './change-dataset.ts';
import type { DatasetStore } from './dataset-store.ts';
import { formOf, schemaText } from './schema-text.ts';

/**
 * Copies a SQLite file, or those of a folder that the rows name, to a dataset; with `schema`, every row's schema text is then
 * made from its database, as one change. Throws OPTION_INVALID for a dataset of another task, and DATABASE_ATTACHED_INVALID.
 */
export async function attachToDataset(
  parts: { store: DatasetStore; changes: DatasetChanges; datasetsFolder: string; sql: SqlRunner },
  job: {
    readonly dataset: Dataset;
    readonly database: { readonly path: string; readonly name: string };
    readonly schema?: SchemaTextOptions | undefined;
  },
  signal?: AbortSignal,
): Promise<Dataset> {
  const { store, changes, datasetsFolder, sql } = parts;
  const { dataset, database, schema } = job;
  if (dataset.task !== 'nl2sql') {
    throw new StudioError('OPTION_INVALID', { option: 'database', reason: 'only questions to databases have one' });
  }
  const folder = join(datasetsFolder, dataset.id);
  // Copied beside and moved at the end, so that a file that is refused replaces nothing.
  const aside = await mkdtemp(join(folder, 'attaching-'));
  const names = new Map<number, string | null>();
  try {
    const copier = await DatabaseCopier.open(database, aside);
    for (const { position, database: own, group } of store.examples(dataset.id)) {
      names.set(position, await copier.take({ database: own, group }));
      signal?.throwIfAborted();
    }
    if (!copier.hasCopied) {
      const reason = 'no row names a database of this folder';
      throw new StudioError('DATABASE_ATTACHED_INVALID', { file: database.name, reason });
    }
    await rm(databasesFolder(folder), { recursive: true, force: true });
    await rename(databasesFolder(aside), databasesFolder(folder));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  store.setHasDatabase(dataset.id);
  const texts = new Map<string, string>();
  const form = schema?.form ?? formOf(firstSchemas(store, dataset.id));
  const textOf = async (name: string) => {
    const known = texts.get(name);
    if (known !== undefined) return known;
    const file = attachedFile(folder, name);
    const text = await schemaText((query) => sql.query(file, query, undefined, signal), {
      ...{ foreignKeys: false, sampleValues: 0, ...schema, form },
    });
    texts.set(name, text);
    return text;
  };
  return changes.apply(
    { id: dataset.id, kind: 'schema' },
    async function* (change) {
      for (const { position, context } of store.rows(dataset.id).examples(change.headVersion)) {
        const name = names.get(position) ?? null;
        const parts = name === null || schema === undefined ? undefined : schemaParts(context);
        change.edit(position, {
          database: name,
          ...(parts && name !== null ? { context: `${parts.head}${await textOf(name)}${parts.tail}` } : {}),
        });
        yield;
      }
    },
    signal,
  );
}

function firstSchemas(store: DatasetStore, id: string): string[] {
  const texts: string[] = [];
  for (const { context } of store.examples(id)) {
    const parts = schemaParts(context);
    if (parts) texts.push(parts.schema);
    if (texts.length === 50) break;
  }
  return texts;
}

/** A context in the layout of the task, taken apart around its schema; undefined for one of a table's own layout. */
function schemaParts(context: string): { head: string; schema: string; tail: string } | undefined {
  const head = 'Schema:\n';
  const end = context.lastIndexOf('\n\nQuestion: ');
  if (!context.startsWith(head) || end < head.length - 1) return undefined;
  return { head, schema: context.slice(head.length, end), tail: context.slice(end) };
}
