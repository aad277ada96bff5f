import { hash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { Migration } from '../migration.ts';

/**
 * Moves the rows of each dataset, and its rejected rows, into a file of its own, where they can have versions. A file
 * left by an interrupted attempt is rewritten. The hash of a dataset is computed differently from now on, and the
 * runs that pinned the old one pin the new one.
 */
export const datasetVersionsMigration: Migration = {
  version: 7,
  name: 'dataset-versions',
  up(database) {
    const datasets = database
      .prepare<[], { id: string; sha256: string; created_at: number }>(
        "SELECT id, sha256, created_at FROM dataset WHERE state = 'ready'",
      )
      .all();
    for (const { id, sha256, created_at } of datasets) {
      const file = join(dirname(database.name), 'datasets', id, 'rows.sqlite');
      const next = moveRows(database, { id, file, now: created_at });
      database.prepare('UPDATE dataset SET sha256 = ? WHERE id = ?').run(next, id);
      database
        .prepare('UPDATE run SET dataset_sha256 = ? WHERE dataset_id = ? AND dataset_sha256 = ?')
        .run(next, id, sha256);
    }
    // Interrupted imports have no rows file; the next start removes them.
    database.exec('DROP TABLE example; DROP TABLE rejection;');
  },
};

interface OldRow {
  readonly line: number;
  readonly split: string;
  readonly context: string;
  readonly target: string;
  readonly group_key: string | null;
  readonly database_name: string | null;
  readonly source_id: string | null;
}

function moveRows(from: BetterSqlite3.Database, dataset: { id: string; file: string; now: number }): string {
  mkdirSync(dirname(dataset.file), { recursive: true });
  for (const end of ['', '-wal', '-shm']) rmSync(`${dataset.file}${end}`, { force: true });
  const rows = new BetterSqlite3(dataset.file);
  try {
    rows.pragma('page_size = 8192');
    rows.exec(rowsSchema);
    rows.pragma('user_version = 1');
    return rows.transaction(() => writeRows(from, rows, dataset))();
  } finally {
    rows.close();
  }
}

function writeRows(
  from: BetterSqlite3.Database,
  to: BetterSqlite3.Database,
  { id, now }: { id: string; now: number },
): string {
  const insert = to.prepare(
    `INSERT INTO example (number, line, context, target, group_key, database_name, source_id)
     VALUES (:number, :line, :context, :target, :group_key, :database_name, :source_id)`,
  );
  const states: number[] = [];
  const counts = [0, 0, 0, 0];
  const sum = new Uint32Array(8);
  let last: Buffer | undefined;
  let hasSourceIds = false;
  const old = from.prepare<[string], OldRow>(
    `SELECT line, split, context, target, group_key, database_name, source_id FROM example WHERE dataset_id = ?
     ORDER BY position`,
  );
  for (const { split, ...row } of old.iterate(id)) {
    insert.run({ ...row, number: states.length });
    const state = ['train', 'validation', 'test'].indexOf(split) + 1;
    states.push(state);
    counts[state] = (counts[state] ?? 0) + 1;
    hasSourceIds ||= row.source_id !== null;
    const { context, target, group_key } = row;
    const own = hash(
      'sha256',
      `${context.length} ${target.length} ${group_key?.length ?? '-'} ${context}${target}${group_key ?? ''}`,
      'buffer',
    );
    addPair(sum, last, own);
    last = own;
  }
  addPair(sum, last, undefined);
  const insertPage = to.prepare('INSERT INTO state_page (page, version, states) VALUES (?, 1, ?)');
  for (let start = 0; start < states.length; start += 4096) {
    const packed = new Uint8Array(1024);
    states.slice(start, start + 4096).forEach((state, place) => {
      packed[place >> 2] = (packed[place >> 2] ?? 0) | (state << ((place & 3) * 2));
    });
    insertPage.run(start / 4096, packed);
  }
  const sumBytes = Buffer.alloc(32);
  sum.forEach((word, place) => {
    sumBytes.writeUInt32LE(word, place * 4);
  });
  const splitsSha256 = hash('sha256', Uint8Array.from(states));
  const sha256 = hash('sha256', `rows ${sumBytes.toString('hex')} splits ${splitsSha256}`);
  to.prepare(
    `INSERT INTO version (version, kind, detail, rows, train_rows, validation_rows, test_rows, content_sum, splits_sha256,
       sha256, same_as, created_at)
     VALUES (1, 'import', '{}', ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
  ).run(states.length, counts[1], counts[2], counts[3], sumBytes.toString('hex'), splitsSha256, sha256, now);
  if (hasSourceIds) to.exec('CREATE INDEX example_source_id ON example (source_id) WHERE source_id IS NOT NULL');
  const insertRejection = to.prepare(
    'INSERT INTO rejection (number, line, code, message, cells) VALUES (:number, :line, :code, :message, :cells)',
  );
  for (const rejection of from
    .prepare('SELECT number, line, code, message, cells FROM rejection WHERE dataset_id = ?')
    .iterate(id)) {
    insertRejection.run(rejection);
  }
  return sha256;
}

function addPair(sum: Uint32Array, left: Buffer | undefined, right: Buffer | undefined): void {
  const pair = Buffer.alloc(64);
  left?.copy(pair, 0);
  right?.copy(pair, 32);
  const term = hash('sha256', pair, 'buffer');
  let carry = 0;
  for (let place = 0; place < 8; place++) {
    const word = (sum[place] ?? 0) + term.readUInt32LE(place * 4) + carry;
    sum[place] = word;
    carry = word > 0xffff_ffff ? 1 : 0;
  }
}

const rowsSchema = `
  CREATE TABLE example (
    number INTEGER PRIMARY KEY,
    position INTEGER,
    line INTEGER NOT NULL,
    context TEXT NOT NULL,
    target TEXT NOT NULL,
    group_key TEXT,
    database_name TEXT,
    source_id TEXT,
    warning TEXT
  ) STRICT;
  CREATE INDEX example_moved ON example (position, number) WHERE position IS NOT NULL;
  CREATE INDEX example_warned ON example (number) WHERE warning IS NOT NULL;
  CREATE TABLE state_page (
    page INTEGER NOT NULL,
    version INTEGER NOT NULL,
    states BLOB NOT NULL,
    PRIMARY KEY (page, version)
  ) STRICT;
  CREATE TABLE version (
    version INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    rows INTEGER NOT NULL,
    train_rows INTEGER NOT NULL,
    validation_rows INTEGER NOT NULL,
    test_rows INTEGER NOT NULL,
    content_sum TEXT NOT NULL,
    splits_sha256 TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    same_as INTEGER NOT NULL,
    undo_to INTEGER,
    redo_to INTEGER,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE rejection (
    number INTEGER PRIMARY KEY,
    line INTEGER NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    cells TEXT NOT NULL
  ) STRICT;
  CREATE TABLE note (
    position INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    written_at INTEGER NOT NULL
  ) STRICT;
`;
