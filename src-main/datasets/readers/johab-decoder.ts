import iconv from 'iconv-lite';
import type { PlainDecoder } from './plain-decoder.ts';

/**
 * Johab, the Korean encoding that composes a syllable from its letters (KS X 1001, annex 3; code page 1361): five bits
 * each for the first consonant, the vowel and the last consonant. Symbols and Chinese characters are those of EUC-KR at
 * other code points.
 */
export class JohabDecoder implements PlainDecoder {
  #lead: number | undefined;

  write(bytes: Buffer): string {
    let text = '';
    for (const byte of bytes) {
      if (this.#lead !== undefined) {
        const letter = letterOf(this.#lead, byte);
        // A line end is not part of a damaged character.
        text += letter ?? (byte < 0x31 ? `\ufffd${String.fromCharCode(byte)}` : '\ufffd');
        this.#lead = undefined;
      } else if (byte < 0x80) text += String.fromCharCode(byte);
      else this.#lead = byte;
    }
    return text;
  }

  end(): string {
    const rest = this.#lead === undefined ? '' : '\ufffd';
    this.#lead = undefined;
    return rest;
  }
}

function letterOf(lead: number, trail: number): string | undefined {
  if (lead >= 0x84 && lead <= 0xd3) return syllable((lead << 8) | trail);
  const row = lead >= 0xe0 ? (lead - 0xe0) * 2 + 0x4a : (lead - 0xd9) * 2 + 0x21;
  if (lead < 0xd9 || lead === 0xdf || lead > 0xf9) return undefined;
  const place = placeOf(trail);
  if (place === undefined) return undefined;
  const [below, column] = place;
  const letter = iconv.decode(Buffer.of((row + below) | 0x80, column | 0x80), 'euc-kr');
  return letter.includes('\ufffd') ? undefined : letter;
}

/** Which of two rows, and the column in it. */
function placeOf(trail: number): [row: 0 | 1, column: number] | undefined {
  if (trail >= 0x31 && trail <= 0x7e) return [0, trail - 0x10];
  if (trail >= 0x91 && trail <= 0xa0) return [0, trail - 0x22];
  return trail >= 0xa1 && trail <= 0xfe ? [1, trail - 0x80] : undefined;
}

function syllable(code: number): string | undefined {
  const [first, vowel, last] = [firsts[(code >> 10) & 31], vowels[(code >> 5) & 31], lasts[code & 31]];
  if (first === undefined || vowel === undefined || last === undefined) return undefined;
  if (first >= 0 && vowel >= 0) return String.fromCharCode(0xac00 + (first * 21 + vowel) * 28 + last);
  // A single letter.
  if (first >= 0 && last === 0) return consonants[first];
  if (vowel >= 0 && last === 0) return String.fromCharCode(0x314f + vowel);
  return first < 0 && vowel < 0 ? finals[last] : undefined;
}

/** The letter for each five-bit value: undefined if invalid, -1 (for the last consonant 0) for none. */
function table(...ranges: readonly [from: number, count: number, letter: number][]): (number | undefined)[] {
  const letters: (number | undefined)[] = Array.from({ length: 32 });
  for (const [from, count, letter] of ranges) for (let at = 0; at < count; at++) letters[from + at] = letter + at;
  return letters;
}
const firsts = table([1, 20, -1]);
const vowels = table([2, 6, -1], [10, 6, 5], [18, 6, 11], [26, 4, 17]);
const lasts = table([1, 17, 0], [19, 11, 17]);
const consonants = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
const finals = '\u3000ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ';
