import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSqliteFile } from '../fixtures/sqlite-file.ts';
import { answerOf, temporaryFolder } from './command-line.ts';

test('attaches a database to an existing dataset and detaches it', { timeout: 60_000 }, async () => {
  const home = temporaryFolder();
  const table = join(home, 'table.csv');
  writeFileSync(table, 'schema,question,sql\nseller(id int),Who?,SELECT name FROM seller\n');
  await answerOf(home, ['import', table, '--task', 'nl2sql', '--name', 'given']);
  const file = join(home, 'shop.sqlite');
  writeSqliteFile(file, 'CREATE TABLE seller (id INTEGER PRIMARY KEY, name TEXT);');
  const attached = await answerOf(home, ['datasets', 'attach', 'given', file, '--schema']);
  expect(attached).toMatchObject({
    dataset: { version: 2, hasDatabase: true },
    databases: [{ name: 'shop' }],
  });
  const out = join(home, 'out.jsonl');
  await answerOf(home, ['datasets', 'export', 'given', '--out', out]);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
    context: 'Schema:\nseller(id integer pk, name text)\n\nQuestion: Who?',
  });
  const detached = await answerOf(home, ['datasets', 'detach', 'given']);
  expect(detached).toMatchObject({ dataset: { version: 2, hasDatabase: false } });
});

test('attaching a folder after a single file gives each row the database that it names', {
  timeout: 60_000,
}, async () => {
  const home = temporaryFolder();
  const table = join(home, 'table.csv');
  const rows = [
    'shop,seller(id int),Who?,SELECT name FROM seller',
    'zoo,animal(id int),Which?,SELECT kind FROM animal',
  ];
  writeFileSync(table, ['db_id,schema,question,sql', ...rows].join('\n'));
  const folder = join(home, 'both');
  mkdirSync(folder);
  writeSqliteFile(join(folder, 'shop.sqlite'), 'CREATE TABLE seller (id INTEGER PRIMARY KEY, name TEXT);');
  writeSqliteFile(join(folder, 'zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY, kind TEXT);');
  const shop = join(folder, 'shop.sqlite');
  const brought = await answerOf(home, ['import', table, '--task', 'nl2sql', '--name', 'given', '--database', shop]);
  expect(brought).toMatchObject({ databases: [{ name: 'shop', rowsOfOthers: 1 }] });
  const single = await answerOf(home, ['datasets', 'attach', 'given', shop]);
  expect(single).toMatchObject({ dataset: { version: 1 }, databases: [{ name: 'shop', rowsOfOthers: 1 }] });
  const both = await answerOf(home, ['datasets', 'attach', 'given', folder, '--schema']);
  expect(both).toMatchObject({ databases: [{ name: 'shop' }, { name: 'zoo' }] });
  const out = join(home, 'out.jsonl');
  await answerOf(home, ['datasets', 'export', 'given', '--out', out]);
  const lines = readFileSync(out, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { database: 'shop', context: 'Schema:\nseller(id integer pk, name text)\n\nQuestion: Who?' },
    { database: 'zoo', context: 'Schema:\nanimal(id integer pk, kind text)\n\nQuestion: Which?' },
  ]);
});
