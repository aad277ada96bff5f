import { expect, test } from 'vitest';
import { licenceName } from './licence-name.ts';

test('shows a known licence by its usual name and an unknown one as is', () => {
  expect(licenceName('apache-2.0')).toBe('Apache 2.0');
  expect(licenceName('MIT')).toBe('MIT');
  expect(licenceName('cc-by-sa-4.0')).toBe('CC BY-SA 4.0');
  expect(licenceName('cc0-1.0')).toBe('CC0 1.0');
  expect(licenceName('other-licence')).toBe('other-licence');
});
