import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { isEastAsianEncoding, legacyEncoding } from './legacy-encoding.ts';

/**
 * The encoding of a text that a program has misread as Western, turning `서울` into `¼­¿ï` and `é` into `Ã©`; undefined
 * if nothing suggests that.
 */
export function misreadEncoding(text: string): string | undefined {
  const letters = text.match(/[^\0-\x7f]/g) ?? [];
  // One or two characters, such as delimiters, do not make words.
  if (letters.length < fewestLetters || new Set(letters).size < fewestKinds) return undefined;
  const bytes = iconv.encode(text, 'windows-1252');
  // If the text has other characters too, it was not all misread.
  if (iconv.decode(bytes, 'windows-1252') !== text) return undefined;
  if (isUtf8(bytes)) return 'utf-8';
  const { encoding } = legacyEncoding(bytes);
  if (!isEastAsianEncoding(encoding) || encoding === 'johab') return undefined;
  // Western capitals by themselves are katakana of half width as well.
  const halfWidth = iconv.decode(bytes, encoding).match(/[\uff61-\uff9f]/g)?.length ?? 0;
  return halfWidth > letters.length / 2 ? undefined : encoding;
}

const fewestLetters = 6;
const fewestKinds = 4;
