import { readFile } from 'node:fs/promises';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { createDecoder, hasMark, withoutMarks } from './decoder.ts';
import { chooseEncoding } from './encoding.ts';
import { fingerprint } from './file-fingerprint.ts';
import type { FileSurvey } from './file-survey.ts';
import { type OpenTable, type TablePiece, undelimited } from './table.ts';
import { answeredQuestions } from './transcript.ts';

/**
 * A text of questions and answers that are marked as such, such as `Q:` and `A:`, with a row for each question.
 * Undefined for any other text; `head` is how it begins. Throws whatever `chooseEncoding` throws.
 */
export async function openQuestions(
  file: { path: string },
  survey: FileSurvey,
  { head, options, signal }: { head: string; options: CsvOptions; signal?: AbortSignal | undefined },
): Promise<OpenTable | undefined> {
  if (survey.bytes > mostBytes || answeredQuestions(head.slice(0, looked)) === undefined) return undefined;
  const { encoding, bomBytes, reason } = chooseEncoding(survey, options.encoding);
  const decoder = createDecoder(encoding);
  const bytes = await readFile(file.path, { signal });
  const text = (decoder.write(bytes.subarray(bomBytes)) + decoder.end()).replaceAll(/\r\n?/g, '\n');
  const pairs = answeredQuestions(text);
  if (pairs === undefined) return undefined;
  async function* rows(): AsyncGenerator<TablePiece, void> {
    let [line, counted] = [1, 0];
    const records = (pairs ?? []).map(({ asked, answer, at }) => {
      for (; counted < at; counted++) if (text[counted] === '\n') line++;
      const cells = [asked, answer];
      return cells.some(hasMark)
        ? { cells: cells.map(withoutMarks), line, problem: 'ENCODING' as const }
        : { cells, line };
    });
    yield { records, bytesRead: survey.bytes };
  }
  return {
    facts: {
      ...{ name: survey.name, format: 'questions', encoding, ...undelimited, header: false },
      ...{ skippedLines: 0, bytes: survey.bytes },
      reasons: [{ about: 'format', code: 'FORMAT_QUESTIONS', data: { questions: pairs.length } }, reason],
    },
    sha256: async (signal) => (await fingerprint(file.path, signal)).sha256,
    columns: ['context', 'target'],
    bytesTotal: survey.bytes,
    rows,
    raw: rows,
    close: async () => {},
  };
}

/** In letters; whether a text begins so is known before all of it is read. */
const looked = 50_000;
const mostBytes = 64 * 1024 * 1024;
