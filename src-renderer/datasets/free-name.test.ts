import { expect, test } from 'vitest';
import { freeName } from './free-name.ts';

test('a name that is taken gets the first free number', () => {
  expect(freeName('talks', [])).toBe('talks');
  expect(freeName('talks', ['talks', 'talks 2', 'other'])).toBe('talks 3');
});
