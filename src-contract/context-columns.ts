import type { ColumnMapping, TaskId } from './task.ts';

/** As many columns may make up one context. */
export const mostContextColumns = 20;

/** The fields of a mapping that hold the second column of a context, the third, and so on. */
export const furtherContext: readonly string[] = Array.from(
  { length: mostContextColumns - 1 },
  (_, place) => `context${place + 2}`,
);
const contextFields = ['context', ...furtherContext];

/** Whether a context may be made of several columns: other tasks have a layout of their own. */
export function takesSeveralColumns(task: TaskId): boolean {
  return task === 'custom';
}

/** The fields that hold the columns of a context, in their order. */
export function contextColumnsOf(mapping: ColumnMapping): readonly string[] {
  return contextFields.filter((field) => mapping[field]);
}

/** A context made of the columns with these names. */
export function contextMappedTo(names: readonly string[]): ColumnMapping {
  return Object.fromEntries(names.map((name, place) => [contextFields[place] ?? '', name]));
}

/** A column of a row. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** A context of several columns: a line for each, behind its name, without those that are blank. */
export function joinedColumns(columns: readonly NamedText[]): string {
  return columns
    .filter(({ text }) => text.trim() !== '')
    .map(({ name, text }) => `${lineOf(name)}${text}`)
    .join('\n');
}

/** A text in which the lines of some columns have been begun, without those to which nothing was added. */
export function withoutBegun(text: string, columns: readonly string[]): string {
  const begun = new Set(columns.map((name) => lineOf(name).trim()));
  return text
    .split('\n')
    .filter((line) => !begun.has(line.trim()))
    .join('\n');
}

/** How the line of a column begins. */
export function lineOf(name: string): string {
  return `${name.replace(/\s+/g, ' ')}: `;
}
