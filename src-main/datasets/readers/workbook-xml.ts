import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { longestToken, type XmlToken, xmlTokens } from './xml-tokens.ts';
import { readEntry, type ZipEntry } from './zip-archive.ts';

/** The tokens of one part of a workbook. Throws ARCHIVE_UNSAFE for one that is damaged or too long. */
export function tokensOf(
  file: { path: string; name: string },
  entry: ZipEntry,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly XmlToken[], void> {
  return xmlTokens(readEntry(file.path, file.name, entry, signal), () => tooLong(file, entry));
}

export function tooLong({ name }: { name: string }, entry: ZipEntry): StudioError {
  const why = because('XLSX_TEXT_TOO_LONG', { entry: entry.name, size: longestToken / 1024 ** 2 });
  return new StudioError('ARCHIVE_UNSAFE', { file: name, ...why });
}

/** The beginnings and ends of a part's elements; none of a part that is not there. */
export async function* elements(
  file: { path: string; name: string },
  entry: ZipEntry | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ name: string; attributes: string; isOpen: boolean }, void> {
  if (!entry) return;
  for await (const tokens of tokensOf(file, entry, signal)) {
    for (const token of tokens) {
      if (token.kind === 'open') yield { name: token.name, attributes: token.attributes, isOpen: true };
      else if (token.kind === 'close') yield { name: token.name, attributes: '', isOpen: false };
    }
  }
}
