import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { legacyEncoding } from './legacy-encoding.ts';

/**
 * The encoding that a text was in before a program read it as Western text, which turns `서울` into `¼­¿ï` and `é` into `Ã©`;
 * undefined where nothing speaks for that.
 */
export function misreadEncoding(text: string): string | undefined {
  const letters = text.match(/[^\0-\x7f]/g) ?? [];
  // A sign or two, as between cells, make no words.
  if (letters.length < fewestLetters || new Set(letters).size < fewestKinds) return undefined;
  const bytes = iconv.encode(text, 'windows-1252');
  // Of a text in which other letters stand too, not all was misread.
  if (iconv.decode(bytes, 'windows-1252') !== text) return undefined;
  if (isUtf8(bytes)) return 'utf-8';
  const found = legacyEncoding(bytes, (name) => name.toLowerCase());
  return eastAsian.has(found) ? found : undefined;
}

const fewestLetters = 6;
const fewestKinds = 4;
const eastAsian = new Set(['cp949', 'shift_jis', 'euc-jp', 'gb18030', 'big5']);
