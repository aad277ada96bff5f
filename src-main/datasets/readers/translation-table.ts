import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { createDecoder, hasMark, isKnownEncoding, withoutMarks } from './decoder.ts';
import { chooseEncoding, type EncodingChoice } from './encoding.ts';
import { fingerprint } from './file-fingerprint.ts';
import { filePieces } from './file-pieces.ts';
import type { FileSurvey } from './file-survey.ts';
import { type OpenTable, type TablePiece, type TableRecord, undelimited } from './table.ts';
import { type TranslationUnit, TranslationUnits } from './translation-units.ts';
import { tokensOfText } from './xml-tokens.ts';

/**
 * A translation memory (TMX or XLIFF): a row for each unit, and a column for each language, called as the file calls
 * it. Throws FILE_NOT_A_TABLE if it has no unit, and whatever `chooseEncoding` throws.
 */
export async function openTranslations(
  file: { path: string },
  survey: FileSurvey,
  options: CsvOptions,
  signal?: AbortSignal,
): Promise<OpenTable> {
  const { encoding, bomBytes, reason } = declaredEncoding(survey, options.encoding);
  const { name, bytes } = survey;
  async function* units(signal?: AbortSignal): AsyncGenerator<Read, void> {
    let bytesRead = 0;
    async function* pieces(): AsyncGenerator<string, void> {
      const decoder = createDecoder(encoding);
      for await (const piece of filePieces(file.path, signal)) {
        const text = decoder.write(bytesRead === 0 ? piece.subarray(bomBytes) : piece);
        bytesRead += piece.length;
        yield text;
      }
      yield decoder.end();
    }
    const reading = new TranslationUnits();
    const tooLong = () => new StudioError('FILE_NOT_A_TABLE', { file: name, found: fileKinds.XML });
    for await (const tokens of tokensOfText(pieces(), tooLong)) {
      for (const token of tokens) reading.read(token);
      yield { found: reading.take(), languages: reading.languages, bytesRead };
    }
    yield { found: reading.end(), languages: reading.languages, bytesRead: bytes };
  }
  let columns: readonly string[] = [];
  // All of it: another language may begin far below.
  for await (const { languages } of units(signal)) columns = languages;
  if (columns.length === 0)
    throw new StudioError('FILE_NOT_A_TABLE', { file: name, found: fileKinds.TRANSLATIONS_EMPTY });
  async function* rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    for await (const { found, bytesRead } of units(signal)) yield { records: found.map(recordOf), bytesRead };
  }
  function recordOf({ texts, number, isDamaged }: TranslationUnit): TableRecord {
    const cells = columns.map((language) => texts.get(language) ?? '');
    const problem = cells.some(hasMark) ? 'ENCODING' : isDamaged ? 'XML' : undefined;
    return { cells: cells.map(withoutMarks), line: number, ...(problem && { problem }) };
  }
  return {
    facts: {
      ...{ name, format: 'translations', encoding, ...undelimited, header: true },
      ...{ skippedLines: 0, bytes, numbered: 'item' },
      reasons: [{ about: 'format', code: 'FORMAT_TRANSLATIONS', data: { languages: columns.join(', ') } }, reason],
    },
    sha256: async (signal) => (await fingerprint(file.path, signal)).sha256,
    columns,
    bytesTotal: bytes,
    rows,
    async *raw(signal) {
      yield { records: [{ cells: columns, line: 1 }], bytesRead: 0 };
      yield* rows(signal);
    },
    close: async () => {},
  };
}

interface Read {
  readonly found: readonly TranslationUnit[];
  readonly languages: readonly string[];
  readonly bytesRead: number;
}

/** What the first line of XML says, unless the bytes are UTF-8 or Unicode with a mark, which they show themselves. */
function declaredEncoding(survey: FileSurvey, chosen: string | undefined): EncodingChoice {
  const [, declared = ''] =
    /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w-]+)["']/i.exec(survey.head.toString('latin1', 0, 200)) ?? [];
  const encoding = declared.toLowerCase().replace(/^(?:iso-8859-1|us-ascii)$/, 'windows-1252');
  const isNeeded = chosen === undefined && survey.brokenUtf8 !== undefined && !encoding.startsWith('utf');
  if (!isNeeded || encoding === '' || !isKnownEncoding(encoding)) return chooseEncoding(survey, chosen);
  const data = { encoding: encoding.toUpperCase() };
  return { ...chooseEncoding(survey, encoding), reason: { about: 'encoding', code: 'ENCODING_DECLARED', data } };
}
