/** A row's question on one line: the last labelled part of its context, or its first words. */
export function askedOf(context: string): string {
  const question = /\n\n[^\n:：]{1,24}[:：] ?([^\n]+)$/.exec(context)?.[1];
  return (question ?? context).replace(/\s+/g, ' ').trim();
}
