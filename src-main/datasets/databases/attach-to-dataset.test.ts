import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Dataset } from '../../../src-contract/dataset.ts';
import type { SchemaTextOptions } from '../../../src-contract/dataset-version.ts';
import { DatasetFolder } from '../../../test/fixtures/dataset-folder.ts';
import { openSqliteFile, writeSqliteFile } from '../../../test/fixtures/sqlite-file.ts';
import { zipArchive } from '../../../test/fixtures/zip-archive.ts';
import { checkDataset } from '../findings/check-dataset.ts';
import { RowsThread } from '../rows/rows-threads.ts';
import type { DatasetChanges } from '../versions/change-dataset.ts';
import { DatabaseCopier } from './attach-databases.ts';
import {
  attachToDataset,
  detachDatabases,
  listDatabases,
  mendAttachments,
  swapDatabases,
  undoAttach,
} from './attach-to-dataset.ts';
import { attachedFile, databasesFolder, forkSqlProcess, SqlRunner } from './attached-database.ts';

let given: DatasetFolder;
let folder: string;
let sql: SqlRunner;
beforeEach(() => {
  given = new DatasetFolder();
  folder = mkdtempSync(join(tmpdir(), 'attach-'));
  sql = new SqlRunner(() => forkSqlProcess());
  writeSqliteFile(
    join(folder, 'shop.sqlite'),
    `
    CREATE TABLE seller (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE "sold item" (id INTEGER PRIMARY KEY, seller_id INTEGER REFERENCES seller (id), price REAL);
    CREATE VIEW income AS SELECT seller_id, price AS "per item" FROM "sold item";
    CREATE VIEW broken AS SELECT id FROM gone;
    INSERT INTO seller VALUES (1, 'Mina'), (2, 'O''Neil');
    INSERT INTO "sold item" VALUES (1, 1, 2.5);
  `,
  );
});
afterEach(() => {
  sql.close();
  given.close();
  rmSync(folder, { recursive: true, force: true });
});

const context = (schema: string) => `Schema:\n${schema}\n\nQuestion: Who?`;

test.each<[string, string, SchemaTextOptions, string]>([
  [
    'one line per table, like the rows',
    'seller(name text)',
    { foreignKeys: false, sampleValues: 0 },
    'seller(id integer pk, name text)\n"sold item"(id integer pk, seller_id integer, price real)\nincome(seller_id integer, "per item" real)',
  ],
  [
    'with foreign keys and values',
    'seller(name text)',
    { foreignKeys: true, sampleValues: 2 },
    `seller(id integer pk [1, 2], name text ['Mina', 'O''Neil'])\n"sold item"(id integer pk [1], seller_id integer -> seller.id [1], price real [2.5])\nincome(seller_id integer [1], "per item" real [2.5])`,
  ],
  [
    'as statements, if the rows have statements',
    'CREATE TABLE seller (name text);',
    { foreignKeys: true, sampleValues: 0 },
    'CREATE TABLE seller (\n  id INTEGER PRIMARY KEY,\n  name TEXT\n);\n\nCREATE TABLE "sold item" (\n  id INTEGER PRIMARY KEY,\n  seller_id INTEGER,\n  price REAL,\n  FOREIGN KEY (seller_id) REFERENCES seller (id)\n);\n\nCREATE VIEW income (\n  seller_id INTEGER,\n  "per item" REAL\n);',
  ],
])('schema texts are generated from an attached database: %s', async (_, before, schema, expected) => {
  const dataset = given.make([{ context: context(before), target: 'SELECT name FROM seller' }], { task: 'nl2sql' });
  const database = { path: join(folder, 'shop.sqlite'), name: 'shop.sqlite' };
  const after = await attachToDataset({ ...given, sql }, { dataset, database, schema });
  expect(after).toMatchObject({ version: 2, hasDatabase: true });
  const [row] = [...given.store.examples(dataset.id)];
  expect(row).toMatchObject({ context: context(expected), database: null });
  const file = attachedFile(join(given.datasetsFolder, dataset.id), row?.database ?? null);
  expect((await sql.query(file, 'SELECT name FROM seller')).rows).toEqual([['Mina'], ["O'Neil"]]);
});

test('a file that is not a database is refused and changes nothing', async () => {
  const dataset = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
  writeFileSync(join(folder, 'no.sqlite'), 'text');
  const refused = attachToDataset(
    { ...given, sql },
    { dataset, database: { path: join(folder, 'no.sqlite'), name: 'no.sqlite' } },
  );
  await expect(refused).rejects.toMatchObject({ code: 'DATABASE_ATTACHED_INVALID' });
  expect(given.store.get(dataset.id)).toMatchObject({ version: 1, hasDatabase: false });
});

test('an archive of databases serves the rows that name them; other rows keep their names', async () => {
  writeSqliteFile(join(folder, 'zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY);');
  const path = join(folder, 'all.zip');
  const files = ['shop', 'zoo', 'unused'].map((name) => ({
    name: `deep/${name}/${name}.sqlite`,
    text: readFileSync(join(folder, name === 'unused' ? 'zoo.sqlite' : `${name}.sqlite`)),
  }));
  writeFileSync(path, zipArchive(files));
  const rows = [
    { database: 'shop' },
    { database: 'not named so', group: 'zoo' },
    { database: 'elsewhere', group: 'g' },
  ].map((row) => ({ context: context('x'), target: 'SELECT 1', ...row }));
  const dataset = given.make(rows, { task: 'nl2sql' });
  const schema = { foreignKeys: false, sampleValues: 0 };
  await attachToDataset({ ...given, sql }, { dataset, database: { path, name: 'all.zip' }, schema });
  expect([...given.store.examples(dataset.id)].map(({ database, context }) => [database, context])).toEqual([
    ['shop', expect.stringContaining('\n"sold item"(id integer pk, seller_id integer, price real)\n')],
    ['zoo', context('animal(id integer pk)')],
    ['elsewhere', context('x')],
  ]);
  const listed = await listDatabases(join(given.datasetsFolder, dataset.id));
  expect(listed.map(({ name }) => name)).toEqual(['shop', 'zoo']);
});

const ofTwo = ['shop', 'zoo'].map((database) => ({
  context: context('x'),
  target: 'SELECT 1',
  database,
  group: database,
}));

test('a single file serves all rows, until a folder has a database for each', async () => {
  // Regression: the single file's name was written into every row, so that the folder's file of that name served them
  // all.
  writeSqliteFile(join(folder, 'zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY);');
  const dataset = given.make(ofTwo, { task: 'nl2sql' });
  const own = join(given.datasetsFolder, dataset.id);
  const attach = (path: string, name: string) =>
    attachToDataset({ ...given, sql }, { dataset, database: { path, name } });
  const tables = () =>
    Promise.all(
      [...given.store.examples(dataset.id)].map(async ({ database }) => {
        const file = attachedFile(own, database);
        return (await sql.query(file, "SELECT name FROM sqlite_schema WHERE type = 'table'")).rows.flat();
      }),
    );
  const [shop, zoo] = [['seller', 'sold item'], ['animal']];

  expect(await attach(join(folder, 'shop.sqlite'), 'shop.sqlite')).toMatchObject({
    version: 1,
    sha256: dataset.sha256,
  });
  expect(await tables()).toEqual([shop, shop]);
  expect(await listDatabases(own)).toMatchObject([{ name: 'shop', rowsOfOthers: 1 }]);
  expect(await attach(join(folder, 'zoo.sqlite'), 'only.sqlite')).toMatchObject({ version: 1 });
  expect(await tables()).toEqual([zoo, zoo]);
  expect(await listDatabases(own)).toMatchObject([{ name: 'only', rowsOfOthers: 2 }]);

  expect(await attach(folder, 'both')).toMatchObject({ version: 1, sha256: dataset.sha256 });
  expect(await tables()).toEqual([shop, zoo]);
  expect((await listDatabases(own)).map(({ rowsOfOthers }) => rowsOfOthers)).toEqual([undefined, undefined]);
  await swapDatabases(given, dataset);
  expect(await tables()).toEqual([zoo, zoo]);
});

test('a folder with one database serves only the rows that name it', async () => {
  const dataset = given.make(ofTwo, { task: 'nl2sql' });
  await attachToDataset({ ...given, sql }, { dataset, database: { path: folder, name: 'one' } });
  const own = join(given.datasetsFolder, dataset.id);
  expect(attachedFile(own, 'shop')).toBe(join(own, 'databases', 'shop.sqlite'));
  expect(() => attachedFile(own, 'zoo')).toThrowError(expect.objectContaining({ code: 'SQL_REFUSED' }));
});

test('database names overwritten by a single file are recovered from groups of the same column', async () => {
  writeSqliteFile(join(folder, 'zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY);');
  const rows = ofTwo.map((row) => ({ ...row, database: 'shop' }));
  const databases = async (mapping: Record<string, string>) => {
    const dataset = { ...given.make(rows, { task: 'nl2sql' }), mapping };
    await attachToDataset({ ...given, sql }, { dataset, database: { path: folder, name: 'both' } });
    return [...given.store.examples(dataset.id)].map(({ database }) => database);
  };
  expect(await databases({ group: 'db_id', database: 'db_id' })).toEqual(['shop', 'zoo']);
  expect(await databases({ group: 'topic', database: 'db_id' })).toEqual(['shop', 'shop']);
});

test('detached and replaced databases can be restored', async () => {
  const dataset = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
  const attach = (name: string) =>
    attachToDataset({ ...given, sql }, { dataset, database: { path: join(folder, name), name } });
  const names = async () => (await listDatabases(join(given.datasetsFolder, dataset.id))).map(({ name }) => name);
  writeSqliteFile(join(folder, 'zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY);');
  await attach('shop.sqlite');
  expect(await swapDatabases(given, dataset)).toMatchObject({ hasDatabase: false });
  expect(await swapDatabases(given, dataset)).toMatchObject({ hasDatabase: true });
  await attach('zoo.sqlite');
  expect(await names()).toEqual(['zoo']);
  await swapDatabases(given, dataset);
  expect(await names()).toEqual(['shop']);
  expect(await detachDatabases(given, dataset)).toMatchObject({ hasDatabase: false });
  expect(await names()).toEqual([]);
  expect(await swapDatabases(given, dataset)).toMatchObject({ hasDatabase: true });
  expect(await names()).toEqual(['shop']);
});

// Regression: undoing an attach reattached the database after it had been detached.
test('a restore is refused if the attachment is not the one that the person saw', async () => {
  const dataset = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
  const attach = () =>
    attachToDataset({ ...given, sql }, { dataset, database: { path: join(folder, 'shop.sqlite'), name: 'shop' } });
  const attached = async () => (await listDatabases(join(given.datasetsFolder, dataset.id)))[0]?.attachment ?? null;
  await attach();
  const first = await attached();
  await detachDatabases(given, dataset);
  await expect(swapDatabases(given, dataset, first)).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
  expect(await swapDatabases(given, dataset, null)).toMatchObject({ hasDatabase: true });
  expect(await attached()).toBe(first);
  await attach();
  await expect(swapDatabases(given, dataset, first)).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
  // Regression: both passed, and moved each other's files.
  const second = await attached();
  const both = await Promise.allSettled([1, 2].map(() => swapDatabases(given, dataset, second)));
  expect(both.toSorted((a, b) => a.status.localeCompare(b.status))).toMatchObject([
    { status: 'fulfilled', value: { hasDatabase: true } },
    { status: 'rejected', reason: { code: 'DATASET_CHANGED' } },
  ]);
  expect(await attached()).toBe(first);
});

test('if the rows cannot be updated, the previous databases are attached again', async () => {
  const dataset = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
  const parts = { ...given, sql };
  await attachToDataset(parts, { dataset, database: { path: join(folder, 'shop.sqlite'), name: 'shop.sqlite' } });
  writeSqliteFile(join(folder, 'zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY);');
  const apply: DatasetChanges['apply'] = (about) =>
    // biome-ignore lint/correctness/useYield: it fails before it has changed a row
    given.changes.apply(about, function* () {
      throw new Error('full');
    });
  const full = { apply } as unknown as DatasetChanges; // only this is called
  const database = { path: join(folder, 'zoo.sqlite'), name: 'zoo.sqlite' };
  await expect(attachToDataset({ ...parts, changes: full }, { dataset, database })).rejects.toThrow('full');
  const listed = await listDatabases(join(given.datasetsFolder, dataset.id));
  expect(listed.map(({ name }) => name)).toEqual(['shop']);
});

// Regression: the databases of the first came back, beside the texts of the second.
test('of two attaches at once, one that fails leaves the other whole', async () => {
  const dataset = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
  writeSqliteFile(join(folder, 'zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY);');
  let second: Promise<unknown> | undefined;
  const apply: DatasetChanges['apply'] = (about, work) =>
    given.changes.apply(about, async function* (change) {
      yield* work(change);
      second = attachWithTexts(dataset, 'zoo');
      // As far as it gets before this has ended.
      await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
      throw new Error('full');
    });
  const asked = vi.spyOn(given.changes, 'apply');
  const first = attachWithTexts(dataset, 'shop', { apply } as unknown as DatasetChanges); // only this is called
  await expect(first).rejects.toThrow('full');
  await second;
  const [row] = [...given.store.examples(dataset.id)];
  const [database] = await listDatabases(join(given.datasetsFolder, dataset.id));
  expect([database?.name, row?.context.includes('animal')]).toEqual(['zoo', true]);
  expect(await swapDatabases(given, dataset)).toMatchObject({ hasDatabase: false });
});

// Regression: leftovers of a process killed in between stayed forever, and the only copy could not be found again.
test.each<[string, Left, Pick<Left, 'databases' | 'before'> & { has: boolean }]>([
  ['while files were copied', { databases: 'a', aside: 'databases', has: true }, { databases: 'a', has: true }],
  [
    'before the copies replaced the attached files',
    { before: 'a', aside: 'databases', has: true },
    { databases: 'a', has: true },
  ],
  ['before the attachment was recorded', { databases: 'a', has: false }, { databases: 'a', has: true }],
  ['before the detachment was recorded', { before: 'a', has: true }, { databases: 'a', has: true }],
  [
    'when a swap had moved one folder',
    { before: 'b', aside: 'now', has: true },
    { databases: 'aside', before: 'b', has: true },
  ],
  [
    'when a swap had moved both folders',
    { databases: 'b', aside: 'now', has: true },
    { databases: 'b', before: 'aside', has: true },
  ],
  ['when a swap had moved the only folder', { aside: 'now', has: true }, { databases: 'aside', has: true }],
  ['after everything was done', { before: 'a', has: false }, { before: 'a', has: false }],
  ['and its files are gone', { has: true }, { has: false }],
])('databases are recovered after the studio was killed %s', async (_, left, { has, ...expected }) => {
  const { id } = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
  const own = join(given.datasetsFolder, id);
  const put = (path: string, name: string) => {
    mkdirSync(join(own, path), { recursive: true });
    writeFileSync(join(own, path, `${name}.sqlite`), '');
  };
  if (left.databases) put('databases', left.databases);
  if (left.before) put('databases-before', left.before);
  if (left.aside) put(`attaching-x1y2z3/${left.aside}`, 'aside');
  given.store.setHasDatabase(id, left.has);
  await mendAttachments(given);
  expect(given.store.get(id).hasDatabase).toBe(has);
  const found = readdirSync(own).filter((name) => !name.startsWith('rows.sqlite'));
  const shown = Object.fromEntries(found.map((name) => [name, readdirSync(join(own, name)).join()]));
  expect(shown).toEqual({
    ...(expected.databases && { databases: `${expected.databases}.sqlite` }),
    ...(expected.before && { 'databases-before': `${expected.before}.sqlite` }),
  });
});

// Regression: the new databases stayed attached, while the rows still described those of before, or none.
test.each([
  { before: 'zoo', areWritten: false, expected: ['zoo'] },
  { before: undefined, areWritten: false, expected: [] },
  { before: 'zoo', areWritten: true, expected: ['shop'] },
])('databases whose texts were due when the studio was killed: %j', async ({ before, areWritten, expected }) => {
  const dataset = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
  writeSqliteFile(join(folder, 'zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY);');
  if (before !== undefined) await attachWithTexts(dataset, before);
  const killed = Promise.withResolvers<void>();
  const apply: DatasetChanges['apply'] = async (...change) => {
    if (areWritten) await given.changes.apply(...change);
    else await change[0].files?.put(given.store.get(dataset.id).version);
    killed.resolve();
    return new Promise(() => {});
  };
  void attachWithTexts(dataset, 'shop', { apply } as unknown as DatasetChanges); // only this is called
  await killed.promise;
  await mendAttachments(given);
  const listed = await listDatabases(join(given.datasetsFolder, dataset.id));
  expect(listed.map(({ name }) => name)).toEqual(expected);
  expect(given.store.get(dataset.id).hasDatabase).toBe(expected.length > 0);
  // What was taken off can still be attached, and the next start leaves it.
  await swapDatabases(given, dataset);
  await mendAttachments(given);
  const swapped = await listDatabases(join(given.datasetsFolder, dataset.id));
  expect(swapped.map(({ name }) => name)).toEqual(areWritten ? ['zoo'] : ['shop']);
});

// Regression: the databases of before were attached to rows that already described the new ones.
test.each(['before its rows are changed', 'while its rows are changed'])(
  'databases and texts belong together in a dataset that is restored after it was deleted %s',
  async (moment) => {
    const dataset = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
    writeSqliteFile(join(folder, 'zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY);');
    await attachWithTexts(dataset, 'zoo');
    const isBefore = moment.startsWith('before');
    const apply: DatasetChanges['apply'] = (about, work, signal) => {
      if (isBefore) given.store.markDeleted(dataset.id, 1);
      const during: typeof work = async function* (change) {
        yield* work(change);
        given.store.markDeleted(dataset.id, 1);
      };
      return given.changes.apply(about, during, signal);
    };
    const attached = attachWithTexts(dataset, 'shop', { apply } as unknown as DatasetChanges); // only this is called
    if (isBefore) await expect(attached).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    else await attached;
    const [row] = [...given.store.examples(given.store.restore(dataset.id).id)];
    const [database] = await listDatabases(join(given.datasetsFolder, dataset.id));
    expect([database?.name, row?.context.includes('animal')]).toEqual(isBefore ? ['zoo', true] : ['shop', false]);
    expect(readdirSync(join(given.datasetsFolder, dataset.id, 'databases')).toSorted()).toEqual(
      [`${database?.name}.sqlite`, 'attachment', 'for-all-rows.json'].toSorted(),
    );
  },
);

// Regression: it was mended at the start after the one that followed its restoring.
test('a deleted dataset is mended too, and has what was attached once it is restored', async () => {
  const dataset = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
  await attachToDataset(
    { ...given, sql },
    { dataset, database: { path: join(folder, 'shop.sqlite'), name: 'shop.sqlite' } },
  );
  const own = join(given.datasetsFolder, dataset.id);
  mkdirSync(join(own, 'attaching-x1y2z3'));
  renameSync(join(own, 'databases'), join(own, 'attaching-x1y2z3/now'));
  given.store.markDeleted(dataset.id, 1);
  await mendAttachments(given);
  expect(given.store.restore(dataset.id).hasDatabase).toBe(true);
  expect((await listDatabases(own)).map(({ name }) => name)).toEqual(['shop']);
});

// Regression: the page swapped the databases and then undid the texts, and a studio killed in between kept texts of
// databases that were no longer attached.
describe('the undo of an attach with texts', () => {
  const attached = async () => {
    const dataset = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
    writeSqliteFile(join(folder, 'zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY);');
    await attachWithTexts(dataset, 'zoo');
    const { made } = await attachWithTexts(dataset, 'shop');
    const own = join(given.datasetsFolder, dataset.id);
    const now = async () => {
      const [row] = [...given.store.examples(dataset.id)];
      const names = (await listDatabases(own)).map(({ name }) => name);
      return { names, isOfZoo: row?.context.includes('animal') === true, notes: notesIn(own) };
    };
    const [{ attachment } = { attachment: null }] = await listDatabases(own);
    return { dataset, now, made: { attachment, version: made ?? 0 } };
  };
  const ofShop = { names: ['shop'], isOfZoo: false, notes: [] };
  const ofZoo = { names: ['zoo'], isOfZoo: true, notes: [] };

  test('brings back the databases and the texts of before', async () => {
    const { dataset, now, made } = await attached();
    expect(await now()).toEqual(ofShop);
    expect(await undoAttach(given, dataset, made)).toMatchObject({ hasDatabase: true, version: made.version + 1 });
    expect(await now()).toEqual(ofZoo);
    await expect(undoAttach(given, dataset, made)).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
    expect(await now()).toEqual(ofZoo);
  });

  test('does nothing once rows or databases are others', async () => {
    const { dataset, now, made } = await attached();
    const other = { ...made, attachment: 'other' };
    await expect(undoAttach(given, dataset, other)).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
    await given.changes.edit(dataset.id, { position: 0, content: { target: 'SELECT 2' } });
    await expect(undoAttach(given, dataset, made)).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
    expect(await now()).toEqual(ofShop);
  });

  test('writes the texts again if the databases were swapped meanwhile', async () => {
    const { dataset, now, made } = await attached();
    const bringBack: DatasetChanges['bringBack'] = async (...change) => {
      const after = await given.changes.bringBack(...change);
      if (change[1] === 'undo') await swapDatabases(given, dataset);
      return after;
    };
    const changes = { bringBack } as unknown as DatasetChanges; // only this is called
    await expect(undoAttach({ ...given, changes }, dataset, made)).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
    expect(await now()).toEqual({ ...ofShop, names: ['zoo'] });
  });

  test.each([
    { areUndone: true, expected: ofZoo },
    { areUndone: false, expected: ofShop },
  ])('is whole or has not happened after the studio was killed: %j', async ({ areUndone, expected }) => {
    const { dataset, now, made } = await attached();
    const killed = Promise.withResolvers<void>();
    const bringBack: DatasetChanges['bringBack'] = async (...change) => {
      if (areUndone) await given.changes.bringBack(...change);
      killed.resolve();
      return new Promise(() => {});
    };
    void undoAttach({ ...given, changes: { bringBack } as unknown as DatasetChanges }, dataset, made);
    await killed.promise;
    await mendAttachments(given);
    expect(await now()).toEqual(expected);
  });

  const notesIn = (own: string) =>
    ['databases', 'databases-before'].flatMap((databases) =>
      readdirSync(join(own, databases)).filter((name) => name.endsWith('.json') && name.startsWith('texts-')),
    );
});

/**
 * Contents of a dataset's folder, as the name of the database in each place; `aside`: the folder within the one of the
 * attach.
 */
interface Left {
  readonly databases?: string;
  readonly before?: string;
  readonly aside?: 'databases' | 'now';
  readonly has: boolean;
}

// Regression: each of 307 rows got a text of 2.6 MB, and no page could show them.
test('a schema text too long for a row is refused, and nothing is replaced', async () => {
  const dataset = given.make([{ context: context('x'), target: 'SELECT 1' }], { task: 'nl2sql' });
  const attach = (name: string, schema?: SchemaTextOptions) =>
    attachToDataset({ ...given, sql }, { dataset, database: { path: join(folder, name), name }, schema });
  await attach('shop.sqlite');
  const columns = Array.from({ length: 200 }, (_, column) => `column_${column}_${'x'.repeat(80)} TEXT`).join(', ');
  const tables = Array.from({ length: 60 }, (_, table) => `CREATE TABLE t${table} (${columns});`);
  writeSqliteFile(join(folder, 'wide.sqlite'), tables.join(''));
  await expect(attach('wide.sqlite', { foreignKeys: false, sampleValues: 0 })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    data: { option: 'schema', because: { code: 'SCHEMA_TEXT_TOO_LONG', data: { database: 'wide', most: 1_048_576 } } },
  });
  expect(given.store.get(dataset.id)).toMatchObject({ version: 1, hasDatabase: true });
  const listed = async () => (await listDatabases(join(given.datasetsFolder, dataset.id))).map(({ name }) => name);
  expect(await listed()).toEqual(['shop']);
  expect(readdirSync(join(given.datasetsFolder, dataset.id)).filter((name) => name.startsWith('attaching'))).toEqual(
    [],
  );
  expect(await attach('wide.sqlite')).toMatchObject({ version: 1, hasDatabase: true });
});

// Regression: a large one was copied to the end before a stop took effect.
test.each(['shop.sqlite', 'shop.zip'])('copying a database stops when aborted: %s', async (name) => {
  const sqlite = readFileSync(join(folder, 'shop.sqlite'));
  writeFileSync(join(folder, 'shop.zip'), zipArchive([{ name: 'shop.sqlite', text: sqlite }]));
  const copier = await DatabaseCopier.open({ path: join(folder, name), name }, folder, AbortSignal.abort());
  await expect(copier.take({ database: 'shop', group: null })).rejects.toMatchObject({ name: 'AbortError' });
});

// All rows were looked at in one go, while the studio answered nobody.
test('an attachment can be called off while rows are looked at, and replaces nothing', async () => {
  const rows = Array.from({ length: 20_000 }, () => ({ context: context('x'), target: 'SELECT 1' }));
  const dataset = given.make(rows, { task: 'nl2sql' });
  const database = { path: join(folder, 'shop.sqlite'), name: 'shop.sqlite' };
  const leaving = new AbortController();
  const [first, ...others] = given.store.examples(dataset.id);
  vi.spyOn(given.store, 'examples').mockImplementationOnce(function* () {
    if (first) yield first;
    // The file has been copied.
    void setImmediate().then(() => leaving.abort());
    yield* others;
  });
  const attached = attachToDataset({ ...given, sql }, { dataset, database }, leaving.signal);
  await expect(attached).rejects.toMatchObject({ name: 'AbortError' });
  expect(readdirSync(join(given.datasetsFolder, dataset.id)).filter((name) => /databases/.test(name))).toEqual([]);
});

// Regression: the copy lacked what was only in the log, or failed.
test('a database is copied whole while the program that uses it moves its log into it', async () => {
  const path = join(folder, 'used.sqlite');
  const program = openSqliteFile(
    path,
    `
    PRAGMA journal_mode = WAL;
    CREATE TABLE seller (name TEXT);
    INSERT INTO seller VALUES ('Mina');
    CREATE TABLE photo (bytes BLOB);
    INSERT INTO photo VALUES (zeroblob(32_000_000));
    PRAGMA wal_checkpoint (TRUNCATE);
    UPDATE seller SET name = 'Nora';
  `,
  );
  const copier = await DatabaseCopier.open({ path, name: 'used.sqlite' }, folder);
  const copied = copier.take({ database: 'used', group: null });
  const copy = join(databasesFolder(folder), 'used.sqlite');
  while (!existsSync(copy) || statSync(copy).size === 0) await setImmediate();
  program.close();
  await copied;
  const found = openSqliteFile(copy, '');
  expect(found.prepare('SELECT name FROM seller').pluck().get()).toBe('Nora');
  found.close();
});

test('queries are checked against their database, or by grammar and schema text without one', async () => {
  const queries = [
    'SELECT name FROM seller',
    'SELECT nme FROM seller',
    'SELECT * FROM buyer',
    'SELECT * FROM who',
    'SELEC 1',
    'SELECT abs(1, 2)',
  ];
  const rows = queries.map((target) => ({ context: context('seller(id integer pk, name text)'), target }));
  const dataset = given.make(rows, { task: 'nl2sql' });
  expect(await codes(dataset.id)).toEqual({ SQL_UNKNOWN_NAME: 2, SQL_NOT_PARSED: 1, SQL_DOES_NOT_RUN: 1 });
  const database = { path: join(folder, 'shop.sqlite'), name: 'shop.sqlite' };
  await attachToDataset({ ...given, sql }, { dataset, database });
  expect(await codes(dataset.id)).toEqual({ SQL_UNKNOWN_NAME: 3, SQL_NOT_PARSED: 1, SQL_DOES_NOT_RUN: 1 });
});

// Regression: a query about another city was right, as no row of the database fitted either.
test('a query that finds nothing is told, as any other that finds nothing would be right', async () => {
  const queries = [
    "SELECT name FROM seller WHERE name = 'Nobody'",
    "SELECT max(name) FROM seller WHERE name = 'Nobody'",
    "SELECT count(*) FROM seller WHERE name = 'Nobody'",
    'SELECT NULL, name FROM seller',
    // The first of several rows may have no value.
    'SELECT nullif(id, 1) FROM seller ORDER BY 1',
  ];
  const rows = queries.map((target) => ({ context: context('seller(id integer pk, name text)'), target }));
  const dataset = given.make(rows, { task: 'nl2sql' });
  // Without a database, there is nothing to be found.
  expect((await codes(dataset.id)).SQL_FINDS_NOTHING).toBeUndefined();
  const database = { path: join(folder, 'shop.sqlite'), name: 'shop.sqlite' };
  await attachToDataset({ ...given, sql }, { dataset, database });
  expect(await codes(dataset.id)).toEqual({ SQL_FINDS_NOTHING: 2 });
});

// Regression: SQLite's message contained a word that identified an ended process.
test('a failing query is run only once, whatever names it contains', async () => {
  const rows = ['SELECT 1 FROM ended', 'SELECT 1 FROM "took longer"'].map((target) => ({ context: 'x', target }));
  const dataset = given.make(rows, { task: 'nl2sql' });
  const asked = vi.spyOn(sql, 'query');
  await codes(dataset.id);
  expect(asked.mock.calls.map(([, query]) => query)).toEqual(rows.map(({ target }) => target));
  asked.mockRestore();
});

/** With the texts that the rows then have of their schema. */
function attachWithTexts(dataset: Dataset, name: string, changes: DatasetChanges = given.changes) {
  return attachToDataset(
    { ...given, sql, changes },
    {
      ...{ dataset, database: { path: join(folder, `${name}.sqlite`), name: `${name}.sqlite` } },
      schema: { foreignKeys: false, sampleValues: 0 },
    },
  );
}

/** Number of rows for each finding about their query. */
async function codes(id: string): Promise<Record<string, number>> {
  const thread = new RowsThread();
  const found: Record<string, number> = {};
  const parts = { store: given.store, datasetsFolder: given.datasetsFolder, sql, thread };
  for await (const event of checkDataset(given.store.get(id), parts, new AbortController().signal)) {
    if (event.kind !== 'finished') continue;
    for (const { code, rows } of event.report.findings) if (code.startsWith('SQL_')) found[code] = rows;
  }
  await thread.close();
  return found;
}
