import {
  exportedMapping,
  exportedName,
  fieldsOf,
  furtherFields,
  joinedBy,
  joinedKinds,
  joinsColumns,
  withOwnNames,
} from '../../../src-contract/column-groups.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import type { ColumnMapping, TaskId } from '../../../src-contract/task.ts';
import { custom } from '../../tasks/custom.ts';
import type { Task } from '../../tasks/task.ts';
import { tasks } from '../../tasks/tasks.ts';
import { readTurns } from '../../tasks/turns.ts';
import { splitColumnNames, splitNamed } from '../splits/split.ts';
import { isQuery, labelledText, proposeByContents, sumsUp } from './column-contents.ts';
import { foldColumnName } from './column-names.ts';

/**
 * The likely column for each field of a task, judged by name, or else by the content of the sample; fields without one
 * are absent. If part of the context is missing, ready-made `context` and `target` columns are proposed instead.
 */
export function proposeMapping(
  taskId: TaskId,
  columns: readonly string[],
  sample: readonly (readonly string[])[] = [],
): ColumnMapping {
  const byName = proposeByName(taskId, columns);
  if (byName.split !== undefined && !namesSplits(columns.indexOf(byName.split), sample)) delete byName.split;
  const lacks = neededFields(tasks[taskId], byName).filter((field) => byName[field] === undefined);
  if (lacks.length === 0 || sample.length === 0) return byName;
  const found = proposeByContents(taskId, columns, sample, byName);
  const isNew = (field: string) => lacks.includes(field) || joinedBy(field) !== undefined;
  return { ...byName, ...Object.fromEntries(Object.entries(found).filter(([field]) => isNew(field))) };
}

/** A column holds splits if every row of the sample names one; one with, say, folds 1 to 10 does not. */
function namesSplits(place: number, sample: readonly (readonly string[])[]): boolean {
  return sample.length > 0 && sample.every((cells) => splitNamed(cells[place] ?? '') !== undefined);
}

/** The fields that must have a column: the task's own, or a ready-made context or target if mapped. */
function neededFields(task: Task, mapping: ColumnMapping): string[] {
  return [
    ...(mapping.context === undefined ? task.fields.context : ['context']),
    mapping.target === undefined ? task.fields.target : 'target',
  ];
}

function proposeByName(taskId: TaskId, columns: readonly string[]): ColumnMapping {
  const task = tasks[taskId];
  const used = new Set<string>();
  const named = Map.groupBy(columns, foldColumnName);
  const find = (names: readonly string[] = [], free = (_column: string) => true) => {
    for (const name of names) {
      const column = named.get(name)?.find(free);
      if (column !== undefined) return column;
    }
    return undefined;
  };
  const ready = { context: find(custom.columnNames.context), target: find(custom.columnNames.target) };
  const isReady = ready.context !== undefined && ready.target !== undefined;
  const isFree = (column: string) =>
    !used.has(column) && !(isReady && (column === ready.context || column === ready.target) && !takesPair(task));
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
  if (joinsColumns(taskId)) Object.assign(mapping, exportedMapping(columns));
  const group = find(task.columnNames.group, (column) => !Object.values(mapping).includes(column));
  if (group !== undefined) mapping.group = group;
  const database = find(task.columnNames.database);
  if (database !== undefined) mapping.database = database;
  const split = find(splitColumnNames, (column) => !Object.values(mapping).includes(column));
  if (split !== undefined) mapping.split = split;
  return mapping;
}

/** The task that a table is most likely made for, judged by its column names and its content. */
export function proposeTask(columns: readonly string[], sample: readonly (readonly string[])[]): TaskId {
  if (exportedMapping(columns) !== undefined) return 'custom';
  const mapped = (taskId: TaskId) => proposeByName(taskId, columns);
  const target = mapped('nl2sql').sql ?? mapped('custom').target ?? columns.at(-1);
  const place = target === undefined ? -1 : columns.indexOf(target);
  const queries = sample.filter((cells) => isQuery(cells[place] ?? '')).length;
  if (sample.length > 0 && queries > sample.length / 2) return 'nl2sql';
  const isWhole = (taskId: TaskId, mapping: ColumnMapping) =>
    [...tasks[taskId].fields.context, tasks[taskId].fields.target].every((field) => mapping[field] !== undefined);
  if (labelledText(columns, sample) !== undefined) return 'custom';
  if (isWhole('mrc', mapped('mrc')) || lacksAnswers(columns, mapped('mrc'))) return 'mrc';
  if (isWhole('summarisation', mapped('summarisation'))) return 'summarisation';
  // Columns named context and target say no more than that.
  const pair = mapped('custom');
  if (isWhole('custom', pair)) {
    const contexts = sample.map((cells) => cells[columns.indexOf(pair.context ?? '')] ?? '');
    if (contexts.length > 0 && contexts.every((context) => passageAndQuestion.test(context))) return 'mrc';
    // Rows of one turn are the same for every task.
    return contexts.some((context) => readTurns(context).length > 1) ? 'conversation' : 'custom';
  }
  const byContents = (['nl2sql', 'mrc'] as const).find((id) => isWhole(id, proposeMapping(id, columns, sample)));
  if (byContents) return byContents;
  return sumsUp(columns, sample, proposeMapping('summarisation', columns, sample)) ? 'summarisation' : 'custom';
}

/** Passages with questions and nothing else: the answers are missing, and neither of the two is written for the other. */
function lacksAnswers(columns: readonly string[], mapping: ColumnMapping): boolean {
  const used = new Set([
    ...Object.values(mapping),
    ...columns.filter((column) => rowNumbers.has(foldColumnName(column))),
  ]);
  return mapping.passage !== undefined && mapping.question !== undefined && columns.every((column) => used.has(column));
}

/** What the column that counts the rows is called. */
const rowNumbers = new Set(['id', 'no', 'nr', 'number', '번호', '순번', '연번']);

/** Whether ready-made columns are the task's own fields. */
function takesPair({ fields }: Task): boolean {
  return fields.target === 'target';
}

/** As a context of the task is written, and exported. */
const passageAndQuestion = /^Passage: [\s\S]*\n\nQuestion: /;

/** A mapping with the index of each column. */
export interface ResolvedMapping {
  readonly task: Task;
  /** As it is stored: every used field with its column's name. */
  readonly mapping: ColumnMapping;
  readonly places: ReadonlyMap<string, number>;
  readonly columns: readonly string[];
}

/**
 * A person's choices, completed by the proposals. A column can be given by its name or its number from 1; an empty name
 * leaves an optional field out. Throws CSV_COLUMN_MISSING, CSV_SCHEMA_MISSING, and OPTION_INVALID for a field that the
 * task does not have.
 */
export function resolveMapping(request: {
  task: TaskId;
  columns: readonly string[];
  chosen?: ColumnMapping;
  file: string;
  /** The first rows, for fields whose column cannot be told by name. */
  sample?: readonly (readonly string[])[];
  /** Databases come with the table: a schema that no column holds is then written from them. */
  hasDatabase?: boolean;
}): ResolvedMapping {
  const { columns, file } = request;
  const task = tasks[request.task];
  const chosen = request.chosen ?? {};
  const contextFields = task.fields.context;
  const further = joinsColumns(task.id) ? Object.values(furtherFields).flat() : [];
  const allowed = new Set([
    ...[...contextFields, ...further, task.fields.target, 'context', 'target', 'group', 'database', 'split'],
  ]);
  const unknown = Object.keys(chosen).find((field) => !allowed.has(field));
  if (unknown !== undefined) {
    const named = [...allowed].filter((field) => !further.includes(field));
    const why = because('FIELD_UNKNOWN', { field: unknown, fields: named.join(', ') });
    throw new StudioError('OPTION_INVALID', { option: 'map', ...why });
  }
  /** The chosen column, or if none was chosen, the one that would be recognised. */
  const missing = (field: string, column = field) => columnMissing({ file, field, column, columns });
  const given = new Map(
    Object.entries(chosen).map(([field, name]) => {
      if (name === '') return [field, ''];
      const column = findColumnOf(field, columns, name);
      if (column === undefined) throw missing(field, name);
      return [field, column];
    }),
  );
  const proposed = proposeMapping(request.task, columns, request.sample);
  const mapping: ColumnMapping = {};
  const take = (field: string) => {
    const column = given.get(field) ?? proposed[field];
    if (column) mapping[field] = column;
    return column !== undefined && column !== '';
  };
  const isWritten = (field: string) => field === 'schema' && request.hasDatabase === true;
  const takeContextParts = () => contextFields.filter((field) => !take(field) && !isWritten(field));
  if (given.has('context') && !takesPair(task)) take('context');
  else if (contextFields.some((field) => given.has(field)) || proposed.context === undefined || takesPair(task)) {
    const lacking = takeContextParts()[0];
    // A database gives it as well, so the column is not what is missing.
    if (lacking === 'schema') throw new StudioError('CSV_SCHEMA_MISSING', { file, found: listed(columns) });
    if (lacking !== undefined) throw missing(lacking);
  } else take('context');
  // Beside a chosen one, no others are proposed.
  const noneChosen = joinedKinds.every((joined) => !given.has(joined));
  for (const field of further) if (given.has(field) || noneChosen) take(field);
  const targetField = given.has('target') && !given.has(task.fields.target) ? 'target' : task.fields.target;
  if (!take(targetField) && !take('target')) throw missing(task.fields.target);
  take('group');
  take('database');
  take('split');
  const places = new Map(Object.entries(mapping).map(([field, column]) => [field, columns.indexOf(column)]));
  return { task, mapping: withOwnNames(mapping, columns), places, columns };
}

/** A mapping of a table to a dataset that is there, which calls several columns of one text by its own names. */
export function namedAsIn(dataset: ColumnMapping, resolved: ResolvedMapping): ResolvedMapping {
  return { ...resolved, mapping: { ...resolved.mapping, ...joinedColumns(dataset) } };
}

/** The columns that are one text together with others. */
export function joinedColumns(mapping: ColumnMapping): ColumnMapping {
  const groups = joinedKinds.map((joined) => fieldsOf(joined, mapping));
  const fields = groups.filter(({ length }) => length > 1).flat();
  return Object.fromEntries(fields.map((field) => [field, mapping[field] ?? '']));
}

/** The fields of the context that columns hold: the task's own, or a ready-made one. */
export function usedContextFields({ task, mapping }: Pick<ResolvedMapping, 'task' | 'mapping'>): readonly string[] {
  return mapping.context ? fieldsOf('context', mapping) : task.fields.context.filter((field) => mapping[field]);
}

export function targetFieldOf({ task, places }: Pick<ResolvedMapping, 'task' | 'places'>): string {
  return places.has('target') ? 'target' : task.fields.target;
}

/** The source file's id column; -1 if there is none, or if it is used for something else. */
export function sourceIdPlace({ places, columns }: Pick<ResolvedMapping, 'places' | 'columns'>): number {
  const place = columns.findIndex((column) => foldColumnName(column) === 'id');
  return [...places.values()].includes(place) ? -1 : place;
}

/** Blanks and zero-width characters. */
export function isBlank(cell: string): boolean {
  return cell === '' || !/[^\s\u00ad\u200b-\u200d\u2060]/.test(cell);
}

/** As groups and database names are stored; null if nothing is left. */
export function trimmed(cell: string | undefined): string | null {
  return cell?.trim() || null;
}

export function columnMissing(about: { file: string; field: string; column: string; columns: readonly string[] }) {
  const { columns, field, ...missing } = about;
  const found = listed(columns);
  return new StudioError('CSV_COLUMN_MISSING', { ...missing, field: joinedBy(field) ?? field, found });
}

/** Column names for a sentence: a file that is not a table may have thousands, or one as long as a page. */
function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, 30).map((name) => `“${shortened(name, 60)}”`);
  return shown.join(', ') + (columns.length > shown.length ? ', …' : '');
}

/** A column for a field of a mapping, also as it is called where the dataset was exported. */
export function findColumnOf(field: string, columns: readonly string[], name: string): string | undefined {
  const joined = joinedBy(field) ?? joinedKinds.find((kind) => kind === field);
  return findColumn(columns, name) ?? (joined && findColumn(columns, exportedName(joined, name)));
}

/** By its name, or its number from 1. */
export function findColumn(columns: readonly string[], name: string): string | undefined {
  const folded = foldColumnName(name);
  return (
    columns.find((column) => column === name) ??
    columns.find((column) => foldColumnName(column) === folded) ??
    (/^[1-9]\d{0,5}$/.test(name) ? columns[Number(name) - 1] : undefined)
  );
}
