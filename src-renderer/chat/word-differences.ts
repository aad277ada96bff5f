/** A stretch of a text; `differs` if another text has other words there. */
export interface TextPiece {
  readonly text: string;
  readonly differs: boolean;
}

/** Longer texts are not compared: the table would take too long to compute. */
const mostWords = 1500;

/** `text` in stretches, marking the words that are not in its longest common subsequence with `other`. */
export function wordDifferences(text: string, other: string): TextPiece[] {
  const words = text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
  const said = words.flatMap((word, place) => (/\S/.test(word) ? [{ word, place }] : []));
  const others = other.match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
  if (said.length > mostWords || others.length > mostWords) return [{ text, differs: false }];
  const shared = longestShared(
    said.map(({ word }) => word),
    others,
  );
  const different = new Set(said.flatMap(({ place }, i) => (shared.has(i) ? [] : [place])));
  const pieces: { text: string; differs: boolean }[] = [];
  for (const [place, word] of words.entries()) {
    // A space between two differing words belongs to them.
    const between = !/\S/.test(word) && different.has(place - 1) && different.has(place + 1);
    const differs = different.has(place) || between;
    const last = pieces.at(-1);
    if (last?.differs === differs) last.text += word;
    else pieces.push({ text: word, differs });
  }
  return pieces;
}

/** Indices in `a` of a longest common subsequence with `b`. */
function longestShared(a: readonly string[], b: readonly string[]): Set<number> {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] as number;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const places = new Set<number>();
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      places.add(i);
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return places;
}
