import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../database/open.ts';
import {
  attachedFile,
  databaseFileName,
  databasesFolder,
  forkSqlProcess,
  queryCheck,
  SqlRunner,
  usualLimits,
} from './attached-database.ts';

let folder: string;
let file: string;
let runner: SqlRunner;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attached-'));
  file = join(folder, 'city.sqlite');
  const database = openDatabase(file);
  database.exec(
    `CREATE TABLE city (name TEXT, people INTEGER, flag BLOB);
     INSERT INTO city VALUES ('Bonn', 330000, x'0102'), ('Ulm', 126000, NULL);`,
  );
  database.pragma('journal_mode = DELETE');
  database.close();
  runner = new SqlRunner(() => forkSqlProcess());
});
afterAll(() => {
  runner.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a query returns columns and rows, with blobs as hex', async () => {
  const result = await runner.query(file, 'SELECT name, people, flag FROM city ORDER BY people DESC;');
  expect(result).toMatchObject({
    columns: ['name', 'people', 'flag'],
    rows: [
      ['Bonn', 330000, "x'0102'"],
      ['Ulm', 126000, null],
    ],
    truncated: false,
  });
});

// Regression: both ids came out as 9007199254740992, and infinity as NULL.
test('no digit of a large integer is lost, and infinity is not NULL', async () => {
  const { rows } = await runner.query(file, 'SELECT 9007199254740991, 9007199254740993, -9223372036854775808, 1e999');
  expect(rows).toEqual([[9007199254740991, '9007199254740993', '-9223372036854775808', 'Inf']]);
});

test.each([
  'DELETE FROM city',
  'DROP TABLE city',
  "INSERT INTO city VALUES ('x', 1, NULL) RETURNING name",
  'WITH a AS (SELECT 1) DELETE FROM city',
  "ATTACH DATABASE '/tmp/x.sqlite' AS other",
  'PRAGMA writable_schema = ON',
  'SELECT 1; SELECT 2',
  'SELECT 1; DROP TABLE city',
  "SELECT load_extension('/tmp/x.so')",
  "VACUUM INTO '/tmp/x.sqlite'",
  'SELEKT name FROM city',
  'SELECT nothing FROM city',
  // With backtracking, this run of comments could be split in 2 ** 39 ways.
  `${'/**/'.repeat(40)} DROP TABLE city`,
  '',
])('%j is refused and changes nothing', async (sql) => {
  const before = readFileSync(file);
  await expect(runner.query(file, sql)).rejects.toMatchObject({ code: 'SQL_REFUSED' });
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a query may begin with a comment, WITH or VALUES', async () => {
  for (const sql of ['-- how many\nSELECT 2', '/* two */ WITH a(n) AS (VALUES (2)) SELECT n FROM a', 'VALUES (2)']) {
    expect((await runner.query(file, sql)).rows).toEqual([[2]]);
  }
});

test('a text in double quotes is a string if there is no such column', async () => {
  const sql = 'SELECT "name", "it\'s" FROM city WHERE name = "Bonn" AND "people" > 1 -- "Bonn"';
  expect((await runner.query(file, sql)).rows).toEqual([['Bonn', "it's"]]);
  await expect(runner.query(file, 'SELECT "name" FROM city WHERE t."name" = 1')).rejects.toThrow(/no such column/);
});

// Regression: from each bracket in a comment that is left open, the rest was looked through for its end.
test('a text in double quotes is found before very many brackets', async () => {
  expect((await runner.query(file, `SELECT "Rome" /* ${'['.repeat(900_000)}`)).rows).toEqual([['Rome']]);
});

test('an endless query is stopped at its time limit, and the next one runs', async () => {
  const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
  await expect(runner.query(file, endless, { ...usualLimits, milliseconds: 300 })).rejects.toMatchObject({
    code: 'SQL_REFUSED',
    data: { reason: 'it took longer than 0.3 seconds' },
  });
  expect((await runner.query(file, 'SELECT 1')).rows).toEqual([[1]]);
});

test('surplus rows and long cells are truncated', async () => {
  const many = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n';
  const cut = await runner.query(file, many, { ...usualLimits, rows: 3 });
  expect(cut).toMatchObject({ rows: [[1], [2], [3]], truncated: true });
  const long = await runner.query(file, "SELECT printf('%05000d', 1)", { ...usualLimits, cellLetters: 4 });
  expect(long.rows).toEqual([['0000']]);
});

test('a query that needs too much memory fails, and the next one runs', async () => {
  await expect(runner.query(file, 'SELECT randomblob(900000000)')).rejects.toMatchObject({ code: 'SQL_REFUSED' });
  expect((await runner.query(file, 'SELECT 1')).rows).toEqual([[1]]);
});

// Regression: “SQLite says the database is larger than 128 MB”, of which SQLite says nothing.
test('a database too large for a copy in memory is read from its file, and is as safe', async () => {
  const large = join(folder, 'large.sqlite');
  const database = openDatabase(large);
  database.exec(`CREATE TABLE big (n INTEGER, filler BLOB);
    WITH RECURSIVE c (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c LIMIT 140) INSERT INTO big SELECT n, zeroblob(1000000) FROM c`);
  database.close();
  const journal = (mode: string) => {
    const again = openDatabase(large);
    again.pragma(`journal_mode = ${mode}`);
    again.close();
  };
  journal('delete');
  const files = readdirSync(folder);
  expect((await runner.query(large, 'SELECT count(*), sum(n) FROM big')).rows).toEqual([[140, 9870]]);
  for (const sql of ['WITH a AS (SELECT 1) DELETE FROM big', "SELECT load_extension('/tmp/x.so')"])
    await expect(runner.query(large, sql)).rejects.toMatchObject({ code: 'SQL_REFUSED' });
  const { rows } = await runner.query(large, 'SELECT length(filler) FROM big LIMIT 1');
  expect(rows).toEqual([[1000000]]);
  expect(readdirSync(folder)).toEqual(files);
  // Reading it where it is would create files beside it.
  journal('wal');
  await expect(runner.query(large, 'SELECT 1')).rejects.toMatchObject({
    data: { because: { code: 'SQL_DATABASE_LOGGED' } },
  });
}, 30_000);

// Regression: of more than sixteen, the newest was dropped: two that were asked in turn were read anew each time.
test('the databases that were asked first are the ones no longer held in memory', async () => {
  const files = Array.from({ length: 17 }, (_, place) => join(folder, `small ${place}.sqlite`));
  const bytes = readFileSync(file);
  const write = (each: string, name: string) => {
    writeFileSync(each, Buffer.from(bytes.toString('latin1').replaceAll('Bonn', name), 'latin1'));
    // With the size and the time of before, the change is unseen where the database is still held.
    utimesSync(each, 1, 1);
  };
  const said = async (each = '') => (await runner.query(each, 'SELECT name FROM city LIMIT 1')).rows;
  for (const each of files) {
    write(each, 'Bonn');
    await said(each);
    write(each, 'Kiel');
  }
  expect(await said(files[16])).toEqual([['Bonn']]);
  expect(await said(files[15])).toEqual([['Bonn']]);
  expect(await said(files[0])).toEqual([['Kiel']]);
});

test('aborting ends the query, and the next one runs', async () => {
  const abort = new AbortController();
  const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
  const answer = runner.query(file, endless, usualLimits, abort.signal);
  setTimeout(() => abort.abort(), 100);
  await expect(answer).rejects.toThrow();
  expect((await runner.query(file, 'SELECT 1')).rows).toEqual([[1]]);
});

// Regression: white space of some megabytes ended the process, and an unknown name of megabytes was repeated in full.
test('a query of megabytes is refused, and an error is of readable length', async () => {
  await expect(runner.query(file, `${'\n'.repeat(20_000_000)}SELECT 1`)).rejects.toMatchObject({
    data: { because: { code: 'SQL_LONG' } },
  });
  const error = await runner.query(file, `SELECT ${'z'.repeat(900_000)}`).catch((thrown: Error) => thrown);
  expect((error as Error).message).toMatch(/^The query cannot be run: SQLite says “no such column: z{400,500}…”/);
  expect((await runner.query(file, `SELECT '${'z'.repeat(900_000)}'`)).rows).toHaveLength(1);
});

test('a file that is not a database is refused', async () => {
  await expect(runner.query(import.meta.filename, 'SELECT 1 FROM sqlite_schema')).rejects.toMatchObject({
    code: 'SQL_REFUSED',
  });
});

test('a database name from a row cannot escape the folder', () => {
  expect(databaseFileName('../../etc/passwd')).toBe('%2e%2e%2f%2e%2e%2fetc%2fpasswd.sqlite');
  expect(databaseFileName('학교 1')).toBe('학교 1.sqlite');
  expect(() => attachedFile(folder, '../city')).toThrow(expect.objectContaining({ code: 'SQL_REFUSED' }));
});

// Regression: the next query was refused with “the process that runs queries ended”.
test('a query that is stopped just as it is answered does not end the next one', async () => {
  const started: FakeProcess[] = [];
  const fake = new SqlRunner(() => {
    const process = new FakeProcess();
    started.push(process);
    return process;
  });
  const abort = new AbortController();
  const stopped = fake.query('any.sqlite', 'SELECT 1', usualLimits, abort.signal);
  const next = fake.query('any.sqlite', 'SELECT 2');
  await expect.poll(() => started[0]?.requests.length).toBe(1);
  abort.abort();
  // It had already replied, and takes a while to end.
  started[0]?.reply();
  await new Promise(setImmediate);
  started[0]?.end();
  await expect(stopped).rejects.toThrow();
  await expect.poll(() => started[1]?.requests.length).toBe(1);
  started[1]?.reply();
  expect((await next).rows).toEqual([[7]]);
});

// Regression: in an evaluation, the answer whose query was running when the system ran out of memory counted as wrong.
test('a query whose process is killed is run once more, and one that ends it again is refused', async () => {
  let kills = 1;
  const killed = new SqlRunner(() => {
    const process = forkSqlProcess();
    return { ...process, post: (request) => (kills-- > 0 ? process.kill() : process.post(request)) };
  });
  onTestFinished(() => killed.close());
  expect((await killed.query(file, 'SELECT 1')).rows).toEqual([[1]]);
  kills = 2;
  await expect(killed.query(file, 'SELECT 1')).rejects.toMatchObject({
    data: { because: { code: 'SQL_PROCESS_ENDED' } },
  });
  expect((await killed.query(file, 'SELECT 1')).rows).toEqual([[1]]);
});

test('whether a query can be run is known without reading a row, and unknown without a database', async () => {
  const datasetsFolder = join(folder, 'datasets');
  const databases = databasesFolder(join(datasetsFolder, 'd'));
  mkdirSync(databases, { recursive: true });
  copyFileSync(file, join(databases, 'city.sqlite'));
  const parts = { sql: runner, datasetsFolder };
  const canRun = queryCheck({ id: 'd', hasDatabase: true }, 'city', parts);
  const { signal } = new AbortController();
  for (const [sql, can] of [
    [' SELECT name FROM city -- all\n; ', true],
    // Regression: SQLite runs a query that leaves its comment open.
    ['SELECT name FROM city /* all', true],
    // Regression: from each semicolon, those behind it were passed over again.
    [`SELECT ${';'.repeat(900_000)} 1`, false],
    ['WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n', true],
    ['SELECT mayor FROM city', false],
    ['DROP TABLE city', false],
    ['', false],
  ] as const)
    expect([sql, await canRun?.(sql, signal)]).toEqual([sql, can]);
  expect(await canRun?.('SELECT 1', AbortSignal.abort())).toBe(false);
  expect(queryCheck({ id: 'd', hasDatabase: false }, 'city', parts)).toBeUndefined();
  expect(queryCheck({ id: 'd', hasDatabase: true }, 'village', parts)).toBeUndefined();
});

class FakeProcess {
  readonly requests: { readonly id: number }[] = [];
  reply = () => {};
  end = () => {};
  post(request: object): void {
    this.requests.push(request as { id: number });
  }
  onReply(listener: (reply: unknown) => void): void {
    const answer = { kind: 'rows', columns: ['n'], rows: [[7]], truncated: false, ms: 1 };
    this.reply = () => listener({ ...answer, id: this.requests.at(-1)?.id });
  }
  onEnd(listener: () => void): void {
    this.end = listener;
  }
  kill(): void {}
}
