import { expect, test } from 'vitest';
import { licenceName } from './licence-name.ts';

test('a licence is written as people write it, and one that is not known as it came', () => {
  expect(licenceName('apache-2.0')).toBe('Apache 2.0');
  expect(licenceName('MIT')).toBe('MIT');
  expect(licenceName('other-licence')).toBe('other-licence');
});
