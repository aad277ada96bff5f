import { tasks } from '../../tasks/tasks.ts';

/** Normalises a column name: ignores case, blanks, hyphens, underscores and character width. */
export function foldColumnName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.]+/gu, '');
}

/** Whether some task looks for a column of this name, or it is a usual name of an id column. */
export function isKnownColumnName(name: string): boolean {
  return known.has(foldColumnName(name));
}

const known = new Set(['id', ...Object.values(tasks).flatMap((task) => Object.values(task.columnNames).flat())]);
