import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerOf, temporaryFolder } from './command-line.ts';

test('rows that were left out are mended in their file and join the dataset', { timeout: 60_000 }, async () => {
  const home = temporaryFolder();
  const table = join(home, 'table.csv');
  writeFileSync(table, 'context,target\na,1\nb,\nc,3\nd,\n');
  const imported = await answerOf(home, ['import', table, '--task', 'custom', '--name', 'given']);
  expect(imported.rejected).toMatchObject({ count: 2 });
  const rejects = readFileSync(imported.rejected.file, 'utf8');
  writeFileSync(imported.rejected.file, rejects.replace(/^b,,/m, 'b,2,'));
  const answer = await answerOf(home, ['datasets', 'add', 'given', imported.rejected.file]);
  expect(answer).toMatchObject({
    dataset: { name: 'given', version: 2, rows: 3 },
    added: 1,
    rejected: { count: 1, reasons: { ROW_TARGET_EMPTY: 1 } },
  });
});
