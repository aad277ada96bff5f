import { expect, test } from 'vitest';
import { fileSignatures } from '../../src-contract/file-signature.ts';
import { databaseSource, databasesIn } from './database-files.ts';
import { archiveOf } from './folder-archive.ts';

const inFolder = (...paths: string[]) => ({
  name: 'database',
  files: paths.map((path) => ({ path, file: new File(['x'], path.split('/').at(-1) ?? '') })),
});

test('sends only the databases of a folder, at any depth', async () => {
  const sent = databasesIn(inFolder('shop/shop.sqlite', 'shop/schema.sql', 'zoo/deep/zoo.DB', 'tables.json'));
  const text = await sent.text();
  expect(sent.name).toBe('database.zip');
  expect(text).toContain('shop/shop.sqlite');
  expect(text).toContain('zoo/deep/zoo.DB');
  expect(text).not.toMatch(/schema\.sql|tables\.json/);
});

test('rejects a folder without a database', () => {
  expect(() => databasesIn(inFolder('tables.json'))).toThrowError(
    expect.objectContaining({ code: 'DATABASE_ATTACHED_INVALID' }),
  );
});

test('sends one file as is, several as an archive, and nothing for none', async () => {
  const [shop, zoo] = [new File([fileSignatures.SQLITE], 'shop.sqlite'), new File(['x'], 'zoo.sqlite')];
  expect(await databaseSource([])).toBeUndefined();
  expect(await databaseSource([shop])).toBe(shop);
  expect((await databaseSource([shop, zoo]))?.name).toBe('shop.sqlite + 1.zip');
});

// It was sent and shown as attached, and the preview named its schema, until the import failed.
test('a file that is no database is refused before it is sent', async () => {
  await expect(databaseSource([new File(['id,name'], 'shop.db')])).rejects.toThrow(
    '“shop.db” cannot be used as a database: it is not a SQLite file.',
  );
  await expect(databaseSource([new File(['CREATE TABLE'], 'my shop.sql')])).rejects.toThrow(
    `it is a script of SQL; a database is made of it with: sqlite3 "my shop.sqlite" ".read 'my shop.sql'"`,
  );
  const archive = new File([fileSignatures.ZIP, '\u{ff}'], 'all.zip');
  expect(await databaseSource([archive])).toBe(archive);
});

// Of 65,541 files, five were imported.
test('a folder of more files than an archive may have is refused before it is sent', () => {
  const file = new File(['x'], 'a.txt');
  const files = Array.from({ length: 65_541 }, (_, place) => ({ path: `${place}.txt`, file }));
  expect(() => archiveOf({ name: 'corpus', files })).toThrow(
    '“corpus” cannot be read: it lists more than 20,000 files.',
  );
});
