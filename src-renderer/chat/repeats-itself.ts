/** How much of the end must repeat one piece, and the longest such piece; a list or a refrain repeats less. */
const [watched, longestPiece] = [120, 40];

/** Whether a text ends in one piece repeated over and over, as a small model's output does when it gets stuck. */
export function repeatsItself(text: string): boolean {
  const end = text.trimEnd().slice(-watched - longestPiece);
  if (end.length < watched + longestPiece) return false;
  for (let piece = 1; piece <= longestPiece; piece++) {
    let place = end.length - 1;
    while (place >= piece && end[place] === end[place - piece]) place--;
    if (end.length - 1 - place >= watched) return true;
  }
  return false;
}
