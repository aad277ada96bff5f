/** The part before the question, in the layouts of tasks that have one; else the whole context. */
export function passageOf(context: string | Buffer): string {
  const text = String(context);
  const end = text.lastIndexOf('\n\nQuestion: ');
  return end < 0 ? text : text.slice(0, end);
}
