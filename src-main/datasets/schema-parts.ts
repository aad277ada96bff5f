/** A context in the layout of the task, taken apart around its schema; undefined for one of a table's own layout. */
export function schemaParts(context: string): { head: string; schema: string; tail: string } | undefined {
  const head = 'Schema:\n';
  const end = context.lastIndexOf('\n\nQuestion: ');
  if (!context.startsWith(head) || end < head.length - 1) return undefined;
  return { head, schema: context.slice(head.length, end), tail: context.slice(end) };
}
