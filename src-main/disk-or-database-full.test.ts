import { expect, test } from 'vitest';
import { orDiskOrDatabaseFull } from './disk-or-database-full.ts';

test.each(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])('%s is reported as a full disk, with the space needed', (code) => {
  const error = Object.assign(new Error('no room'), { code });
  expect(orDiskOrDatabaseFull(error, '/data', 2_500_000)).toMatchObject({
    code: 'DISK_SHORT',
    data: { needed: '3 MB', folder: '/data' },
  });
  // Regression: it said “1 MB more would be needed” for any failed write.
  expect(orDiskOrDatabaseFull(error, '/data')).toMatchObject({ code: 'DISK_FULL', data: { folder: '/data' } });
});

test('any other error is left unchanged', () => {
  const error = Object.assign(new Error('no'), { code: 'EACCES' });
  expect(orDiskOrDatabaseFull(error, '/data', 1)).toBe(error);
});
