import { isUtf8 } from 'node:buffer';
import { createDecoder, withoutMarks } from './decoder.ts';
import { legacyEncoding } from './legacy-encoding.ts';

/** The name of an archive's entry as its directory has it. */
export interface EntryName {
  readonly bytes: Buffer;
  /** The directory says so (APPNOTE 6.3.10, appendix D). */
  readonly isUtf8: boolean;
  /** The name once more in UTF-8, as Info-ZIP adds it (APPNOTE 6.3.10 §4.6.9). */
  readonly unicode: Buffer | undefined;
}

/**
 * The names of an archive's entries as text. Windows writes them in the encoding of DOS that its country has, and does not say
 * which: it is told from all names together, and is that of APPNOTE where nothing speaks for another.
 */
export function entryNames(names: readonly EntryName[]): string[] {
  const decoded = decodedNames(names.filter((name) => !isUnicode(name)).map(({ bytes }) => bytes));
  return names.map((name) => (isUnicode(name) ? (name.unicode ?? name.bytes).toString() : (decoded.shift() ?? '')));
}

function decodedNames(names: readonly Buffer[]): string[] {
  const found = legacyEncoding(Buffer.concat(names.flatMap((bytes) => [bytes, lineEnd])), (name) => name.toLowerCase());
  const decodedAs = (encoding: string) =>
    names.map((bytes) => {
      const decoder = createDecoder(encoding);
      return withoutMarks(decoder.write(bytes) + decoder.end());
    });
  const likely = decodedAs(found);
  return found === 'windows-1252' || likely.every(hasMixedWords) ? decodedAs('cp437') : likely;
}

/** A syllable of East Asia right beside a Latin letter: two letters of a European word that make one by chance. */
function hasMixedWords(name: string): boolean {
  return /[a-z][\u3040-\ud7a3]|[\u3040-\ud7a3][a-z]/i.test(name);
}

const lineEnd = Buffer.from('\n');

function isUnicode({ bytes, isUtf8: isSaid, unicode }: EntryName): boolean {
  return isSaid || unicode !== undefined || isUtf8(bytes);
}
