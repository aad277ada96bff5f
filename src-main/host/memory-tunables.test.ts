import { expect, test } from 'vitest';
import { withMemoryTunables } from './memory-tunables.ts';

const [pages, threshold] = ['glibc.malloc.hugetlb=1', 'glibc.malloc.mmap_threshold=1048576'];

test('allocator tunables are added to those already set, which take precedence', () => {
  expect(withMemoryTunables({ A: 'b' })).toEqual({ A: 'b', GLIBC_TUNABLES: `${pages}:${threshold}` });
  const tunables = (set: string) => withMemoryTunables({ GLIBC_TUNABLES: set }).GLIBC_TUNABLES;
  expect(tunables('glibc.malloc.check=3')).toBe(`glibc.malloc.check=3:${pages}:${threshold}`);
  expect(tunables('glibc.malloc.hugetlb=0')).toBe(`glibc.malloc.hugetlb=0:${threshold}`);
  const both = 'glibc.malloc.mmap_threshold=0:glibc.malloc.hugetlb=0';
  expect(tunables(both)).toBe(both);
});
