import { createReadStream } from 'node:fs';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { createDecoder, hasMark, withoutMarks } from './decoder.ts';
import { chooseEncoding } from './encoding.ts';
import { fingerprint } from './file-fingerprint.ts';
import type { FileSurvey } from './file-survey.ts';
import { type JsonText, JsonValues } from './json-values.ts';
import { NamedTable } from './named-table.ts';
import { isSquad, type NamedValues, squadColumns, squadRows } from './record-shape.ts';
import type { OpenTable, TablePiece, TableRecord } from './table.ts';

/** What kind of JSON a text begins like: one value a line, or one list; undefined when it is something else. */
export function kindOfJson(text: string): 'json' | 'jsonl' | undefined {
  const start = text.replace(/^\ufeff/, '').trimStart();
  if (start.startsWith('[')) return /^\[\s*[{[]/.test(start) ? 'json' : undefined;
  if (!start.startsWith('{')) return undefined;
  const line = start.slice(0, start.indexOf('\n') < 0 ? undefined : start.indexOf('\n'));
  if (isObject(parsed(line))) return isListWithin(start) ? 'json' : 'jsonl';
  return /^\{\s*"/.test(start) ? 'json' : undefined;
}

/** A single object on one line may be the whole file, with the list inside. */
function isListWithin(start: string): boolean {
  const value = parsed(start.trimEnd());
  return (
    isObject(value) &&
    Object.values(value).some(
      (inner) => Array.isArray(inner) && isObject(inner[0]) && !('role' in inner[0]) && !('from' in inner[0]),
    )
  );
}

/** Throws FILE_EMPTY when there is no record, and what `chooseEncoding` throws. */
export async function openJson(
  file: { path: string; name: string },
  survey: FileSurvey,
  kind: 'json' | 'jsonl',
  options: CsvOptions = {},
): Promise<OpenTable> {
  const { encoding, bomBytes, reason } = chooseEncoding(survey, options.encoding);
  const { name, bytes } = survey;
  const values = (signal?: AbortSignal) => readValues(file.path, { encoding, bomBytes, kind }, signal);
  const sample: NamedValues[] = [];
  for await (const { found } of values()) {
    for (const { text } of found) {
      const value = parsed(text);
      if (isObject(value)) sample.push(value);
    }
    if (sample.length >= 200) break;
  }
  const first = sample[0];
  if (first === undefined) throw new StudioError('FILE_EMPTY', { file: name });
  const isArticles = isSquad(first);
  const table = isArticles ? undefined : new NamedTable(sample);
  const columns = table?.columns ?? squadColumns;
  const recordsOf = ({ text, line }: JsonText): TableRecord[] => {
    const value = parsed(text);
    if (!isObject(value)) return [{ cells: [withoutMarks(text)], line, problem: hasMark(text) ? 'ENCODING' : 'JSON' }];
    if (!table)
      return isSquad(value)
        ? squadRows(value).map((cells) => ({ cells, line }))
        : [{ cells: [text], line, problem: 'JSON' }];
    const record = table.row(value, line);
    return [hasMark(text) ? { ...record, cells: record.cells.map(withoutMarks), problem: 'ENCODING' } : record];
  };
  async function* rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    for await (const { found, bytesRead } of values(signal)) yield { records: found.flatMap(recordsOf), bytesRead };
  }
  return {
    facts: {
      ...{
        name,
        format: kind,
        encoding,
        delimiter: '',
        quote: '',
        escape: '',
        header: true,
        skippedLines: 0,
        bytes,
      },
      reasons: [
        { about: 'format', code: 'FORMAT_CONTENT', data: {} },
        reason,
        { about: 'header', code: 'HEADER_KEYS', data: {} },
        ...(table
          ? table.reasons
          : [{ about: 'shape' as const, code: 'FORMAT_SHAPE', data: { shape: 'squad', keys: 'paragraphs, qas' } }]),
      ],
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

async function* readValues(
  path: string,
  { encoding, bomBytes, kind }: { encoding: string; bomBytes: number; kind: 'json' | 'jsonl' },
  signal?: AbortSignal,
): AsyncGenerator<{ found: JsonText[]; bytesRead: number }, void> {
  const decoder = createDecoder(encoding);
  const values = new JsonValues(kind === 'jsonl' ? 'lines' : 'array');
  let bytesRead = bomBytes;
  for await (const chunk of createReadStream(path, {
    start: bomBytes,
    highWaterMark: 256 * 1024,
    signal,
  }) as AsyncIterable<Buffer>) {
    bytesRead += chunk.length;
    yield { found: values.push(decoder.write(chunk)), bytesRead };
  }
  yield { found: [...values.push(decoder.end()), ...values.end()], bytesRead };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
