import { expect, test } from 'vitest';
import { parseSql } from './parse-sql.ts';
import { SqlSchema } from './sql-schema.ts';

// Regression: each place among the digits was tried as the one where a full stop had been left out.
test('what is no number after very many digits is refused', () => {
  const schema = new SqlSchema(new Map([['city', ['people']]]), []);
  expect(() => parseSql(`SELECT people FROM city WHERE people = ${'1'.repeat(500_000)}x`, schema)).toThrow();
});
