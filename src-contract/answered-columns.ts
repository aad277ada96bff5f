import { type TaskId, taskFields } from './task.ts';

/**
 * The names of the columns that follow those of an answered table: the answers, each field of theirs if they are simple
 * objects in JSON, how sure each label is, and what is to be noted about an answer. A name that the table has already gets
 * a number.
 */
export function answeredColumns(
  { columns, task }: { readonly columns: readonly string[]; readonly task: TaskId },
  { fields, sure, note }: { readonly fields: readonly string[]; readonly sure: boolean; readonly note: boolean },
): readonly string[] {
  const { target } = taskFields[task];
  const all = [...columns];
  const answer = target === 'target' ? 'answer' : target;
  for (const name of [answer, ...fields, ...(sure ? ['sure'] : []), ...(note ? ['note'] : [])]) {
    let free = name;
    for (let number = 2; all.includes(free); number++) free = `${name} ${number}`;
    all.push(free);
  }
  return all.slice(columns.length);
}
