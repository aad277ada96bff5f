import { expect, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { unwritable } from './unwritable.ts';

test.each([
  ['EROFS', 'The data folder cannot be there: “/disk/home” cannot be written, because its disk is read-only.'],
  [
    'EACCES',
    'The data folder cannot be there: “/disk/home” cannot be written, because this account does not have permission.',
  ],
  ['ENOTDIR', 'The data folder cannot be there: “/disk/home” cannot be created, because a file has that name.'],
  [
    'ENAMETOOLONG',
    'The data folder cannot be there: “/disk/home” cannot be created, because its path or name is too long.',
  ],
  ['ELOOP', 'The data folder cannot be there: “/disk/home” cannot be written (system error ELOOP).'],
])('system error %s for a path is reported in plain words', (code, sentence) => {
  const cause = Object.assign(new Error(`${code}: mkdir`), { code, syscall: 'mkdir' });
  const told = unwritable(cause, { option: 'home', path: '/disk/home' });
  expect(told).toBeInstanceOf(StudioError);
  expect(told).toMatchObject({ code: 'DATA_FOLDER_UNUSABLE', message: sentence });
});

// Regression: a damaged page in rows being exported was reported as a path that cannot be written.
test('an error not from the system is left unchanged', () => {
  const cause = Object.assign(new Error('malformed'), { code: 'SQLITE_CORRUPT' });
  expect(unwritable(cause, { option: 'out', path: '/disk/out' })).toBe(cause);
});

test.each(['ENOSPC', 'EDQUOT'])('a full disk (%s) is reported with the folder of the path', (code) => {
  const cause = Object.assign(new Error('no'), { code });
  const told = unwritable(cause, { option: 'out', path: '/backups/studio' });
  expect(told).toMatchObject({ code: 'DISK_FULL', data: { folder: '/backups' } });
});
