import { type TaskId, taskFields } from './task.ts';

/** The names of the columns that follow those of an answered table. */
export interface AnsweredColumns {
  readonly answer: string;
  /** Of each field of the answers, if they are simple objects in JSON. */
  readonly fields: readonly string[];
  /** How sure each label is. */
  readonly sure?: string;
  /** What is to be noted about an answer. */
  readonly note?: string;
}

/** In this order. A name that the table has already, in large letters or small, gets a number. */
export function answeredColumns(
  { columns, task }: { readonly columns: readonly string[]; readonly task: TaskId },
  { fields, sure, note }: { readonly fields: readonly string[]; readonly sure: boolean; readonly note: boolean },
): AnsweredColumns {
  const { target } = taskFields[task];
  const taken = new Set(columns.map((column) => column.trim().toLowerCase()));
  const free = (name: string): string => {
    let numbered = name;
    for (let number = 2; taken.has(numbered.toLowerCase()); number++) numbered = `${name} ${number}`;
    taken.add(numbered.toLowerCase());
    return numbered;
  };
  return {
    answer: free(target === 'target' ? 'answer' : target),
    fields: fields.map(free),
    ...(sure && { sure: free('sure') }),
    ...(note && { note: free('note') }),
  };
}
