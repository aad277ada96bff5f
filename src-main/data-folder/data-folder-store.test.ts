import { hash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../database/open.ts';
import { noteCopy } from './copy-note.ts';
import {
  backUpDataFolder,
  clearCutOffCopies,
  expectRestored,
  movingDataFolder,
  restoreDataFolder,
  restoringDataFolder,
} from './data-folder-store.ts';

const never = new AbortController().signal;

test('work that ends during a backup is in it whole or not at all', async () => {
  // Regression: files were listed first and the database copied last, which by then named unlisted files.
  const { dataDir, out, database, write } = scene();
  for await (const event of backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never)) {
    if (event.kind !== 'progress' || event.done !== 1) continue;
    write('adapters/late', 'late');
    database.exec("INSERT INTO named VALUES ('adapters/late')");
  }
  expect(namesIn(join(out, 'studio.sqlite'))).toEqual(['adapters/early']);
  expect(readFileSync(join(out, 'adapters/early'), 'utf8')).toBe('early');
});

test.skipIf(process.platform === 'win32')('only its owner may look into a backup or a moved data folder', async () => {
  const { dataDir, out } = scene();
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  const moving = movingDataFolder({ dataDir, out: `${out}-2`, expectRest: () => {} }, never);
  let step = await moving.next();
  while (!step.done) step = await moving.next();
  await step.value();
  expect([out, `${out}-2`].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
});

test('what the hub gave for an import is no part of a backup', async () => {
  const { dataDir, out, write } = scene();
  write('dataset-downloads/0f/files/train.parquet.part', 'half');
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  expect(readdirSync(out).sort()).toEqual(['adapter-studio-backup.json', 'adapters', 'runs', 'studio.sqlite']);
});

test('a backup starts over when an adapter’s files are replaced meanwhile', async () => {
  const { dataDir, out, database, write } = scene();
  let isReplaced = false;
  for await (const event of backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never)) {
    if (isReplaced || event.kind !== 'progress') continue;
    isReplaced = true;
    write('adapters/newer', 'newer');
    database.exec("UPDATE named SET path = 'adapters/newer'");
    rmSync(join(dataDir, 'adapters/early'));
  }
  expect(namesIn(join(out, 'studio.sqlite'))).toEqual(['adapters/newer']);
  expect(readdirSync(join(out, 'adapters'))).toEqual(['newer']);
});

// Regression: a restored studio listed what was deleted meanwhile, without its rows or weights.
test.each(['datasets/01arz3ndektsv4rrffq6/rows.sqlite', 'base-models/01arz3ndektsv4rrffq6/model.safetensors'])(
  'a backup starts over when what its database names is deleted meanwhile: %s',
  async (path) => {
    const { dataDir, out, database, write } = scene();
    write(path, 'there');
    database.prepare('INSERT INTO named VALUES (?)').run(path);
    let isDeleted = false;
    for await (const event of backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never)) {
      if (isDeleted || event.kind !== 'progress') continue;
      isDeleted = true;
      rmSync(dirname(join(dataDir, path)), { recursive: true });
      database.prepare('DELETE FROM named WHERE path = ?').run(path);
    }
    expect(namesIn(join(out, 'studio.sqlite'))).toEqual(['adapters/early']);
  },
);

// Regression: it restarted for as long as a run replaced its adapter more often than a round took.
test('a backup gives up on endless changes and leaves nothing behind', async () => {
  const { dataDir, out, write } = scene();
  let turn = 0;
  const changing = async () => {
    for await (const _ of backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never)) {
      rmSync(join(dataDir, 'adapters'), { recursive: true });
      write(`adapters/${++turn}`, 'newer');
    }
  };
  await expect(changing()).rejects.toMatchObject({ code: 'STUDIO_BUSY' });
  expect(readdirSync(dirname(out))).toEqual(['data']);
});

// Regression: it failed for no reason that a person could see, as an adapter got its name meanwhile.
test('folders that come and go meanwhile do not hinder a backup', async () => {
  const { dataDir, out } = scene();
  const churn = new Worker(
    `const { mkdirSync, rmdirSync } = require('node:fs');
     const folders = Array.from({ length: 200 }, (_, place) => process.argv[2] + '/' + place);
     for (;;) {
       for (const folder of folders) mkdirSync(folder);
       require('node:worker_threads').parentPort.postMessage('churning');
       for (const folder of folders) rmdirSync(folder);
     }`,
    { eval: true, argv: [join(dataDir, 'adapters')] },
  );
  onTestFinished(async () => void (await churn.terminate()));
  await once(churn, 'message');
  for (let turn = 0; turn < 3; turn++)
    await Array.fromAsync(backUpDataFolder({ dataDir, out: `${out}-${turn}`, version: '1', now: 0 }, never));
});

// Regression: an abort was noticed only after the whole file was copied: a minute for the weights of a model.
test('a backup aborted in the middle of a large file ends there and leaves nothing behind', async () => {
  const { dataDir, out, write } = scene();
  write('zz/weights', '');
  truncateSync(join(dataDir, 'zz/weights'), 200_000_000);
  const leaving = new AbortController();
  const backingUp = async () => {
    for await (const event of backUpDataFolder({ dataDir, out, version: '1', now: 0 }, leaving.signal)) {
      if (event.kind === 'progress' && event.done === event.total - 1) setImmediate(() => leaving.abort());
    }
  };
  await expect(backingUp()).rejects.toThrow('aborted');
  expect(readdirSync(dirname(out))).toEqual(['data']);
});

test('a backup leaves alone a folder of its name with .partial appended', async () => {
  const { dataDir, out } = scene();
  mkdirSync(join(`${out}.partial`, 'mine'), { recursive: true });
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  expect(existsSync(join(`${out}.partial`, 'mine'))).toBe(true);
  expect(readdirSync(dirname(out)).sort()).toEqual(['data', 'out', 'out.partial']);
});

test('changes made while a folder is copied to another disk are carried over', async () => {
  const { dataDir, out, database, write } = scene();
  let turn = 0;
  const moving = movingDataFolder({ dataDir, out, expectRest: () => {} }, never);
  let next = await moving.next();
  for (; !next.done; next = await moving.next()) {
    if (next.value.done !== next.value.total || turn++ > 0) continue;
    write('adapters/late', 'late');
    write('runs/early', 'changed');
    rmSync(join(dataDir, 'adapters/early'));
    database.exec("UPDATE named SET path = 'adapters/late'");
  }
  await next.value();
  expect(namesIn(join(out, 'studio.sqlite'))).toEqual(['adapters/late']);
  expect(readdirSync(join(out, 'adapters'))).toEqual(['late']);
  expect(readFileSync(join(out, 'runs/early'), 'utf8')).toBe('changed');
});

// Regression: what was changed between the last look and the closing of the studio was only in the old folder.
test('what was changed last before the studio closed is in the copy, too', async () => {
  const { dataDir, out, database, write } = scene();
  const catchUp = await copiedTo(out, dataDir);
  write('adapters/late', 'late');
  rmSync(join(dataDir, 'adapters/early'));
  database.exec("UPDATE named SET path = 'adapters/late'");
  await catchUp();
  expect(namesIn(join(out, 'studio.sqlite'))).toEqual(['adapters/late']);
  expect(readdirSync(join(out, 'adapters'))).toEqual(['late']);
  expect(readFileSync(join(out, 'runs/early'), 'utf8')).toBe('early');
  expect([...readdirSync(dirname(out)), ...readdirSync(join(dataDir, 'copying'))]).toEqual(['data', 'out']);
});

test('nothing is left of a copy that cannot be brought up to date', async () => {
  const { dataDir, out, write } = scene();
  const catchUp = await copiedTo(out, dataDir);
  write('runs/early', 'changed');
  const copy = join(dirname(out), readdirSync(dirname(out)).find((name) => name.endsWith('.partial')) ?? '');
  rmSync(join(copy, 'runs'), { recursive: true });
  writeFileSync(join(copy, 'runs'), '');
  await expect(catchUp()).rejects.toThrow();
  expect([...readdirSync(dirname(out)), ...readdirSync(join(dataDir, 'copying'))]).toEqual(['data']);
});

// Regression: it had its name by then, so that it stayed for ever, out of date or without its database.
test('a copy whose process was killed before it was brought up to date is removed', async () => {
  const { dataDir, out } = scene();
  await copiedTo(out, dataDir);
  await clearCutOffCopies(dataDir);
  expect([...readdirSync(dirname(out)), ...readdirSync(join(dataDir, 'copying'))]).toEqual(['data']);
});

test('a move fails when work begins or changes do not end, and leaves no copy', async () => {
  const { dataDir, out, database } = scene();
  const busy = movingDataFolder({ dataDir, out, expectRest: () => expect.fail('busy') }, never);
  await expect(Array.fromAsync(busy)).rejects.toThrow('busy');
  const changing = async () => {
    for await (const _ of movingDataFolder({ dataDir, out, expectRest: () => {} }, never)) {
      database.exec("INSERT INTO named VALUES ('more')");
    }
  };
  await expect(changing()).rejects.toMatchObject({ code: 'STUDIO_BUSY' });
  expect(readdirSync(dirname(out))).toEqual(['data']);
});

// Regression: a list from somebody else could bring along which folder the next start opens.
test('of a backup only what a backup has is restored, whatever its list says', async () => {
  const { dataDir, out } = scene();
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  const list = join(out, 'adapter-studio-backup.json');
  const manifest = JSON.parse(readFileSync(list, 'utf8')) as { files: object[] };
  for (const path of ['opened-folder.json', 'Opened-Folder.json', 'window/Preferences', 'studio.sqlite-wal']) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), '{}');
    manifest.files.push({ path, bytes: 2, sha256: hash('sha256', '{}') });
  }
  writeFileSync(list, JSON.stringify(manifest));
  const to = `${out}-restored`;
  await restoreDataFolder({ from: out, dataDir: to });
  expect(readdirSync(to).sort()).toEqual(['adapters', 'runs', 'studio.sqlite']);
});

test('restoring a backup that lacks a file names it and leaves nothing behind', async () => {
  const { dataDir, out } = scene();
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  rmSync(join(out, 'runs/early'));
  const to = join(dirname(out), 'to');
  await expect(restoreDataFolder({ from: out, dataDir: to })).rejects.toMatchObject({
    ...{ code: 'FILE_NOT_FOUND', data: { file: join(out, 'runs/early') } },
  });
  expect(existsSync(to)).toBe(false);
});

// Regression: a part of the database stayed, and the folder was too full for the next restore.
test('nothing stays in an existing folder if the database of a backup is not the one of its list', async () => {
  const { dataDir, out } = scene();
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  truncateSync(join(out, 'studio.sqlite'), 100);
  const to = join(dirname(out), 'to');
  mkdirSync(to);
  await expect(restoreDataFolder({ from: out, dataDir: to })).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  expect(readdirSync(to)).toEqual([]);
});

// Regression: with the first, all that was in the folder was removed; the others were internal errors.
const long = '길'.repeat(85);
test.each(['.', 'a\0', long, `${long}/a`, `a/${long}`])(
  'a list that names the file %j restores nothing and removes nothing',
  async (path) => {
    const { dataDir, out } = scene();
    await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
    const list = join(out, 'adapter-studio-backup.json');
    const manifest = JSON.parse(readFileSync(list, 'utf8')) as object;
    writeFileSync(list, JSON.stringify({ ...manifest, files: [{ path, bytes: 0, sha256: '' }] }));
    const to = join(dirname(out), 'to');
    mkdirSync(to);
    writeFileSync(join(to, 'opened-folder.json'), 'mine');
    await expect(restoreDataFolder({ from: out, dataDir: to })).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    expect(readdirSync(to)).toEqual(['opened-folder.json']);
  },
);

// Regression: that the folder is not empty was the error, as an internal one.
test('what went wrong with a backup is told even if its new folder cannot be removed', async () => {
  const { dataDir, out } = scene();
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  rmSync(join(out, 'runs/early'));
  const to = join(dirname(out), 'to');
  const restoring = async () => {
    for await (const _ of restoringDataFolder({ from: out, dataDir: to }, never))
      writeFileSync(join(to, '.DS_Store'), '');
  };
  await expect(restoring()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  expect(readdirSync(to)).toEqual(['.DS_Store']);
});

// Regression: a file in it was said to be missing.
test('a backup that is not there is named', async () => {
  const { out } = scene();
  await expect(restoreDataFolder({ from: out, dataDir: `${out}-restored` })).rejects.toMatchObject({
    ...{ code: 'FILE_NOT_FOUND', data: { file: out } },
  });
});

// Regression: reported as a fault of the studio.
test.skipIf(process.platform === 'win32')(
  'a backup to a path too long for databases is refused, and nothing stays',
  async () => {
    const { dataDir, out } = scene();
    const folder = join(dirname(out), ...Array.from({ length: 3 }, () => '길'.repeat(60)));
    mkdirSync(folder, { recursive: true });
    const refused = Array.fromAsync(
      backUpDataFolder({ dataDir, out: join(folder, 'out'), version: '1', now: 0 }, never),
    );
    await expect(refused).rejects.toMatchObject({ code: 'OUT_UNUSABLE', data: { because: { code: 'PATH_TOO_LONG' } } });
    expect(readdirSync(folder)).toEqual([]);
  },
);

// Regression: told as a fault of the studio.
test('a backup to a disk that is pulled out meanwhile says that it cannot be written', async () => {
  const { dataDir, out } = scene();
  const stick = join(dirname(out), 'stick');
  mkdirSync(stick);
  const pulled = async () => {
    for await (const _ of backUpDataFolder({ dataDir, out: join(stick, 'out'), version: '1', now: 0 }, never)) {
      rmSync(stick, { recursive: true, force: true });
      // Where it was, nothing can be written.
      writeFileSync(stick, '');
    }
  };
  await expect(pulled()).rejects.toMatchObject({ code: 'OUT_UNUSABLE' });
});

test('a backup is restored only into an empty folder', async () => {
  const { dataDir, out } = scene();
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  const to = join(dirname(out), 'to');
  mkdirSync(join(to, 'adapters/mine'), { recursive: true });
  await expect(restoreDataFolder({ from: out, dataDir: to })).rejects.toMatchObject({
    ...{ code: 'OPTION_INVALID', data: { because: { code: 'BACKUP_HOME_NOT_EMPTY' } } },
  });
  expect(readdirSync(to, { recursive: true }).sort()).toEqual(['adapters', 'adapters/mine']);
  rmSync(join(to, 'adapters'), { recursive: true });
  // What the default folder holds before there is a studio in it.
  writeFileSync(join(to, 'opened-folder.json'), '{}');
  writeFileSync(join(to, 'opened-folder.json.0123456789abcdef.partial'), '{');
  const left = join(to, 'adapter-studio-restoring.json.0123456789abcdef.partial');
  writeFileSync(left, '{');
  utimesSync(left, 0, 0);
  expect(await restoreDataFolder({ from: out, dataDir: to })).toEqual({ files: 3 });
  const opened = ['opened-folder.json', 'opened-folder.json.0123456789abcdef.partial'];
  expect(readdirSync(to).sort()).toEqual(['adapters', ...opened, 'runs', 'studio.sqlite']);
});

// Regression: its folder, without a database, was in the way of the next restore, and a studio opened there was empty.
test('what a killed restore has left is told, and the next one removes it and nothing else', async () => {
  const { dataDir, out } = scene();
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  const to = join(dirname(out), 'to');
  mkdirSync(to);
  writeFileSync(join(to, 'opened-folder.json'), 'mine');
  const killed = restoringDataFolder({ from: out, dataDir: to }, never);
  await killed.next();
  // Its process is gone, and with it the lock.
  for (const name of readdirSync(join(to, 'locks'))) rmSync(join(to, 'locks', name));
  writeFileSync(join(to, 'runs.partial'), 'mine');
  await expect(expectRestored(to)).rejects.toMatchObject({ code: 'RESTORE_CUT_OFF', data: { folder: to } });
  await expect(restoreDataFolder({ from: out, dataDir: to })).rejects.toMatchObject({
    ...{ code: 'OPTION_INVALID', data: { because: { code: 'BACKUP_HOME_NOT_EMPTY' } } },
  });
  expect(readdirSync(to).sort()).toEqual(['opened-folder.json', 'runs.partial']);
  rmSync(join(to, 'runs.partial'));
  expect(await restoreDataFolder({ from: out, dataDir: to })).toEqual({ files: 3 });
  await expectRestored(to);
  expect(readFileSync(join(to, 'opened-folder.json'), 'utf8')).toBe('mine');
  expect(namesIn(join(to, 'studio.sqlite'))).toEqual(['adapters/early']);
});

test('a restore that has just written the database is whole', async () => {
  const { dataDir, out } = scene();
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  const to = join(dirname(out), 'to');
  const killed = restoringDataFolder({ from: out, dataDir: to }, never);
  for (let file = 0; file < 3; file++) await killed.next();
  await expectRestored(to);
  expect(readdirSync(to).sort()).toEqual(['adapters', 'locks', 'runs', 'studio.sqlite']);
});

test('a folder into which another process is restoring is refused, and left alone', async () => {
  const { dataDir, out } = scene();
  await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
  const to = join(dirname(out), 'to');
  const other = restoringDataFolder({ from: out, dataDir: to }, never);
  await other.next();
  const there = readdirSync(to, { recursive: true }).toSorted();
  await expect(restoreDataFolder({ from: out, dataDir: to })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  expect(readdirSync(to, { recursive: true }).toSorted()).toEqual(there);
  await Array.fromAsync(other);
  expect(namesIn(join(to, 'studio.sqlite'))).toEqual(['adapters/early']);
});

// Regression: copies of gigabytes stayed for good, beside the place that the person had chosen.
describe('what a killed process was writing elsewhere is removed at the next start:', () => {
  test.each(['backup', 'move'])('%s', async (what) => {
    const { dataDir, out } = scene();
    const killed =
      what === 'backup'
        ? backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never)
        : movingDataFolder({ dataDir, out, expectRest: () => {} }, never);
    await killed.next();
    writeFileSync(join(dirname(out), 'mine.partial'), 'mine');
    expect(readdirSync(dirname(out))).toHaveLength(3);
    await clearCutOffCopies(dataDir);
    expect(readdirSync(dirname(out)).sort()).toEqual(['data', 'mine.partial']);
    expect(readdirSync(join(dataDir, 'copying'))).toEqual([]);
  });

  test('restore', async () => {
    const { dataDir, out } = scene();
    await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
    const to = join(dirname(out), 'to');
    await noteCopy(dataDir, to);
    const killed = restoringDataFolder({ from: out, dataDir: to }, never);
    await killed.next();
    await clearCutOffCopies(dataDir);
    expect(readdirSync(dirname(out)).sort()).toEqual(['data', 'out']);
  });

  test('export, with what is copied or written into it under a longer name', async () => {
    const { dataDir, out } = scene();
    const partial = `${out}.0123456789abcdef.partial`;
    await noteCopy(dataDir, partial);
    for (const path of [partial, `${partial}.fedcba9876543210.partial`]) mkdirSync(path);
    writeFileSync(`${partial}.tmp`, 'half');
    writeFileSync(`${out}.0123456789abcdee.partial`, 'of another');
    await clearCutOffCopies(dataDir);
    expect(readdirSync(dirname(out)).sort()).toEqual(['data', 'out.0123456789abcdee.partial']);
  });

  test('but nothing that is whole, and nothing on a disk that is not there', async () => {
    const { dataDir, out } = scene();
    await noteCopy(dataDir, out);
    await noteCopy(dataDir, join(dirname(out), 'no-disk/out.0123456789abcdef.partial'));
    await Array.fromAsync(backUpDataFolder({ dataDir, out, version: '1', now: 0 }, never));
    const to = join(dirname(out), 'to');
    await noteCopy(dataDir, to);
    await restoreDataFolder({ from: out, dataDir: to });
    await clearCutOffCopies(dataDir);
    expect(readdirSync(dirname(out)).sort()).toEqual(['data', 'out', 'to']);
    expect(readdirSync(join(dataDir, 'copying'))).toHaveLength(1);
    expect(readdirSync(out).sort()).toEqual(['adapter-studio-backup.json', 'adapters', 'runs', 'studio.sqlite']);
  });
});

/** Copies a folder that is to be moved, and returns what brings the copy up to date. */
async function copiedTo(out: string, dataDir: string): Promise<() => Promise<void>> {
  const moving = movingDataFolder({ dataDir, out, expectRest: () => {} }, never);
  let next = await moving.next();
  while (!next.done) next = await moving.next();
  return next.value;
}

/** A data folder with a database that names one of two files. */
function scene() {
  const root = mkdtempSync(join(tmpdir(), 'data-folder-'));
  const dataDir = join(root, 'data');
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dataDir, path)), { recursive: true });
    writeFileSync(join(dataDir, path), text);
  };
  write('adapters/early', 'early');
  write('runs/early', 'early');
  const database = openDatabase(join(dataDir, 'studio.sqlite'));
  database.exec("CREATE TABLE named (path TEXT NOT NULL) STRICT; INSERT INTO named VALUES ('adapters/early')");
  onTestFinished(() => {
    database.close();
    rmSync(root, { recursive: true, force: true });
  });
  return { dataDir, out: join(root, 'out'), database, write };
}

function namesIn(file: string): unknown[] {
  const database = openDatabase(file);
  try {
    return database.prepare('SELECT path FROM named').pluck().all();
  } finally {
    database.close();
  }
}
