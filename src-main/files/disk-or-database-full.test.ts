import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { orDiskOrDatabaseFull } from './disk-or-database-full.ts';

test.each(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])('%s is reported as a full disk, with the space needed', (code) => {
  const error = Object.assign(new Error('no room'), { code });
  expect(orDiskOrDatabaseFull(error, '/data', 2_500_000)).toMatchObject({
    code: 'DISK_SHORT',
    data: { needed: '3 MB', folder: '/data' },
  });
  // Regression: it said “1 MB more would be needed” for any failed write.
  expect(orDiskOrDatabaseFull(error, '/data')).toMatchObject({ code: 'DISK_FULL', data: { folder: '/data' } });
  // Regression: it said that there was no room for 0 MB.
  expect(orDiskOrDatabaseFull(error, '/data', 0)).toMatchObject({ code: 'DISK_FULL' });
});

// Regression: where not even a name has room, importing a table was an internal error.
test.for<[code: string, what: string, size: string]>([
  ['SQLITE_IOERR_SHMSIZE', 'bytes', 'size=4k'],
  // Regression: it said that there was no permission to write the database.
  ['SQLITE_CANTOPEN', 'names', 'nr_inodes=1'],
])('%s is reported as a full disk where no more %s have room', ([code, , size], { skip }) => {
  const folder = mkdtempSync(join(tmpdir(), 'studio-full-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const error = Object.assign(new Error('no'), { code });
  expect(orDiskOrDatabaseFull(error, folder)).toBe(error);
  expect(readdirSync(folder)).toEqual([]);
  const isMounted =
    process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder]).status === 0;
  if (!isMounted) skip('a disk in memory cannot be mounted here');
  onTestFinished(() => void spawnSync('umount', [folder]));
  expect(orDiskOrDatabaseFull(error, folder)).toMatchObject({ code: 'DISK_FULL' });
  expect(readdirSync(folder)).toEqual([]);
});

test('any other error is left unchanged', () => {
  const error = Object.assign(new Error('no'), { code: 'EACCES' });
  expect(orDiskOrDatabaseFull(error, '/data', 1)).toBe(error);
});
