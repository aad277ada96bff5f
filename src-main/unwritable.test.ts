import { expect, test } from 'vitest';
import { StudioError } from '../src-contract/errors.ts';
import { unwritable } from './unwritable.ts';

test.each([
  ['EROFS', 'home: “/disk/home” cannot be written, because its disk is read-only.'],
  ['EACCES', 'home: “/disk/home” cannot be written, because this account does not have permission.'],
  ['ENOTDIR', 'home: “/disk/home” cannot be created, because a file has that name.'],
  ['ENAMETOOLONG', 'home: “/disk/home” cannot be written (system error ENAMETOOLONG).'],
])('a path of which the system says %s is told in plain words', (code, sentence) => {
  const cause = Object.assign(new Error(`${code}: mkdir`), { code, syscall: 'mkdir' });
  const told = unwritable(cause, { option: 'home', path: '/disk/home' });
  expect(told).toBeInstanceOf(StudioError);
  expect(told).toMatchObject({ code: 'OPTION_INVALID', message: sentence });
});

// Regression: a damaged page in rows being exported was reported as a path that cannot be written.
test('an error that is not the system’s stays what it is', () => {
  const cause = Object.assign(new Error('malformed'), { code: 'SQLITE_CORRUPT' });
  expect(unwritable(cause, { option: 'out', path: '/disk/out' })).toBe(cause);
});

test.each(['ENOSPC', 'EDQUOT'])('a full disk (%s) is told as one, by the folder that the path is to lie in', (code) => {
  const cause = Object.assign(new Error('no'), { code });
  const told = unwritable(cause, { option: 'out', path: '/backups/studio' });
  expect(told).toMatchObject({ code: 'DISK_FULL', data: { folder: '/backups' } });
});
