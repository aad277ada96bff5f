import { expect, test } from 'vitest';
import { matchRoute } from './routes.ts';

test('a path finds its page and its parts', () => {
  expect(matchRoute('/datasets/abc?tab=about')).toMatchObject({
    route: { pattern: '/datasets/:id', place: 'datasets' },
    params: { id: 'abc', tab: 'about' },
  });
});

test('a fixed word wins over a name', () => {
  expect(matchRoute('/train/new')?.route.pattern).toBe('/train/new');
});

test('a name may hold any letter', () => {
  expect(matchRoute(`/datasets/${encodeURIComponent('a/b 한글?')}`)?.params).toEqual({ id: 'a/b 한글?' });
});

test('a path without a page finds nothing', () => {
  expect(matchRoute('/nowhere')).toBeUndefined();
  expect(matchRoute('/datasets/a/b')).toBeUndefined();
});

test('what is no address has no page', () => {
  expect(matchRoute('/datasets/%E0%A4%A')).toBeUndefined();
});
