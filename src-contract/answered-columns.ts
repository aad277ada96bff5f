import { type TaskId, taskFields } from './task.ts';

/**
 * The names of the columns that follow those of an answered table: the answers, how sure each label is, and what is to be
 * noted about an answer. A name that the table has already gets a number.
 */
export function answeredColumns(
  { columns, task }: { readonly columns: readonly string[]; readonly task: TaskId },
  { sure, note }: { readonly sure: boolean; readonly note: boolean },
): readonly string[] {
  const { target } = taskFields[task];
  const all = [...columns];
  for (const name of [target === 'target' ? 'answer' : target, ...(sure ? ['sure'] : []), ...(note ? ['note'] : [])]) {
    let free = name;
    for (let number = 2; all.includes(free); number++) free = `${name} ${number}`;
    all.push(free);
  }
  return all.slice(columns.length);
}
