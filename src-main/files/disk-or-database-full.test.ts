import type { statfsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { orDiskOrDatabaseFull } from './disk-or-database-full.ts';

// A disk that is full for everybody would take the other tests’ room.
vi.mock('node:fs', async (original) => {
  const fs = await original<{ statfsSync: typeof statfsSync }>();
  return { ...fs, statfsSync: (path: string) => (path === '/full' ? { bavail: 0, bsize: 4096 } : fs.statfsSync('/')) };
});

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
test.each(['SQLITE_IOERR_SHMSIZE', 'SQLITE_CANTOPEN'])(
  '%s is reported as a full disk where there is no room',
  (code) => {
    const error = Object.assign(new Error('no'), { code });
    expect(orDiskOrDatabaseFull(error, '/full')).toMatchObject({ code: 'DISK_FULL' });
    expect(orDiskOrDatabaseFull(error, '/data')).toBe(error);
  },
);

test('any other error is left unchanged', () => {
  const error = Object.assign(new Error('no'), { code: 'EACCES' });
  expect(orDiskOrDatabaseFull(error, '/data', 1)).toBe(error);
});
