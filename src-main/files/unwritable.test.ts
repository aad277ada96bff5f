import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { orUnwritable, unwritable } from './unwritable.ts';

// A test may run with rights that no folder refuses.
vi.mock('node:fs', async (original) => {
  const fs = await original<{ mkdtempSync: typeof mkdtempSync }>();
  const refused = Object.assign(new Error('read-only'), { code: 'EROFS', syscall: 'mkdtemp', path: '/stick/home/' });
  return {
    ...fs,
    mkdtempSync: (prefix: string) => {
      if (prefix.startsWith('/stick/home/')) throw refused;
      return fs.mkdtempSync(prefix);
    },
  };
});

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

// Regression: whatever was done with a studio whose disk had become read-only was told as a fault of the program.
test.each(['SQLITE_CANTOPEN', 'SQLITE_READONLY', 'EROFS', 'ENOENT'])(
  '%s is told of a folder that can no longer be written',
  (code) => {
    const error = Object.assign(new Error('no'), { code });
    const because = { code: 'PATH_READ_ONLY', data: { path: '/stick/home' } };
    expect(orUnwritable(error, { option: 'home', path: '/stick/home' })).toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
      data: { because },
    });
    expect(orUnwritable(error, { option: 'out', path: '/stick/home/out' })).toMatchObject({ code: 'OUT_UNUSABLE' });
    const disk = mkdtempSync(join(tmpdir(), 'studio-disk-'));
    expect(orUnwritable(error, { option: 'home', path: disk })).toBe(error);
    expect(readdirSync(disk)).toEqual([]);
    rmdirSync(disk);
  },
);

// Regression: a file of over 4 GB for a stick in the format FAT32 was told as a fault of the program.
test.each([
  ['EFBIG', 'its disk takes no files of that size; one in the format FAT32 takes up to 4 GB.'],
  ['EIO', '(system error EIO).'],
  ['SQLITE_IOERR_WRITE', '(system error SQLITE_IOERR_WRITE).'],
])('%s in writing a file is told of a disk that still takes others', (code, end) => {
  const out = join(tmpdir(), 'out');
  const error = Object.assign(new Error(`${code}: write`), { code, syscall: 'write' });
  const told = orUnwritable(error, { option: 'out', path: out });
  expect(told).toMatchObject({ code: 'OUT_UNUSABLE', message: expect.stringContaining(end) });
});

test('an error that is known already, or of the program, is left as it is', () => {
  const refused = Object.assign(new Error('Input validation failed'), { code: 'BAD_REQUEST' });
  const place = { option: 'home', path: '/stick/home' } as const;
  for (const error of [new StudioError('DISK_FULL', { folder: '/disk' }), new TypeError('no function'), refused])
    expect(orUnwritable(error, place)).toBe(error);
});

test.each([
  ['EIO', 'read'],
  ['EPIPE', 'write'],
])('%s in a %s says nothing of a disk that takes files', (code, syscall) => {
  const error = Object.assign(new Error(code), { code, syscall });
  expect(orUnwritable(error, { option: 'home', path: tmpdir() })).toBe(error);
});
