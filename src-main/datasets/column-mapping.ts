import { StudioError } from '../../src-contract/errors.ts';
import type { ColumnMapping, TaskId } from '../../src-contract/task.ts';
import { custom } from '../tasks/custom.ts';
import type { Task } from '../tasks/task.ts';
import { tasks } from '../tasks/tasks.ts';
import { foldColumnName } from './column-names.ts';
import type { CsvRecord } from './readers/csv-records.ts';

/**
 * The likely column of each field of a task, judged by name; a field without one is absent. Where a part of the context is
 * missing, ready-made `context` and `target` columns are proposed instead.
 */
export function proposeMapping(taskId: TaskId, columns: readonly string[]): ColumnMapping {
  const task = tasks[taskId];
  const used = new Set<string>();
  const find = (names: readonly string[] = [], free = (_column: string) => true) => {
    for (const name of names) {
      const column = columns.find((candidate) => foldColumnName(candidate) === name && free(candidate));
      if (column !== undefined) return column;
    }
    return undefined;
  };
  const ready = { context: find(custom.columnNames.context), target: find(custom.columnNames.target) };
  const isReady = ready.context !== undefined && ready.target !== undefined;
  const isFree = (column: string) =>
    !used.has(column) && !(isReady && (column === ready.context || column === ready.target) && taskId !== 'custom');
  const parts: ColumnMapping = {};
  for (const field of [task.fields.target, ...task.fields.context]) {
    const column = find(task.columnNames[field], isFree);
    if (column === undefined) continue;
    parts[field] = column;
    used.add(column);
  }
  const mapping: ColumnMapping = {};
  const partsAreWhole = task.fields.context.every((field) => parts[field] !== undefined);
  const contextIsPart = task.fields.context.some((field) => parts[field] === ready.context);
  if (!partsAreWhole && ready.context !== undefined && !contextIsPart) mapping.context = ready.context;
  else for (const field of task.fields.context) if (parts[field] !== undefined) mapping[field] = parts[field];
  const target = parts[task.fields.target];
  if (target !== undefined) mapping[task.fields.target] = target;
  else if (ready.target !== undefined) mapping.target = ready.target;
  const group = find(task.columnNames.group, (column) => !Object.values(mapping).includes(column));
  if (group !== undefined) mapping.group = group;
  const database = find(task.columnNames.database);
  if (database !== undefined) mapping.database = database;
  return mapping;
}

/** The task that a table is most likely made for: by its column names and, for queries, by what the rows hold. */
export function proposeTask(columns: readonly string[], sample: readonly (readonly string[])[]): TaskId {
  const mapped = (taskId: TaskId) => proposeMapping(taskId, columns);
  const target = mapped('nl2sql').sql ?? mapped('custom').target ?? columns.at(-1);
  const place = target === undefined ? -1 : columns.indexOf(target);
  const queries = sample.filter((cells) => /^\s*(?:select|with)\b/i.test(cells[place] ?? '')).length;
  if (sample.length > 0 && queries > sample.length / 2) return 'nl2sql';
  const isWhole = (task: Task) =>
    [...task.fields.context, task.fields.target].every((field) => mapped(task.id)[field] !== undefined);
  return (['mrc', 'summarisation'] as const).find((id) => isWhole(tasks[id])) ?? 'custom';
}

/** A mapping with the place of each column found. */
export interface ResolvedMapping {
  readonly task: Task;
  /** As it is stored: every field in use with the column's name. */
  readonly mapping: ColumnMapping;
  readonly places: ReadonlyMap<string, number>;
  readonly columns: readonly string[];
}

/**
 * What a person chose, completed by what is proposed. A column may be given by its name or by its number from 1; an empty
 * name leaves an optional field out. Throws CSV_COLUMN_MISSING, and OPTION_INVALID for a field that the task doesn't have.
 */
export function resolveMapping(request: {
  task: TaskId;
  columns: readonly string[];
  chosen?: ColumnMapping;
  file: string;
}): ResolvedMapping {
  const { columns, file } = request;
  const task = tasks[request.task];
  const chosen = request.chosen ?? {};
  const contextFields = task.fields.context;
  const allowed = new Set([...contextFields, task.fields.target, 'context', 'target', 'group', 'database']);
  const unknown = Object.keys(chosen).find((field) => !allowed.has(field));
  if (unknown !== undefined) {
    const reason = `“${unknown}” is not a field of this task; its fields are ${[...allowed].join(', ')}`;
    throw new StudioError('OPTION_INVALID', { option: 'map', reason });
  }
  const missing = (field: string) =>
    new StudioError('CSV_COLUMN_MISSING', { file, column: field, found: columns.join(', ') });
  const given = new Map(
    Object.entries(chosen).map(([field, name]) => {
      if (name === '') return [field, ''];
      const column = findColumn(columns, name);
      if (column === undefined) throw missing(field);
      return [field, column];
    }),
  );
  const proposed = proposeMapping(request.task, columns);
  const mapping: ColumnMapping = {};
  const take = (field: string) => {
    const column = given.get(field) ?? proposed[field];
    if (column) mapping[field] = column;
    return column !== undefined && column !== '';
  };
  const takeContextParts = () => contextFields.filter((field) => !take(field));
  if (given.has('context') && task.id !== 'custom') take('context');
  else if (contextFields.some((field) => given.has(field)) || proposed.context === undefined || task.id === 'custom') {
    const lacking = takeContextParts()[0];
    if (lacking !== undefined) throw missing(lacking);
  } else take('context');
  const targetField = given.has('target') && !given.has(task.fields.target) ? 'target' : task.fields.target;
  if (!take(targetField) && !take('target')) throw missing(task.fields.target);
  take('group');
  take('database');
  const places = new Map(Object.entries(mapping).map(([field, column]) => [field, columns.indexOf(column)]));
  return { task, mapping, places, columns };
}

/** What a record gives: a row to learn from, or why it cannot be used. */
export type MappedRow =
  | {
      readonly kind: 'example';
      readonly context: string;
      readonly target: string;
      readonly group: string | null;
      readonly database: string | null;
      readonly sourceId: string | null;
    }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string };

export type RejectionCode =
  | 'ROW_TOO_MANY_CELLS'
  | 'ROW_CELL_MISSING'
  | 'ROW_CONTEXT_EMPTY'
  | 'ROW_TARGET_EMPTY'
  | 'ROW_CELL_TOO_LONG';

/** Reads one record through a mapping. Texts are taken as they are; only where nothing but blanks stands, it counts as empty. */
export function mapRow({ task, mapping, places, columns }: ResolvedMapping, record: CsvRecord): MappedRow {
  const { cells } = record;
  if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell !== '')) {
    const message = `The row has ${cells.length} cells, but there are ${columns.length} columns; perhaps a cell that contains the delimiter is not in quotes.`;
    return { kind: 'rejected', code: 'ROW_TOO_MANY_CELLS', message };
  }
  const optional = (field: string) => {
    const place = places.get(field);
    return place === undefined ? null : cells[place]?.trim() || null;
  };
  const targetField = places.has('target') ? 'target' : task.fields.target;
  const contextFields = places.has('context') ? ['context'] : task.fields.context;
  for (const field of [...contextFields, targetField]) {
    const cell = cells[places.get(field) ?? -1];
    const column = mapping[field];
    if (cell === undefined) {
      const message = `The row ends before the column “${column}”.`;
      return { kind: 'rejected', code: 'ROW_CELL_MISSING', message };
    }
    if (cell.trim() === '') {
      const code = field === targetField ? 'ROW_TARGET_EMPTY' : 'ROW_CONTEXT_EMPTY';
      return { kind: 'rejected', code, message: `The cell in the column “${column}” is empty.` };
    }
    if (cell.length > longestCell) {
      const message = `The cell in the column “${column}” has ${cell.length} letters; at most ${longestCell} can be used.`;
      return { kind: 'rejected', code: 'ROW_CELL_TOO_LONG', message };
    }
  }
  const read = (field: string) => cells[places.get(field) ?? -1] ?? '';
  const context = places.has('context')
    ? read('context')
    : task.renderContext(Object.fromEntries(contextFields.map((field) => [field, read(field)])));
  const idPlace = columns.findIndex((column) => foldColumnName(column) === 'id');
  const sourceId = idPlace < 0 || [...places.values()].includes(idPlace) ? null : cells[idPlace]?.trim() || null;
  return {
    ...{ kind: 'example', context, target: read(targetField) },
    ...{ group: optional('group'), database: optional('database'), sourceId },
  };
}

/** 1 Mi UTF-16 units: far beyond what any model reads, and short enough for a page to show. */
const longestCell = 1_048_576;

function findColumn(columns: readonly string[], name: string): string | undefined {
  const folded = foldColumnName(name);
  return (
    columns.find((column) => column === name) ??
    columns.find((column) => foldColumnName(column) === folded) ??
    (/^[1-9]\d{0,5}$/.test(name) ? columns[Number(name) - 1] : undefined)
  );
}
