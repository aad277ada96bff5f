/** Splits a context in the task's layout around its schema; undefined for other layouts. */
export function schemaParts(context: string): { head: string; schema: string; tail: string } | undefined {
  const head = 'Schema:\n';
  const end = context.lastIndexOf('\n\nQuestion: ');
  if (!context.startsWith(head) || end < head.length - 1) return undefined;
  return { head, schema: context.slice(head.length, end), tail: context.slice(end) };
}
