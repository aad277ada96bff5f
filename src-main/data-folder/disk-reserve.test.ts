import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../database/open.ts';
import { orDiskOrDatabaseFull } from '../files/disk-or-database-full.ts';
import { DiskReserve, reserveName } from './disk-reserve.ts';
import { SettingStore } from './setting-store.ts';

let disk: string;
let isMounted: boolean;
beforeEach(({ skip }) => {
  disk = mkdtempSync(join(tmpdir(), 'studio-reserve-'));
  isMounted =
    process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status === 0;
  if (!isMounted) skip('a disk in memory cannot be mounted here');
});
afterEach(() => {
  if (isMounted) spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

function fill(): void {
  expect(() => {
    for (;;) appendFileSync(join(disk, 'ballast'), Buffer.alloc(4096));
  }).toThrow('ENOSPC');
}

const file = () => join(disk, 'studio.sqlite');

// Regression: on a completely full disk no command worked any more, not even one that deletes something.
test('releasing the reserve lets a database be opened and written on a full disk', () => {
  const reserve = new DiskReserve(disk);
  openDatabase(file()).close();
  reserve.keep();
  fill();
  let refusal: unknown;
  try {
    openDatabase(file());
  } catch (error) {
    refusal = orDiskOrDatabaseFull(error, disk);
  }
  expect(refusal).toMatchObject({ code: 'DISK_FULL' });
  reserve.giveWhereFull();
  expect(existsSync(join(disk, reserveName))).toBe(false);
  const database = openDatabase(file());
  new SettingStore(database).write('home', disk);
  database.close();
  // With the log gone there is space for the reserve again.
  reserve.keep();
  expect(statSync(join(disk, reserveName)).size).toBe(1_000_000);
});

// Regression: an import could use up what was left of it, and then nothing opened any more, to delete something.
test('while the reserve is given up, nothing else may use it', () => {
  const reserve = new DiskReserve(disk);
  reserve.requireKept();
  reserve.keep();
  fill();
  // What it meets is told as it meets it.
  reserve.requireKept();
  reserve.giveWhereFull();
  // The size of a file rounded up to pages.
  appendFileSync(join(disk, 'ballast'), Buffer.alloc(8192));
  expect(() => reserve.requireKept()).toThrow('is full');
  rmSync(join(disk, 'ballast'));
  reserve.requireKept();
});

test('the reserve is kept while the disk has room, and not made on a full one', () => {
  const reserve = new DiskReserve(disk);
  reserve.keep();
  reserve.giveWhereFull();
  expect(existsSync(join(disk, reserveName))).toBe(true);
  rmSync(join(disk, reserveName));
  fill();
  reserve.keep();
  expect(existsSync(join(disk, reserveName))).toBe(false);
});
