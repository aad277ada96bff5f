/**
 * A value of a JSON file as a sentence names it. Of a list or an object only the kind: one may be nested too deeply to be
 * written, and have its own `toString`.
 */
export function namedValue(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'object' && value !== null ? 'object' : JSON.stringify(value);
}
