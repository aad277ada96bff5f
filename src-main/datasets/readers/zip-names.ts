import { isUtf8 } from 'node:buffer';
import { createDecoder, withoutMarks } from './decoder.ts';
import { legacyEncoding } from './legacy-encoding.ts';

/** The name of an archive entry as stored in its directory. */
export interface EntryName {
  readonly bytes: Buffer;
  /** Set by the directory's flag (APPNOTE 6.3.10, appendix D). */
  readonly isUtf8: boolean;
  /** The name again in UTF-8, as added by Info-ZIP (APPNOTE 6.3.10 §4.6.9). */
  readonly unicode: Buffer | undefined;
}

/**
 * The names of an archive's entries as text. Windows writes them in its country's DOS encoding without saying which: it
 * is detected from all names together, and defaults to APPNOTE's.
 */
export function entryNames(names: readonly EntryName[]): string[] {
  const decoded = decodedNames(names.filter((name) => !isUnicode(name)).map(({ bytes }) => bytes));
  return names.map((name) => (isUnicode(name) ? (name.unicode ?? name.bytes).toString() : (decoded.shift() ?? '')));
}

function decodedNames(names: readonly Buffer[]): string[] {
  const found = legacyEncoding(Buffer.concat(names.flatMap((bytes) => [bytes, lineEnd]))).encoding;
  const decodedAs = (encoding: string) =>
    names.map((bytes) => {
      const decoder = createDecoder(encoding);
      return withoutMarks(decoder.write(bytes) + decoder.end());
    });
  const likely = decodedAs(found);
  return found === 'windows-1252' || likely.every(hasMixedWords) ? decodedAs('cp437') : likely;
}

/** An East Asian syllable right next to a Latin letter: two letters of a European word that happen to form one. */
function hasMixedWords(name: string): boolean {
  return /[a-z][\u3040-\ud7a3]|[\u3040-\ud7a3][a-z]/i.test(name);
}

const lineEnd = Buffer.from('\n');

function isUnicode({ bytes, isUtf8: isSaid, unicode }: EntryName): boolean {
  return isSaid || unicode !== undefined || isUtf8(bytes);
}
