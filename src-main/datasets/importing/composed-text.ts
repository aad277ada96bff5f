/**
 * Puts together letters that are stored in pieces, as macOS stores those of file names: Korean syllables as single
 * letters, accents and voicing marks after their letter. A tokenizer reads other tokens in pieces than in what people
 * type. Nothing else that Unicode's NFC would change is changed, such as Chinese characters of Korean encodings.
 */
export function composed(text: string): string {
  return piece.test(text) ? text.replace(pieces, (found) => found.normalize()) : text;
}

/** The same in UTF-8, quickly: false only if `composed` changes none of the texts among the bytes. */
export function mayBeInPieces(bytes: Buffer): boolean {
  // Combining marks begin with 0xCC or 0xCD, as does little else. The parts of Korean letters begin with 0xE1.
  if (bytes.includes(0xcc) || bytes.includes(0xcd) || bytes.includes('\u3099') || bytes.includes('\u309a')) return true;
  if (!bytes.includes(0xe1)) return false;
  // Faster than to search for each: Vietnamese is full of them.
  for (let at = 1; at < bytes.length; at++) {
    const second = bytes[at] ?? 0;
    if (second >= 0x84 && second <= 0x87 && bytes[at - 1] === 0xe1) return true;
  }
  return false;
}

const piece = /[\u0300-\u036f\u1161-\u1175\u11a8-\u11c2\u3099\u309a]/;
const pieces =
  /[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\uac00-\ud7a3][\u11a8-\u11c2]|\p{L}[\u0300-\u036f\u3099\u309a]+/gu;
