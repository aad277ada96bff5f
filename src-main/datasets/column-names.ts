import { tasks } from '../tasks/tasks.ts';

/** A column's name without what people write differently: case, blanks, hyphens, underscores, width of letters. */
export function foldColumnName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.]+/gu, '');
}

/** True when some task looks for a column of this name, or when it is a usual name of an id column. */
export function isKnownColumnName(name: string): boolean {
  return known.has(foldColumnName(name));
}

const known = new Set(['id', ...Object.values(tasks).flatMap((task) => Object.values(task.columnNames).flat())]);
