import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copyDatabase } from './copy-database.ts';
import { openDatabase } from './open.ts';

// Regression: a large one was copied to its end first.
test('an aborted copy stops partway', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'copy-database-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  openDatabase(join(folder, 'studio.sqlite')).close();
  const copying = copyDatabase(join(folder, 'studio.sqlite'), join(folder, 'copy.sqlite'), AbortSignal.abort());
  await expect(copying).rejects.toMatchObject({ name: 'AbortError' });
});
