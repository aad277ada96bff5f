/** A stretch of words that both texts have, that only the first has, or that only the second has. */
export interface Stretch {
  readonly kind: 'same' | 'extra' | 'missing';
  readonly text: string;
}

/** More words would block the page; the texts are then compared as wholes. */
const mostWords = 1500;

/**
 * What an answer and its target each have that the other lacks, word by word: the longest common subsequence is shared.
 * Case-sensitive. In scripts without spaces each character is a word.
 */
export function wordDifference(answer: string, target: string): Stretch[] {
  const [a, b] = [words(answer), words(target)];
  if (a.length > mostWords || b.length > mostWords) {
    const pieces: Stretch[] = [
      { kind: 'extra', text: answer },
      { kind: 'missing', text: target },
    ];
    return answer === target ? [{ kind: 'same', text: answer }] : pieces;
  }
  const table = lengths(a, b);
  const width = b.length + 1;
  const stretches: { kind: Stretch['kind']; text: string }[] = [];
  const push = (kind: Stretch['kind'], text: string) => {
    const last = stretches.at(-1);
    if (last?.kind === kind) last.text += text;
    else stretches.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [one, other] = [a[i], b[j]];
    if (one !== undefined && other !== undefined && one.trim() === other.trim()) {
      push('same', one);
      i++;
      j++;
    } else if (
      other === undefined ||
      (one !== undefined && at(table, (i + 1) * width + j) >= at(table, i * width + j + 1))
    ) {
      push('extra', one ?? '');
      i++;
    } else {
      push('missing', other);
      j++;
    }
  }
  return stretches;
}

/** Whether the texts are mostly the same: otherwise there would be more marks than words. */
export function isMostlySame(stretches: readonly Stretch[]): boolean {
  const letters = { same: 0, extra: 0, missing: 0 };
  for (const { kind, text } of stretches) letters[kind] += text.length;
  return letters.same >= Math.max(letters.extra, letters.missing);
}

/** Words with their trailing whitespace. */
function words(text: string): string[] {
  return (
    text.match(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]\s*|[\p{L}\p{N}\p{M}_]+\s*|[^\p{L}\p{N}\p{M}_\s]\s*|\s+/gu,
    ) ?? []
  );
}

/** Lengths of the longest common subsequence of a from i on and b from j on, at i · (b + 1) + j. */
function lengths(a: readonly string[], b: readonly string[]): Uint16Array {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] =
        a[i]?.trim() === b[j]?.trim()
          ? at(table, (i + 1) * width + j + 1) + 1
          : Math.max(at(table, (i + 1) * width + j), at(table, i * width + j + 1));
    }
  }
  return table;
}

function at(table: Uint16Array, place: number): number {
  return table[place] ?? 0;
}
