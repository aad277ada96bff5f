import { expect, test } from 'vitest';
import { databaseSource, databasesIn } from './database-files.ts';

const inFolder = (...paths: string[]) => ({
  name: 'database',
  files: paths.map((path) => ({ path, file: new File(['x'], path.split('/').at(-1) ?? '') })),
});

test('of a folder only its databases are sent, however deep they lie', async () => {
  const sent = databasesIn(inFolder('shop/shop.sqlite', 'shop/schema.sql', 'zoo/deep/zoo.DB', 'tables.json'));
  const text = await sent.text();
  expect(sent.name).toBe('database.zip');
  expect(text).toContain('shop/shop.sqlite');
  expect(text).toContain('zoo/deep/zoo.DB');
  expect(text).not.toMatch(/schema\.sql|tables\.json/);
});

test('a folder without a database says so', () => {
  expect(() => databasesIn(inFolder('tables.json'))).toThrowError(
    expect.objectContaining({ code: 'DATABASE_ATTACHED_INVALID' }),
  );
});

test('one file is sent as it is, several as an archive, none not at all', () => {
  const [shop, zoo] = [new File(['x'], 'shop.sqlite'), new File(['x'], 'zoo.sqlite')];
  expect(databaseSource([])).toBeUndefined();
  expect(databaseSource([shop])).toBe(shop);
  expect(databaseSource([shop, zoo])?.name).toBe('shop.sqlite + 1.zip');
});
