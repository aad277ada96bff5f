/**
 * Cuts a text to be laid out into pieces of about a thousand characters, after blanks where there are any. A browser's
 * time to lay out a text that alternates between fonts, as one of several scripts does, grows with the square of the
 * length of its text nodes: Chromium took 20 seconds for 200,000 characters in one, and 2 in pieces.
 */
export function textPieces(text: string): readonly string[] {
  return text.match(/[\s\S]{1000}\S{0,200}\s?|[\s\S]+/gu) ?? [];
}
