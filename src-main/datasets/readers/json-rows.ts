import type { FileReason } from '../../../src-contract/file-reason.ts';
import { foldColumnName, isKnownColumnName } from '../importing/column-names.ts';
import { cellOf } from './cell-text.ts';
import { isSentence } from './cell-type.ts';
import { isListOfTexts } from './choice-shapes.ts';
import { isConversation } from './conversation.ts';
import { nameReasons, uniqueNames } from './header-names.ts';
import { isObject } from './json-parse.ts';
import type { NamedValues } from './known-shape.ts';
import { NamedTable } from './named-table.ts';
import { shapeOf } from './record-shape.ts';
import { isSquad, squadColumns, squadRows } from './squad-article.ts';
import type { TableRecord } from './table.ts';

/** How the values of a JSON file become rows. */
export interface JsonRows {
  readonly columns: readonly string[];
  readonly reasons: readonly FileReason[];
  /** The rows are lists of cells, the first of which names the columns. */
  readonly areNamedLists?: boolean;
  /** A single value is the table, and its rows are numbered. */
  readonly isInOne?: boolean;
  /** The rows of a value; undefined if it gives none. `list` is the index of the list that contains it. */
  rowsOf(value: unknown, number: number, list?: number): TableRecord[] | undefined;
}

/**
 * Judged by the first values (at least one, each an object or a list): SQuAD articles, lists of cells whose first one
 * may name them, a single object of columns as pandas writes it, or else one object per row.
 */
export function jsonRows(sample: readonly unknown[]): JsonRows {
  const [first] = sample;
  const shaped = (shape: string, keys: string): FileReason => ({
    about: 'shape',
    code: 'FORMAT_SHAPE',
    data: { shape, keys },
  });
  if (Array.isArray(first)) {
    const lists = sample.filter(Array.isArray);
    if (isConversation(first)) return conversationRows(lists, 'messages');
    return areTalks(lists) ? conversationRows(lists, 'dialog') : listRows(first, lists);
  }
  const objects = sample.filter(isObject);
  if (objects.some(isSquad)) {
    return {
      columns: squadColumns,
      reasons: [shaped('squad', objects.some((record) => 'paragraphs' in record) ? 'paragraphs, qas' : 'context, qas')],
      rowsOf: (value, number) =>
        isObject(value) ? squadRows(value)?.map((cells) => ({ cells, line: number })) : undefined,
    };
  }
  const split = sample.length === 1 && isObject(first) ? namesAndRows(first) : undefined;
  if (split) {
    const names = split.names.map(cellOf);
    const columns = uniqueNames(names);
    return {
      columns,
      reasons: [shaped('split', split.keys.join(', ')), ...nameReasons(names, columns)],
      isInOne: true,
      rowsOf: (value) =>
        isObject(value)
          ? namesAndRows(value)?.rows.map((cells, row) => ({ cells: cells.map(cellOf), line: row + 1 }))
          : undefined,
    };
  }
  const numbered = sample.length === 1 && isObject(first) ? numberedRows(first) : undefined;
  if (numbered) {
    const table = new NamedTable(numbered);
    const rowsOf = (value: unknown) =>
      isObject(value) ? numberedRows(value)?.flatMap((row, place) => table.rows(row, place + 1)) : undefined;
    const reasons = [shaped('index', '0, 1'), ...table.reasons];
    return { columns: table.columns, reasons, isInOne: true, rowsOf };
  }
  const keyed = sample.length === 1 && isObject(first) ? keyedRows(first) : undefined;
  if (keyed) {
    const table = new NamedTable(keyed.map(([, row]) => row));
    const columns = uniqueNames(['key', ...table.columns]);
    const rowsOf = (value: unknown) =>
      isObject(value)
        ? keyedRows(value)?.flatMap(([key, row], place) =>
            table.rows(row, place + 1).map((record) => ({ ...record, cells: [key, ...record.cells] })),
          )
        : undefined;
    return {
      columns,
      reasons: [
        shaped(
          'key',
          keyed
            .slice(0, 2)
            .map(([key]) => key)
            .join(', '),
        ),
        ...table.reasons,
      ],
      isInOne: true,
      rowsOf,
    };
  }
  if (sample.length === 1 && isObject(first) && columnCells(first)) {
    const names = Object.keys(first);
    const columns = uniqueNames(names);
    return {
      columns,
      reasons: [shaped('columns', names.slice(0, 3).join(', ')), ...nameReasons(names, columns)],
      isInOne: true,
      rowsOf: (value) =>
        isObject(value) ? columnCells(value)?.map((cells, row) => ({ cells, line: row + 1 })) : undefined,
    };
  }
  const wrapped = wrappingKey(objects);
  const bared = (value: NamedValues) => (wrapped === undefined ? value : unwrapped(value, wrapped));
  const table = new NamedTable(objects.map(bared));
  return {
    columns: table.columns,
    reasons: [...(wrapped === undefined ? [] : [shaped('wrapped', wrapped)]), ...table.reasons],
    rowsOf: (value, number) => (isObject(value) ? table.rows(bared(value), number) : undefined),
  };
}

/** Lists of turns, not wrapped in objects; `key` is what they are called in objects. */
function conversationRows(lists: readonly (readonly unknown[])[], key: string): JsonRows {
  const table = new NamedTable(lists.map((turns) => ({ [key]: turns })));
  return {
    columns: table.columns,
    reasons: table.reasons,
    rowsOf: (value, number) => (Array.isArray(value) ? table.rows({ [key]: value }, number) : undefined),
  };
}

/**
 * Whether these are lists of sentences in turn. Rows of a table are all as long, or no longer than their names: some
 * programs leave out the last cells if they are blank. Names are no sentences.
 */
function areTalks(lists: readonly (readonly unknown[])[]): boolean {
  const [first = []] = lists;
  const areNames = new Set(first).size === first.length && lists.every(({ length }) => length <= first.length);
  return (
    !areNames &&
    hasSentence(first) &&
    lists.every((list) => list.length > 1 && isListOfTexts(list)) &&
    lists.some(({ length }) => length !== first.length) &&
    lists.filter(hasSentence).length * 2 >= lists.length
  );
}

function listRows(first: readonly unknown[], lists: readonly (readonly unknown[])[]): JsonRows {
  const isHeader =
    first.every((cell) => typeof cell === 'string' && cell.trim() !== '') &&
    new Set(first).size === first.length &&
    !(lists.length > 1 && lists.every(hasSentence));
  const columns = uniqueNames(first.map((cell) => (isHeader ? String(cell) : '')));
  return {
    columns,
    reasons: [],
    areNamedLists: isHeader,
    rowsOf: (value, number) => (Array.isArray(value) ? [{ cells: value.map(cellOf), line: number }] : undefined),
  };
}

/** No row of names has one, while rows of texts have. */
function hasSentence(list: readonly unknown[]): boolean {
  return list.some((cell) => typeof cell === 'string' && isSentence(cell));
}

/**
 * Column names and rows of cells under separate keys, as pandas writes them, among other naming schemes; undefined for
 * any other object.
 */
function namesAndRows(
  value: NamedValues,
): { keys: readonly string[]; names: readonly unknown[]; rows: readonly (readonly unknown[])[] } | undefined {
  const pairs = nameKeys.flatMap((name) => rowKeys.map((rows) => [name, rows] as const));
  for (const [nameKey, rowKey] of pairs) {
    const [names, rows] = [value[nameKey], value[rowKey]];
    const areNames = Array.isArray(names) && names.length > 0 && !names.some(isObject) && !names.some(Array.isArray);
    if (areNames && Array.isArray(rows) && rows.length > 0 && rows.every(Array.isArray)) {
      return { keys: [nameKey, rowKey], names, rows };
    }
  }
  return undefined;
}

const nameKeys = ['columns', 'header', 'headers', 'fields', 'column_names'];
const rowKeys = ['data', 'rows', 'values', 'records'];

/** The rows of an object keyed by row number; undefined for any other, such as one keyed by column. */
function numberedRows(value: NamedValues): NamedValues[] | undefined {
  const keys = Object.keys(value);
  const rows = Object.values(value).filter(isObject);
  const areNumbers = (names: readonly string[]) => names.every((name) => /^\d{1,15}$/.test(name));
  if (keys.length === 0 || rows.length < keys.length || !areNumbers(keys)) return undefined;
  return rows.some((row) => areNumbers(Object.keys(row))) ? undefined : rows;
}

/**
 * The rows of an object keyed by names of their own, each an object with a common column name among its keys; undefined
 * for any other, such as one that holds columns keyed by row name.
 */
function keyedRows(value: NamedValues): [key: string, row: NamedValues][] | undefined {
  const entries = Object.entries(value);
  const rows = entries.flatMap(([key, row]): [string, NamedValues][] => (isObject(row) ? [[key, row]] : []));
  if (rows.length < 2 || rows.length < entries.length || rows.some(([key]) => isKnownColumnName(key))) return undefined;
  return rows.every(([, row]) => Object.keys(row).some(isKnownColumnName)) ? rows : undefined;
}

/**
 * The key under which each record holds the actual row: an object with several common column names among its keys or of
 * a known shape, with nothing of the kind next to it. For example `row` in the output of a data set server, `_source`
 * in an export of a search index.
 */
function wrappingKey(objects: readonly NamedValues[]): string | undefined {
  const namesIn = (record: NamedValues) =>
    Object.keys(record).filter(
      (key) => isKnownColumnName(key) && foldColumnName(key) !== 'id' && !isObject(record[key]),
    ).length;
  const [first] = objects;
  if (first === undefined || namesIn(first) > 0 || shapeOf(objects)) return undefined;
  const found = Object.keys(first).filter((key) => {
    const inner = objects.map((record) => record[key]).filter(isObject);
    return inner.length === objects.length && (inner.every((each) => namesIn(each) > 1) || shapeOf(inner));
  });
  return found.length === 1 ? found[0] : undefined;
}

/** The record with its wrapped values first; an outer key of the same name becomes `outer …`. */
function unwrapped(record: NamedValues, wrapped: string): NamedValues {
  const { [wrapped]: inner, ...others } = record;
  if (!isObject(inner)) return record;
  return Object.fromEntries([
    ...Object.entries(inner),
    ...Object.entries(others).map(([key, value]) => [Object.hasOwn(inner, key) ? `outer ${key}` : key, value]),
  ]);
}

/**
 * The rows of an object that holds, for each column, a list of cells or an object of cells by row; undefined for any
 * other.
 */
function columnCells(value: NamedValues): string[][] | undefined {
  const columns = Object.values(value);
  if (columns.length < 2) return undefined;
  const lists = columns.map((column) =>
    Array.isArray(column) ? column : isObject(column) ? Object.values(column) : undefined,
  );
  const rows = lists[0]?.length ?? 0;
  const isTable = lists.every((list) => list !== undefined && list.length === rows && !list.some(isObject));
  if (rows < 1 || !isTable) return undefined;
  const keysOf = (column: unknown) => (isObject(column) ? Object.keys(column).join() : undefined);
  const keys = new Set(columns.map(keysOf).filter((each) => each !== undefined));
  if (keys.size > 1) return undefined;
  return Array.from({ length: rows }, (_, row) => lists.map((list) => cellOf(list?.[row])));
}
