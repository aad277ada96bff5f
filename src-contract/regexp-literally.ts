/**
 * A text as the part of a regular expression that finds just this text, under any flags and within brackets, too.
 * `RegExp.escape` is not in every Node that the studio runs on.
 */
export function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll('-', '\\x2d');
}
