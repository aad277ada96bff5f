import { expect, test } from 'vitest';
import { withHugePages } from './huge-pages.ts';

test('large pages are asked for beside whatever else a person has set, who may also refuse them', () => {
  expect(withHugePages({ A: 'b' })).toEqual({ A: 'b', GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' });
  const set = { GLIBC_TUNABLES: 'glibc.malloc.check=3' };
  expect(withHugePages(set)).toEqual({ GLIBC_TUNABLES: 'glibc.malloc.check=3:glibc.malloc.hugetlb=1' });
  const refused = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' };
  expect(withHugePages(refused)).toEqual(refused);
});
