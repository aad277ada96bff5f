import { expect, test } from 'vitest';
import { matchRoute } from './routes.ts';

test('a path matches its route and yields its parameters', () => {
  expect(matchRoute('/datasets/abc?tab=about')).toMatchObject({
    route: { pattern: '/datasets/:id', place: 'datasets' },
    params: { id: 'abc', tab: 'about' },
  });
});

test('a literal segment wins over a parameter', () => {
  expect(matchRoute('/train/new')?.route.pattern).toBe('/train/new');
});

test('a parameter may contain any character', () => {
  expect(matchRoute(`/datasets/${encodeURIComponent('a/b 한글?')}`)?.params).toEqual({ id: 'a/b 한글?' });
});

test('a path without a page matches no route', () => {
  expect(matchRoute('/nowhere')).toBeUndefined();
  expect(matchRoute('/datasets/a/b')).toBeUndefined();
});

test('a malformed percent-encoding matches no route', () => {
  expect(matchRoute('/datasets/%E0%A4%A')).toBeUndefined();
});
