import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../database/open.ts';
import { damageIn } from './damage.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-damage-'));
  file = join(folder, 'studio.sqlite');
  const database = openDatabase(file);
  database.exec(`
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO setting (name, value) SELECT i, hex(zeroblob(500)) FROM n;
  `);
  database.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function damage(): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xa5, bytes.length / 2, bytes.length / 2 + 100_000));
}

// Regression: the event loop was blocked while all pages of a file were checked.
test('checking a file does not block the event loop', async () => {
  let turns = 0;
  let isFound = false;
  const found = damageIn({ what: 'database', file }).finally(() => {
    isFound = true;
  });
  for (; !isFound; turns++) await turn();
  expect(await found).toBeUndefined();
  expect(turns).toBeGreaterThan(10);
});

test('damage is reported by its code, and concurrent checks share one result', async () => {
  damage();
  const asks = [damageIn({ what: 'database', file }), damageIn({ what: 'database', file })];
  expect(asks[0]).toBe(asks[1]);
  expect(await asks[0]).toMatchObject({ code: 'DATABASE_DAMAGED', data: { file } });
  // The result is not cached: the file may have been repaired.
  const again = damageIn({ what: 'database', file });
  expect(again).not.toBe(asks[0]);
  await again;
});

test('a missing rows file is reported as missing', async () => {
  const rows = join(folder, 'gone', 'rows.sqlite');
  expect(await damageIn({ what: 'rows', file: rows })).toMatchObject({ code: 'DATASET_FILE_MISSING' });
});
