import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { createDecoder, hasMark, withoutMarks } from './decoder.ts';
import { chooseEncoding } from './encoding.ts';
import { fingerprint } from './file-fingerprint.ts';
import { filePieces } from './file-pieces.ts';
import type { FileSurvey } from './file-survey.ts';
import { type OpenTable, type TablePiece, type TableRecord, undelimited } from './table.ts';
import { type TaggedSentence, TaggedSentences } from './tagged-words.ts';

/**
 * Words with a tag each (CoNLL): a row for each sentence, with the names in it as those of doccano and Label Studio are
 * given, `text: label`, one a line. Throws whatever `chooseEncoding` throws.
 */
export function openTaggedWords(file: { path: string }, survey: FileSurvey, options: CsvOptions): OpenTable {
  const { encoding, bomBytes, reason } = chooseEncoding(survey, options.encoding);
  const { name, bytes } = survey;
  async function* rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    const decoder = createDecoder(encoding);
    const sentences = new TaggedSentences();
    let [rest, bytesRead] = ['', 0];
    for await (const piece of filePieces(file.path, signal)) {
      const lines = (rest + decoder.write(bytesRead === 0 ? piece.subarray(bomBytes) : piece)).split(/\r?\n/);
      bytesRead += piece.length;
      rest = lines.pop() ?? '';
      yield { records: lines.flatMap((line) => sentences.read(line)).map(recordOf), bytesRead };
    }
    const last = [...sentences.read(rest + decoder.end()), ...sentences.end()];
    yield { records: last.map(recordOf), bytesRead: bytes };
  }
  return {
    facts: {
      ...{
        name,
        format: 'tagged',
        encoding,
        ...undelimited,
        header: false,
        skippedLines: 0,
        bytes,
      },
      reasons: [{ about: 'format', code: 'FORMAT_TAGGED', data: { none } }, reason],
    },
    sha256: async (signal) => (await fingerprint(file.path, signal)).sha256,
    columns: ['text', 'entities'],
    bytesTotal: bytes,
    rows,
    raw: rows,
    close: async () => {},
  };
}

/** What is to be written of a sentence without a name, which is as much to be learnt as one with names. */
const none = 'none';

function recordOf({ text, names, line, isDamaged }: TaggedSentence): TableRecord {
  const cells = [text, names.map((each) => `${each.text}: ${each.label}`).join('\n') || none];
  const problem = cells.some(hasMark) ? 'ENCODING' : isDamaged ? 'TAG' : undefined;
  return { cells: cells.map(withoutMarks), line, ...(problem && { problem }) };
}
