import { readJson } from './json-text.ts';
import type { ColumnMapping, TaskId } from './task.ts';

/** What several columns may be together: a line for each in a context, a field for each of a target in JSON. */
export type Joined = (typeof joinedKinds)[number];
export const joinedKinds = ['context', 'target'] as const;

/** As many columns may be one of them. */
export const mostColumns = 20;

/** The fields of a mapping that hold the second column of a context or a target, the third, and so on. */
export const furtherFields: Readonly<Record<Joined, readonly string[]>> = {
  context: furtherOf('context'),
  target: furtherOf('target'),
};

function furtherOf(joined: Joined): string[] {
  return Array.from({ length: mostColumns - 1 }, (_, place) => `${joined}${place + 2}`);
}

/** What a further field is a part of; undefined for other fields. */
export function joinedBy(field: string): Joined | undefined {
  return joinedKinds.find((joined) => furtherFields[joined].includes(field));
}

/** Whether contexts and targets may be made of several columns: other tasks have a layout of their own. */
export function joinsColumns(task: TaskId): boolean {
  return task === 'custom';
}

/** The fields that hold the columns of a context or a target, in their order. */
export function fieldsOf(joined: Joined, mapping: ColumnMapping): readonly string[] {
  return [joined, ...furtherFields[joined]].filter((field) => mapping[field]);
}

/** The names of the columns of a context or a target, in their order. */
export function namesOf(joined: Joined, mapping: ColumnMapping): string[] {
  return fieldsOf(joined, mapping).map((field) => mapping[field] ?? '');
}

/** How an exported dataset calls one of several columns, so that a file tells what each is: `context.Brand`. */
export function exportedName(joined: Joined, name: string): string {
  return `${joined}.${name}`;
}

/** What a column was called before it was exported. */
function ownName(joined: Joined, column: string): string {
  const start = exportedName(joined, '');
  return column.startsWith(start) && column !== start ? column.slice(start.length) : column;
}

/** What the columns of an exported dataset are by their names; undefined for other tables. */
export function exportedMapping(columns: readonly string[]): ColumnMapping | undefined {
  const [context, target] = joinedKinds.map((joined) => {
    const several = columns.filter((column) => ownName(joined, column) !== column);
    return several.length > 1 ? several : columns.filter((column) => column === joined);
  });
  if (!context?.length || !target?.length || context.length + target.length < 3) return undefined;
  if (Math.max(context.length, target.length) > mostColumns) return undefined;
  return { ...mappedTo('context', context), ...mappedTo('target', target) };
}

/** A mapping of a table by the names that its columns had before it was exported; of another table, as it is. */
export function withOwnNames(mapping: ColumnMapping, columns: readonly string[]): ColumnMapping {
  if (exportedMapping(columns) === undefined) return mapping;
  const groups = joinedKinds.map((joined) => {
    const names = namesOf(joined, mapping);
    const own = names.map((name) => ownName(joined, name));
    const isClear = names.length > 1 && new Set(own).size === own.length;
    return isClear
      ? Object.fromEntries(fieldsOf(joined, mapping).map((field, place) => [field, own[place] ?? '']))
      : {};
  });
  return Object.assign({}, mapping, ...groups);
}

/** A context or a target made of the columns with these names. */
export function mappedTo(joined: Joined, names: readonly string[]): ColumnMapping {
  return Object.fromEntries(names.map((name, place) => [[joined, ...furtherFields[joined]][place] ?? '', name]));
}

/** A column of a row. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** The columns of a context or a target, with their texts by field. */
export function namedTexts(
  joined: Joined,
  mapping: ColumnMapping,
  texts: Readonly<Record<string, string>>,
): NamedText[] {
  return fieldsOf(joined, mapping).map((field) => ({ name: mapping[field] ?? '', text: texts[field] ?? '' }));
}

/** A context of several columns: a line for each, behind its name, without those that are blank. */
export function joinedLines(columns: readonly NamedText[]): string {
  return columns
    .filter(({ text }) => text.trim() !== '')
    .map(({ name, text }) => `${lineOf(name)}${text}`)
    .join('\n');
}

/** A target of several columns: an object in JSON with the text of each under its name. */
export function joinedJson(columns: readonly NamedText[]): string {
  return JSON.stringify(Object.fromEntries(columns.map(({ name, text }) => [name, text])));
}

/** The texts that were joined to a context, by the names of their columns; undefined if none give this one. */
export function partedLines(context: string, names: readonly string[]): NamedText[] | undefined {
  const texts = new Map<string, string>();
  let [rest, next] = [`\n${context}`, 0];
  while (rest !== '') {
    const begun = names.findIndex((name, place) => place >= next && rest.startsWith(`\n${lineOf(name)}`));
    const [name] = begun < 0 ? [] : names.slice(begun);
    if (name === undefined) return undefined;
    const text = rest.slice(lineOf(name).length + 1);
    const ends = names.slice(begun + 1).map((each) => text.indexOf(`\n${lineOf(each)}`));
    const end = Math.min(text.length, ...ends.filter((at) => at >= 0));
    texts.set(name, text.slice(0, end));
    [rest, next] = [text.slice(end), begun + 1];
  }
  const parted = names.map((name) => ({ name, text: texts.get(name) ?? '' }));
  return joinedLines(parted) === context ? parted : undefined;
}

/** The texts that were joined to a target, by the names of their columns; undefined if none give this one. */
export function partedJson(target: string, names: readonly string[]): NamedText[] | undefined {
  const object = readJson(target);
  if (!(object instanceof Map)) return undefined;
  const parted = names.map((name) => ({ name, text: String(object.get(name) ?? '') }));
  return joinedJson(parted) === target ? parted : undefined;
}

/**
 * A text in which the lines of some columns have been begun, without those to which nothing was added, beside them or
 * below.
 */
export function withoutBegun(text: string, columns: readonly string[]): string {
  const begun = columns.map((name) => lineOf(name).trim());
  const lines = text.split('\n');
  const goesOnBelow = (at: number) => {
    const next = lines.slice(at + 1).find((line) => line.trim() !== '');
    return next !== undefined && !begun.some((start) => next.startsWith(start));
  };
  return lines.filter((line, at) => !begun.includes(line.trim()) || goesOnBelow(at)).join('\n');
}

/** How the line of a column begins. */
export function lineOf(name: string): string {
  return `${name.replace(/\s+/g, ' ')}: `;
}
