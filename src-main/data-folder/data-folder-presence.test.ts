import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { orNotWritable } from './data-folder-presence.ts';

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

// Regression: whatever was done with a studio whose disk had become read-only was told as a fault of the program.
test.each(['SQLITE_IOERR_WRITE', 'SQLITE_READONLY', 'EROFS', 'ENOENT'])(
  '%s is told of a data folder that can no longer be written',
  (code) => {
    const error = Object.assign(new Error('no'), { code });
    expect(orNotWritable(error, '/stick/home')).toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
      data: { because: { code: 'PATH_READ_ONLY', data: { path: '/stick/home' } } },
    });
    const disk = mkdtempSync(join(tmpdir(), 'studio-disk-'));
    expect(orNotWritable(error, disk)).toBe(error);
    expect(readdirSync(disk)).toEqual([]);
    rmdirSync(disk);
  },
);

test('an error that is known already, or of the program, is left as it is', () => {
  const refused = Object.assign(new Error('Input validation failed'), { code: 'BAD_REQUEST' });
  for (const error of [new StudioError('DISK_FULL', { folder: '/disk' }), new TypeError('no function'), refused])
    expect(orNotWritable(error, '/stick/home')).toBe(error);
});
