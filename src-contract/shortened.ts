/** Cuts texts between letters as people see them: an emoji of several characters, or a Korean syllable in single letters. */
const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** In UTF-16 units: more than any letter that is not made to be long. */
const aroundPlace = 100;

/** A text of at most `most` UTF-16 units: of a longer one its beginning, with “…”. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, letterStart(text, Math.max(0, most - 1)))}…`;
}

/** The first `head` UTF-16 units of a text and its last `tail`, with `gap` in place of what is between. */
export function withoutMiddle(text: string, head: number, gap: string, tail: number): string {
  return `${text.slice(0, letterStart(text, head))}${gap}${text.slice(letterStart(text, text.length - tail))}`;
}

/** Where the letter at a place of a text begins. Up to there, and from there, no letter is taken apart. */
export function letterStart(text: string, place: number): number {
  // A segmenter copies all of what it is given, which may have megabytes.
  const from = Math.max(0, place - aroundPlace);
  const letter = letters.segment(text.slice(from, place + aroundPlace)).containing(place - from);
  return letter === undefined ? place : from + letter.index;
}
