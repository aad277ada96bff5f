import { createReadStream } from 'node:fs';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { chatRows, isExportedConversation } from './chat-exports.ts';
import { isListOfTexts } from './choice-shapes.ts';
import { orderedTable } from './column-order.ts';
import { isConversation } from './conversation.ts';
import { createDecoder, hasMark, withoutMarks } from './decoder.ts';
import { chooseEncoding } from './encoding.ts';
import { fingerprint } from './file-fingerprint.ts';
import type { FileSurvey } from './file-survey.ts';
import { namedTwice, uniqueNames } from './header-names.ts';
import { chooseLists } from './json-lists.ts';
import { isObject, parseJson } from './json-parse.ts';
import { type JsonRows, jsonRows } from './json-rows.ts';
import { type JsonLayout, type JsonList, type JsonText, JsonValues } from './json-values.ts';
import { isSquad } from './squad-article.ts';
import { type OpenTable, type TablePiece, type TableRecord, undelimited } from './table.ts';

/**
 * What kind of JSON a text starts like: one value per line, or anything else that holds values; undefined if it is not
 * JSON.
 */
export function kindOfJson(text: string): 'json' | 'jsonl' | undefined {
  const start = startOf(text);
  const [line = '', next = ''] = start.split('\n', 2);
  if (start.startsWith('[')) {
    const [first, second] = [parseJson(line), parseJson(next)];
    if (isConversation(first) && isConversation(second)) return 'jsonl';
    const areRows =
      Array.isArray(first) &&
      Array.isArray(second) &&
      ![first, second].some(([cell]) => isObject(cell) || Array.isArray(cell));
    if (areRows && (first.length === second.length || (isListOfTexts(first) && isListOfTexts(second)))) return 'jsonl';
    return /^\[\s*[{[\]]/.test(start) || Array.isArray(parseJson(start.trimEnd())) ? 'json' : undefined;
  }
  if (!start.startsWith('{')) return undefined;
  if (isObject(parseJson(line))) return isListWithin(start) ? 'json' : 'jsonl';
  return /^\{\s*"/.test(start) ? 'json' : undefined;
}

function startOf(text: string): string {
  return text
    .replace(/^[\ufeff\s]+/, '')
    .replace(recordSeparator, '')
    .trimStart();
}

const recordSeparator = String.fromCharCode(0x1e);

/** How the values of a text without one value per line are laid out, judged by its beginning. */
function layoutOf(text: string, isWhole: boolean): JsonLayout {
  const start = startOf(text);
  if (!start.startsWith('{')) return 'array';
  const values = new JsonValues('objects').push(start);
  if (values.length > 1) return 'objects';
  return isWhole && values.length === 1 && !isListWithin(start) ? 'objects' : 'array';
}

/** A single object on one line may be the whole file, with the list inside. */
function isListWithin(start: string): boolean {
  const value = parseJson(start.trimEnd());
  return holdsList(value);
}

function holdsList(value: unknown): boolean {
  if (!isObject(value)) return false;
  // An article with its questions is one value, as is a conversation.
  if (isSquad(value)) return 'paragraphs' in value;
  if (isExportedConversation(value)) return false;
  return Object.values(value).some((inner) => {
    if (!Array.isArray(inner)) return holdsList(inner);
    const [first] = inner as unknown[];
    // Messages of Telegram have dates.
    return isObject(first) && !('role' in first) && (!('from' in first) || 'date' in first);
  });
}

/**
 * Throws FILE_EMPTY if there is no value, FILE_NOT_A_TABLE if none can be read, and whatever `chooseEncoding` throws.
 */
export async function openJson(
  file: { path: string; name: string },
  survey: FileSurvey,
  kind: 'json' | 'jsonl',
  options: CsvOptions = {},
  signal?: AbortSignal,
): Promise<OpenTable> {
  const { encoding, bomBytes, reason } = chooseEncoding(survey, options.encoding);
  const { name, bytes } = survey;
  const head = createDecoder(encoding).write(survey.head.subarray(bomBytes));
  const stored = { encoding, bomBytes };
  const isList = startOf(head).startsWith('[');
  const mayBeChats = kind === 'json' && options.format === undefined && chatsStart.test(startOf(head));
  const under = mayBeChats && (await areChatMessages(file.path, stored, signal)) ? messagesKey : undefined;
  let layout: JsonLayout =
    kind === 'jsonl' ? 'lines' : under !== undefined ? 'array' : layoutOf(head, survey.head.length >= bytes);
  const lists =
    layout === 'array' && !isList && under === undefined ? await listsIn(file.path, stored, signal) : undefined;
  // A single object without a list of objects is a row, or columns, however large.
  if (lists?.length === 0) layout = 'objects';
  const chosen = lists?.length ? chooseLists(lists) : undefined;
  const isWanted = ({ list }: JsonText) => list === undefined || chosen === undefined || chosen.wanted.has(list);
  async function* values(signal?: AbortSignal) {
    for await (const { found, bytesRead } of readValues(file.path, new JsonValues(layout, under), stored, signal)) {
      yield { found: found.filter(isWanted), bytesRead };
    }
  }
  const { sample, twice } = await sampleOf(values(signal), name);
  const isAccount = accountStart.test(startOf(head));
  const chat = options.format === undefined ? chatRows(sample, { areChats: isAccount }) : undefined;
  const { columns: own, reasons, areNamedLists = false, isInOne = false, rowsOf } = chat ?? jsonRows(sample);
  if (own.length === 0) throw new StudioError('FILE_EMPTY', { file: name });
  const columns = chosen?.splits ? uniqueNames([...own, 'split']) : own;
  const recordsOf = (value: JsonText): TableRecord[] => {
    const records = recordsIn(value, rowsOf);
    const split = chosen?.splits?.get(value.list ?? -1);
    if (split === undefined) return records;
    return records.map((record) => ({ ...record, cells: [...record.cells, split], part: split }));
  };
  async function* rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    let namesLeft = Number(areNamedLists);
    for await (const { found, bytesRead } of values(signal)) {
      const records = found.flatMap(recordsOf);
      if (namesLeft > 0 && records.length > 0) namesLeft -= records.splice(0, 1).length;
      yield { records, bytesRead };
    }
  }
  const table: OpenTable = {
    facts: {
      ...{
        name,
        format: chat ? ('chat' as const) : kind,
        encoding,
        ...undelimited,
        header: true,
        skippedLines: 0,
        bytes,
        ...((layout !== 'lines' || isInOne) && { numbered: 'item' }),
      },
      reasons: [
        chat?.format ?? { about: 'format', code: 'FORMAT_CONTENT', data: {} },
        reason,
        { about: 'header', code: 'HEADER_KEYS', data: {} },
        ...namedTwice([...twice]),
        ...reasons,
        ...(chosen?.reasons ?? []),
      ],
    },
    sha256: async (signal) => (await fingerprint(file.path, signal)).sha256,
    ...(under !== undefined && !isAccount && { heading: startOf(head).split(`"${messagesKey}"`, 1)[0] }),
    columns,
    bytesTotal: bytes,
    rows,
    async *raw(signal) {
      yield { records: [{ cells: columns, line: 1 }], bytesRead: 0 };
      yield* rows(signal);
    },
    close: async () => {},
  };
  return areNamedLists ? orderedTable(table) : table;
}

/** The key of the messages of a chat, or of each chat of an account, that Telegram or Discord has exported. */
const messagesKey = 'messages';
/** Telegram’s export of an account is about other things too, which come first. */
const accountStart = /^\{\s*"about"\s*:/;
const chatsStart = new RegExp(`${accountStart.source}|^\\{[\\s\\S]*"${messagesKey}"\\s*:\\s*\\[`);

/** Whether the first values under that key are messages of a chat. */
async function areChatMessages(
  path: string,
  stored: { encoding: string; bomBytes: number },
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for await (const { found } of readValues(path, new JsonValues('array', messagesKey), stored, signal)) {
    if (found.length > 0) return chatRows(found.map(({ text }) => parseJson(text))) !== undefined;
  }
  return false;
}

/** The first values that may be rows. Throws FILE_EMPTY, FILE_NOT_A_TABLE. */
async function sampleOf(values: AsyncIterable<{ readonly found: readonly JsonText[] }>, name: string) {
  const sample: unknown[] = [];
  /** Names that occur twice in one object. */
  const twice = new Set<string>();
  let isEmpty = true;
  let isJson = false;
  let letters = 0;
  for await (const { found } of values) {
    for (const { text } of found) {
      isEmpty = false;
      letters += text.length;
      const value = parseJson(text, { onTwice: (name) => twice.add(name) });
      isJson ||= value !== undefined;
      if (typeof value === 'object' && value !== null) sample.push(value);
    }
    if (sample.length >= 200 || (sample.length > 0 && letters > sampleLetters)) break;
  }
  if (isEmpty) throw new StudioError('FILE_EMPTY', { file: name });
  if (sample.length > 0) return { sample, twice };
  throw new StudioError('FILE_NOT_A_TABLE', {
    file: name,
    found: isJson ? fileKinds.JSON_PLAIN : fileKinds.JSON_DAMAGED,
  });
}

/** A conversation can be as long as a book. */
const sampleLetters = 8_000_000;

/** The rows that a value holds, or one that says what is wrong with it. */
function recordsIn({ text, number, list, isOpen }: JsonText, rowsOf: JsonRows['rowsOf']): TableRecord[] {
  let isMended = false;
  const value = parseJson(text, {
    onMended: () => {
      isMended = true;
    },
  });
  const records = rowsOf(value, number, list);
  if (!records) {
    const problem = hasMark(text) ? 'ENCODING' : isOpen ? 'JSON_OPEN' : 'JSON';
    return [{ cells: [withoutMarks(text)], line: number, problem }];
  }
  return records.map((record) => {
    if (hasMark(text)) return { ...record, cells: record.cells.map(withoutMarks), problem: 'ENCODING' };
    // An escape may be a lone surrogate, which cannot be stored.
    if (record.cells.every((cell) => cell.isWellFormed())) {
      return isMended ? { ...record, problem: record.problem ?? 'JSON_MENDED' } : record;
    }
    return {
      ...record,
      cells: record.cells.map((cell) => cell.toWellFormed()),
      problem: record.problem ?? 'REPLACED',
    };
  });
}

/** Reads the whole file, to know all of its lists before choosing one. */
async function listsIn(
  path: string,
  stored: { encoding: string; bomBytes: number },
  signal: AbortSignal | undefined,
): Promise<readonly JsonList[]> {
  const values = new JsonValues('array');
  for await (const _ of readValues(path, values, stored, signal));
  return values.lists;
}

async function* readValues(
  path: string,
  values: JsonValues,
  { encoding, bomBytes }: { encoding: string; bomBytes: number },
  signal?: AbortSignal,
): AsyncGenerator<{ found: JsonText[]; bytesRead: number }, void> {
  const decoder = createDecoder(encoding);
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
