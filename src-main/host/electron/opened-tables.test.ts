import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { isTableWord, openedTables } from './opened-tables.ts';

test('tables are found among command-line arguments, as paths and as file URLs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'opened-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const table = path.join(folder, '표 1.CSV');
  writeFileSync(table, 'a,b\n');
  mkdirSync(path.join(folder, 'folder.csv'));
  const words = ['/opt/studio', '--home', folder, `--log=${table}`, 'folder.csv', 'gone.csv', 'file://elsewhere/a.csv'];
  expect(openedTables([...words, '표 1.CSV', pathToFileURL(table).href, table], folder)).toEqual([table, table, table]);
});

test('a program, an option and a folder are not taken for tables', () => {
  expect(['/opt/studio', '.', '--x=a.csv', '/data/tables'].filter(isTableWord)).toEqual([]);
});
