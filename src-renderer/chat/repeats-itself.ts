/** So much of the end has to be the same piece over and over; a list or a refrain is shorter. */
const [watched, longestPiece] = [120, 40];

/** Whether a text ends in one piece again and again, as that of a small model does when it has lost the thread. */
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
