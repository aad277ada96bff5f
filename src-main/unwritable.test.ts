import { expect, test } from 'vitest';
import { unwritable } from './unwritable.ts';

const place = { option: 'out', path: '/backups/studio' };
const said = (code: string) => Object.assign(new Error('no'), { code });

test('a path that cannot be written is told with what the system says of it', () => {
  expect(unwritable(said('EACCES'), place)).toMatchObject({
    code: 'OPTION_INVALID',
    data: { option: 'out', because: { code: 'PATH_UNWRITABLE' } },
  });
});

test.each(['ENOSPC', 'EDQUOT'])('a full disk (%s) is told as one, by the folder that the path is to lie in', (code) => {
  expect(unwritable(said(code), place)).toMatchObject({ code: 'DISK_FULL', data: { folder: '/backups' } });
});

test('an error of the program’s own stays what it is', () => {
  const error = new Error('a slip');
  expect(unwritable(error, place)).toBe(error);
});
