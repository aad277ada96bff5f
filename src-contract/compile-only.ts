/**
 * A query that compiles where the given one does, and reads no row. The last comment ends one that the query leaves
 * open, which SQLite allows.
 */
export function compileOnly(sql: string): string {
  // Only from the first of them on: from each one, the rest would be passed over again.
  const query = sql.replace(/(?<![;\s])[;\s]+$/, '');
  return `SELECT 1 FROM (\n${query}\n/**/) LIMIT 0`;
}
