import { expect, test } from 'vitest';
import { RowSchemas } from './row-schemas.ts';

const row = (schema: string, database: string | null) => ({
  context: `Schema:\n${schema}\n\nQuestion: How many?`,
  database,
});

function of(...rows: ReturnType<typeof row>[]): RowSchemas {
  const schemas = new RowSchemas();
  for (const each of rows) schemas.add(each);
  return schemas;
}

test('the only schema there is serves rows that name no database', () => {
  expect(of(row('a(x)', null), row('a(x)', null)).only).toBe('a(x)');
  expect(of(row('a(x)', 'one'), row('b(y)', 'two')).only).toBeUndefined();
  expect(of().only).toBeUndefined();
});

test('with several, each is found by its database, and the database by the schema', () => {
  const schemas = of(row('a(x)', 'one'), row('b(y)', 'two'), row('b(y) -- later', 'two'), row('c(z)', null));
  expect(schemas.count).toBe(4);
  expect(schemas.byDatabase).toEqual({ one: 'a(x)', two: 'b(y)' });
  expect(schemas.databaseOf(row('b(y)', null).context)).toBe('two');
  expect(schemas.databaseOf(row('c(z)', 'x').context)).toBeNull();
  expect(schemas.databaseOf(row('d(w)', 'one').context)).toBeUndefined();
});

test('a context of another layout has no schema', () => {
  const schemas = of({ context: 'How many?', database: 'one' });
  expect([schemas.count, schemas.databaseOf('How many?')]).toEqual([0, undefined]);
});
