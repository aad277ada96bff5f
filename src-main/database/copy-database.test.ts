import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { cutOffChange } from '../../test/fixtures/cut-off-change.ts';
import { copyDatabase } from './copy-database.ts';

// Regression: a large one was copied to its end first.
test('an aborted copy stops partway', async () => {
  const { from, folder } = database();
  const copying = copyDatabase(from, join(folder, 'copy.sqlite'), AbortSignal.abort());
  await expect(copying).rejects.toMatchObject({ name: 'AbortError' });
});

// Regression: SQLite says SQLITE_IOERR whatever happened, which was told as a fault of the program.
test('a copy that its disk stops taking says so', async () => {
  const { from, folder } = database();
  const stick = mkdtempSync(join(folder, 'stick-'));
  // Once the file has been opened there: as of a stick that is pulled out.
  const pulled = { throwIfAborted: () => rmSync(stick, { recursive: true, force: true }) } as AbortSignal;
  await expect(copyDatabase(from, join(stick, 'copy.sqlite'), pulled)).rejects.toMatchObject({
    code: 'SQLITE_IOERR_WRITE',
  });
});

test.skipIf(process.platform !== 'linux')('a copy that becomes too large for its disk says so', () => {
  const { from, folder } = database();
  const copy = `import { copyDatabase } from ${JSON.stringify(join(import.meta.dirname, 'copy-database.ts'))};
    await copyDatabase(${JSON.stringify(from)}, ${JSON.stringify(join(folder, 'copy.sqlite'))}, new AbortController().signal)
      .catch(({ code, syscall }) => console.log(code, syscall));`;
  // In blocks of 512 bytes or a kilobyte.
  const limited = ['-c', 'ulimit -f 500; exec "$0" --input-type=module -e "$1"', process.execPath, copy];
  expect(spawnSync('sh', limited, { encoding: 'utf8' }).stdout.trim()).toBe('EFBIG write');
});

// Regression: no backup could be made of a data folder with such a file.
test('a file whose change was cut off is copied as it was before', async () => {
  const { from, folder } = database();
  cutOffChange(from);
  const to = join(folder, 'copy.sqlite');
  await copyDatabase(from, to, new AbortController().signal);
  const copy = new BetterSqlite3(to);
  expect(copy.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['t']);
  copy.close();
});

/** One of three megabytes. */
function database(): { from: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'copy-database-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const from = join(folder, 'studio.sqlite');
  const filled = new BetterSqlite3(from);
  filled.exec('CREATE TABLE t AS SELECT zeroblob(3000000) AS content');
  filled.close();
  return { from, folder };
}
