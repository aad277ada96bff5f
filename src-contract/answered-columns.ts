import { z } from 'zod';
import { type TaskId, taskFields } from './task.ts';

/** What the added columns are named in. */
export const columnLanguageSchema = z.enum(['en', 'ko']);
export type ColumnLanguage = z.infer<typeof columnLanguageSchema>;

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
  {
    fields,
    sure,
    note,
    language,
  }: {
    readonly fields: readonly string[];
    readonly sure: boolean;
    readonly note: boolean;
    readonly language: ColumnLanguage;
  },
): AnsweredColumns {
  const words = columnWords[language];
  const { target } = taskFields[task];
  const taken = new Set(columns.map((column) => column.trim().toLowerCase()));
  const free = (name: string): string => {
    let numbered = name;
    for (let number = 2; taken.has(numbered.toLowerCase()); number++) numbered = `${name} ${number}`;
    taken.add(numbered.toLowerCase());
    return numbered;
  };
  return {
    answer: free(words[target] ?? words.answer),
    fields: fields.map(free),
    ...(sure && { sure: free(words.sure) }),
    ...(note && { note: free(words.note) }),
  };
}

/** By the field that is answered; names that the import knows again. */
const columnWords: Readonly<
  Record<ColumnLanguage, Readonly<Record<string, string>> & Record<'answer' | 'sure' | 'note', string>>
> = {
  en: { answer: 'answer', summary: 'summary', sql: 'sql', sure: 'sure', note: 'note' },
  ko: { answer: '답', summary: '요약문', sql: 'sql', sure: '확신', note: '비고' },
};
