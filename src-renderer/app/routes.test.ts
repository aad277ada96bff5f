import { expect, test } from 'vitest';
import { matchRoute } from './routes.ts';

test('a path matches its route and yields its parameters', () => {
  expect(matchRoute('/datasets/abc?tab=about')).toMatchObject({
    route: { pattern: '/datasets/:id', place: 'datasets' },
    params: { id: 'abc', tab: 'about' },
  });
});

// Regression: a new run opened by address while one was open kept the dataset of the first.
test('another tab is the same page; another item, or a form filled in otherwise, is another one', () => {
  const keys = (...paths: string[]) => new Set(paths.map((path) => matchRoute(path)?.key)).size;
  expect(keys('/datasets/a', '/datasets/a?tab=about')).toBe(1);
  expect(keys('/datasets/a', '/datasets/b')).toBe(2);
  expect(keys('/train/new?dataset=a', '/train/new?dataset=b', '/train/new')).toBe(3);
  expect(keys('/evaluate/new?adapter=a', '/evaluate/new?adapter=b')).toBe(2);
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
