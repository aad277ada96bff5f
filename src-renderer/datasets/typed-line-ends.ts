/**
 * What a person made of a text in a box. A box gives `\n` for every line end: a text that was not touched is the one that it was,
 * and one whose line ends were all of another kind keeps that kind.
 */
export function withLineEndsOf(before: string, typed: string): string {
  const text = plain(typed);
  if (text === plain(before)) return before;
  const [kind = '\n', ...others] = new Set(before.match(/\r\n?|\n/g));
  return others.length === 0 ? text.replaceAll('\n', kind) : text;
}

function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
