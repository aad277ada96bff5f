import { expect, test } from 'vitest';
import { freeName } from './free-name.ts';

test('appends the first free number to a name that is taken', () => {
  expect(freeName('talks', [])).toBe('talks');
  expect(freeName('talks', ['talks', 'talks 2', 'other'])).toBe('talks 3');
});
