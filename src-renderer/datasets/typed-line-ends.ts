/**
 * The text after an edit in a box. A box uses `\n` for every line end: an untouched text is returned unchanged, and
 * one whose line ends were all of another kind keeps that kind.
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
