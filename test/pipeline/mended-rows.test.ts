import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerOf, temporaryFolder } from './command-line.ts';

// Regression: repeated headers, the separator line and undecodable text silently became rows of a new dataset.
test('rows that were left out, imported as a table of their own, are told', { timeout: 60_000 }, async () => {
  const home = temporaryFolder();
  const table = join(home, 'table.csv');
  writeFileSync(
    table,
    Buffer.concat([
      Buffer.from('context,target\na,1\ncontext,target\n---,---\ntarget,context\n"b,2\nc,3,more\n한글,'),
      Buffer.of(0xc7, 0xd1),
      Buffer.from('\n서울,한강\n'),
    ]),
  );
  const imported = await answerOf(home, ['import', table, '--task', 'custom']);
  expect(imported.rejected.count).toBe(6);
  const again = await answerOf(home, ['import', imported.rejected.file, '--task', 'custom']);
  expect(again).toMatchObject({
    dataset: { rows: 2 },
    rejected: { count: 4, reasons: { ROW_HEADER_AGAIN: 2, ROW_RULE: 1, ROW_TOO_MANY_CELLS: 1 } },
    warned: { count: 2, reasons: { ROW_LEFT_OUT: 2 } },
  });
});

test('does not treat a reason column of the table as verdicts', { timeout: 60_000 }, async () => {
  const home = temporaryFolder();
  const table = join(home, 'table.csv');
  writeFileSync(table, 'context,target,reason\na,1,because\nb,2,Line 7: it rains\n');
  const imported = await answerOf(home, ['import', table, '--task', 'custom']);
  expect(imported).toMatchObject({ dataset: { rows: 2 }, warned: { count: 0 } });
});

test('rejected rows corrected in their file can be added to the dataset', { timeout: 60_000 }, async () => {
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
