import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ChangedDataset, Dataset } from '../../../src-contract/dataset.ts';
import {
  type AttachedDatabase,
  attachedDatabaseSchema,
  type ChangeKind,
  longestText,
  type SchemaTextOptions,
} from '../../../src-contract/dataset-version.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { readNote, writeNote } from '../../files/note.ts';
import type { DatasetStore } from '../dataset-store.ts';
import { TimeSlices } from '../time-slices.ts';
import type { DatasetChanges, FilesOfChange } from '../versions/change-dataset.ts';
import { DatabaseCopier } from './attach-databases.ts';
import { attachedFile, databasesFolder, forAllRowsFile, type SqlRunner } from './attached-database.ts';
import { schemaParts } from './schema-parts.ts';
import { formOf, schemaText } from './schema-text.ts';

/**
 * Copies a SQLite file, or the ones in a folder that the rows name, to a dataset. With `schema`, every row's schema
 * text is then generated from its database, as one change. A single file serves all rows; they keep their database
 * names, so that a folder attached later finds each row's own. Rows without a file in the folder keep their texts. What
 * was attached before can be restored (`swapDatabases`). Throws OPTION_INVALID for a dataset of another task or a
 * schema text too long for a row, and DATABASE_ATTACHED_INVALID; nothing is replaced then.
 */
export async function attachToDataset(
  parts: Changed & { readonly sql: SqlRunner },
  job: {
    readonly dataset: Dataset;
    readonly database: { readonly path: string; readonly name: string };
    readonly schema?: SchemaTextOptions | undefined;
  },
  signal?: AbortSignal,
): Promise<ChangedDataset> {
  const { store, changes, datasetsFolder, sql } = parts;
  const { dataset, database, schema } = job;
  if (dataset.task !== 'nl2sql') {
    throw new StudioError('OPTION_INVALID', { option: 'database', ...because('DATABASE_NOT_FOR_TASK') });
  }
  const folder = join(datasetsFolder, dataset.id);
  // Copied aside and moved at the end, so that a rejected file replaces nothing.
  const aside = await mkdtemp(join(folder, asidePrefix));
  const files = new Map<number, { readonly file: string | null; readonly name: string | null }>();
  let texts: ReadonlyMap<string, string> = new Map();
  const slices = new TimeSlices(signal);
  try {
    const groupFirst = await groupsName(dataset, store, slices);
    const copier = await DatabaseCopier.open(database, aside, signal);
    /** For each file, the most characters around the schema in any row. */
    const around = new Map<string, number>();
    const firstSchemas: string[] = [];
    for (const { position, database: own, group, context } of store.examples(dataset.id)) {
      const taken = await copier.take({ database: own, group }, { groupFirst });
      files.set(position, taken);
      const parts = schema === undefined ? undefined : schemaParts(context);
      if (parts && firstSchemas.length < 50) firstSchemas.push(parts.schema);
      if (taken.file !== null && parts) {
        const letters = parts.head.length + parts.tail.length;
        around.set(taken.file, Math.max(letters, around.get(taken.file) ?? 0));
      }
      if (slices.isOver) await slices.rest();
    }
    if (!copier.hasCopied) {
      throw new StudioError('DATABASE_ATTACHED_INVALID', { file: database.name, ...because('DATABASES_UNNAMED') });
    }
    await copier.finish();
    if (schema !== undefined) {
      const form = schema.form ?? formOf(firstSchemas);
      texts = await schemaTexts(around, (file) =>
        schemaText((query) => sql.query(attachedFile(aside, file), query, undefined, signal), { ...schema, form }),
      );
    }
    const copies = databasesFolder(aside);
    const attachment = randomUUID();
    await writeFile(attachmentFile(copies), attachment, { flush: true });
    // Databases and texts belong together: if the texts cannot be written, what was attached before is reattached.
    const databases: FilesOfChange = {
      async put(headVersion) {
        await writeNote(textsDueFile(copies), { after: headVersion });
        putAside(folder, aside);
        renameSync(copies, databasesFolder(folder));
        store.setHasDatabase(dataset.id, true);
      },
      async putBack() {
        if (attachmentIn(databasesFolder(folder)) !== attachment) return;
        await exchange(parts, dataset);
        await rm(textsDueFile(before(folder)), { force: true });
      },
    };
    const after = await changes.apply(
      { id: dataset.id, kind: 'schema', files: databases },
      function* (change) {
        for (const { position, context } of store.rows(dataset.id).examples(change.headVersion)) {
          const { file = null, name = null } = files.get(position) ?? {};
          if (file !== null) {
            const [text, parts] = [texts.get(file), schemaParts(context)];
            const isMade = text !== undefined && parts !== undefined;
            change.edit(position, { database: name, ...(isMade && { context: `${parts.head}${text}${parts.tail}` }) });
          }
          yield;
        }
      },
      signal,
    );
    if (attachmentIn(databasesFolder(folder)) === attachment)
      rmSync(textsDueFile(databasesFolder(folder)), { force: true });
    return after;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/**
 * Schema text by file. `around`: the most characters around the schema in any row of that file. Throws OPTION_INVALID.
 */
async function schemaTexts(around: ReadonlyMap<string, number>, textOf: (file: string) => Promise<string>) {
  const texts = new Map<string, string>();
  for (const [file, more] of around) {
    const text = await textOf(file);
    const letters = text.length + more;
    if (letters > longestText) {
      const why = because('SCHEMA_TEXT_TOO_LONG', { database: file, letters, most: longestText });
      throw new StudioError('OPTION_INVALID', { option: 'schema', ...why });
    }
    texts.set(file, text);
  }
  return texts;
}

/** Detaches a dataset's databases from its queries; they can be restored until others are attached. */
export async function detachDatabases(
  { store, changes, datasetsFolder }: Changed,
  { id }: Pick<Dataset, 'id'>,
): Promise<Dataset> {
  const folder = join(datasetsFolder, id);
  await changes.withoutChange(id, async () => {
    const aside = await mkdtemp(join(folder, asidePrefix));
    try {
      putAside(folder, aside);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
    store.setHasDatabase(id, false);
  });
  return store.known(id);
}

/**
 * Reattaches what was attached before, or nothing if nothing was, and sets aside what is attached now. `attachment` is
 * what the person saw attached: throws DATASET_CHANGED if it is something else.
 */
export async function swapDatabases(
  parts: Changed,
  dataset: Pick<Dataset, 'id' | 'name'>,
  attachment?: string | null,
): Promise<Dataset> {
  await parts.changes.withoutChange(dataset.id, () => exchange(parts, dataset, attachment));
  return parts.store.known(dataset.id);
}

/** What `swapDatabases` does, also while an attach is at it. */
async function exchange(
  { store, datasetsFolder }: Attached,
  { id, name }: Pick<Dataset, 'id' | 'name'>,
  attachment?: string | null,
): Promise<void> {
  const folder = join(datasetsFolder, id);
  const between = await mkdtemp(join(folder, asidePrefix));
  const now = databasesFolder(folder);
  try {
    // No await from here on: of two callers that saw the same attachment, the second must find a different one.
    if (attachment !== undefined && attachment !== attachmentIn(now)) {
      throw new StudioError('DATASET_CHANGED', { dataset: name });
    }
    moveIfThere(now, heldBetween(between));
    moveIfThere(before(folder), now);
    moveIfThere(heldBetween(between), before(folder));
  } finally {
    await rm(between, { recursive: true, force: true });
  }
  store.setHasDatabase(id, existsSync(now));
}

/**
 * Undoes an attach that wrote the rows' texts: these become those of before, as a new version, and what was attached
 * before is reattached. `version` is the one that the attach made. Throws DATASET_CHANGED if that or the attachment is no
 * longer the newest; then both stay.
 */
export async function undoAttach(
  parts: Changed,
  dataset: Pick<Dataset, 'id' | 'name'>,
  made: { readonly attachment: string | null | undefined; readonly version: number },
): Promise<Dataset> {
  const { store, changes, datasetsFolder } = parts;
  const { id, name } = dataset;
  const folder = join(datasetsFolder, id);
  const now = databasesFolder(folder);
  const { attachment = attachmentIn(now), version } = made;
  if (attachment === null || attachment !== attachmentIn(now))
    throw new StudioError('DATASET_CHANGED', { dataset: name });
  const note = textsUndoneFile(now);
  await writeNote(note, { after: store.rows(id).head().version });
  let undone: number | null = null;
  try {
    ({ made: undone } = await changes.bringBack(id, 'undo', version));
    await exchange(parts, dataset, attachment);
    // It may have been deleted meanwhile, and can be restored.
    return store.known(id);
  } catch (error) {
    // Databases and texts belong together.
    if (undone !== null) await changes.bringBack(id, 'redo', undone);
    throw error;
  } finally {
    for (const databases of [now, before(folder)]) await rm(textsUndoneFile(databases), { force: true });
  }
}

/**
 * Repairs what a process killed while attaching, detaching or swapping left behind, and updates for each dataset
 * whether it has a database. An interrupted swap is completed, as is the undo of an attach whose texts were undone;
 * otherwise what was attached is reattached, also where the texts that go with newer databases were not written any
 * more. For the start, when no other process is doing this.
 */
export async function mendAttachments({ store, datasetsFolder }: Attached): Promise<void> {
  for (const { id, name, hasDatabase } of store.listKept()) {
    const folder = join(datasetsFolder, id);
    const now = databasesFolder(folder);
    const left = existsSync(folder) ? (await readdir(folder)).filter((name) => name.startsWith(asidePrefix)) : [];
    for (const aside of left) {
      const held = heldBetween(join(folder, aside));
      if (!existsSync(now)) moveIfThere(held, now);
      else if (!existsSync(before(folder))) moveIfThere(held, before(folder));
      await rm(join(folder, aside), { recursive: true, force: true });
    }
    const [sinceAttached, sinceUndone] = [
      await madeSince(textsDueFile(now), id, store),
      await madeSince(textsUndoneFile(now), id, store),
    ];
    // A deleted one is in nobody's use.
    store.letGo(id);
    const isHalfDone = sinceAttached?.has('schema') === false || sinceUndone?.has('undo') === true;
    if (isHalfDone) await exchange({ store, datasetsFolder }, { id, name });
    else if (hasDatabase && !existsSync(now)) moveIfThere(before(folder), now);
    for (const databases of [now, before(folder)])
      for (const note of [textsDueFile(databases), textsUndoneFile(databases)]) await rm(note, { force: true });
    store.setHasDatabase(id, existsSync(now));
  }
}

/** The kinds of the versions that were made since a note was written; undefined if there is none. */
async function madeSince(note: string, id: string, store: DatasetStore): Promise<ReadonlySet<ChangeKind> | undefined> {
  const written = await readNote(note, z.object({ after: z.number() }));
  if (written === undefined) return undefined;
  try {
    const { version: newest } = store.rows(id).head();
    const made = new Set<ChangeKind>();
    for (let version = written.after + 1; version <= newest; version++) {
      const kind = store.version(id, version)?.kind;
      if (kind !== undefined) made.add(kind);
    }
    return made;
  } catch {
    // Rows that cannot be read are reported when they are opened, and hinder no start.
    return undefined;
  }
}

/** The attached databases, sorted by name. */
export async function listDatabases(datasetFolder: string): Promise<AttachedDatabase[]> {
  const folder = databasesFolder(datasetFolder);
  const all = forAllRowsFile(folder);
  const forAllRows = existsSync(all) ? forAllRowsSchema.parse(JSON.parse(await readFile(all, 'utf8'))) : {};
  const attachment = attachmentIn(folder) ?? '';
  const files = existsSync(folder) ? (await readdir(folder)).filter((file) => file.endsWith('.sqlite')) : [];
  return Promise.all(
    files.toSorted().map(async (file) => ({
      name: file.slice(0, -'.sqlite'.length),
      bytes: (await stat(join(folder, file))).size,
      attachment,
      ...forAllRows,
    })),
  );
}

const forAllRowsSchema = attachedDatabaseSchema.pick({ rowsOfOthers: true });

/**
 * Earlier versions wrote a single file's name into every row. If the groups came from the column that named the
 * databases, they still hold the original names.
 */
async function groupsName({ id, mapping }: Dataset, store: DatasetStore, slices: TimeSlices): Promise<boolean> {
  if (mapping.database === undefined || mapping.group !== mapping.database) return false;
  let first: string | null | undefined;
  for (const { database } of store.examples(id)) {
    first ??= database;
    if (database !== first) return false;
    if (slices.isOver) await slices.rest();
  }
  return true;
}

interface Attached {
  readonly store: DatasetStore;
  readonly datasetsFolder: string;
}

interface Changed extends Attached {
  readonly changes: DatasetChanges;
}

/** Null where nothing is attached. */
function attachmentIn(databases: string): string | null {
  if (!existsSync(databases)) return null;
  const file = attachmentFile(databases);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function attachmentFile(databases: string): string {
  return join(databases, 'attachment');
}

/** A note among databases whose texts are being written to the rows: since which version. */
function textsDueFile(databases: string): string {
  return join(databases, 'texts-due.json');
}

/** A note among databases whose texts are being undone before they are: since which version. */
function textsUndoneFile(databases: string): string {
  return join(databases, 'texts-undone.json');
}

/** Prefix of the folders in which databases are prepared, one per attach or swap. */
const asidePrefix = 'attaching-';

/** Where a swap keeps what is attached while the previous attachment takes its place. */
function heldBetween(aside: string): string {
  return join(aside, 'now');
}

function before(datasetFolder: string): string {
  return join(datasetFolder, 'databases-before');
}

/**
 * The older backup is moved to a folder that is then removed; removing it in place could leave a part to be restored.
 */
function putAside(datasetFolder: string, aside: string): void {
  moveIfThere(before(datasetFolder), join(aside, 'gone'));
  moveIfThere(databasesFolder(datasetFolder), before(datasetFolder));
}

function moveIfThere(from: string, to: string): void {
  if (existsSync(from)) renameSync(from, to);
}
