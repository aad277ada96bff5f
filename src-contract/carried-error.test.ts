import { expect, test } from 'vitest';
import { fromCarried, toCarried } from './carried-error.ts';
import { StudioError } from './errors.ts';

/** How threads pass an error, and how a channel between processes does. */
const ways = [structuredClone, (error: unknown) => JSON.parse(JSON.stringify(error))] as const;

test.each(ways)('StudioErrors and system errors survive passing between threads and processes', (carry) => {
  const own = fromCarried(carry(toCarried(new StudioError('DISK_FULL', { folder: '/data' }))));
  expect(own).toBeInstanceOf(StudioError);
  expect(own).toMatchObject({
    code: 'DISK_FULL',
    data: { folder: '/data' },
    message: 'The disk that holds /data is full.',
  });

  const full = Object.assign(new Error('no space left'), { name: 'SqliteError', code: 'SQLITE_FULL' });
  const system = fromCarried(carry(toCarried(full)));
  expect(system).not.toBeInstanceOf(StudioError);
  expect(system).toMatchObject({
    name: 'SqliteError',
    message: 'no space left',
    code: 'SQLITE_FULL',
    stack: full.stack,
  });

  const refused = Object.assign(new Error('too large'), { code: 'EFBIG', syscall: 'write' });
  expect(fromCarried(carry(toCarried(refused)))).toMatchObject({ code: 'EFBIG', syscall: 'write' });

  expect(fromCarried(carry(toCarried('no error at all')))).toMatchObject({ message: 'no error at all' });
});
