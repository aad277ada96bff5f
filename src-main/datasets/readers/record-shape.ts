import { cellOf, joined } from './cell-text.ts';
import { conversation, turnsOf } from './conversation.ts';
import type { RecordProblem } from './table.ts';

/** A record of named values, as JSON and Parquet hold them. */
export type NamedValues = Readonly<Record<string, unknown>>;

/** Columns that are made from several values of a record, such as the context of an instruction with its input. */
export interface RecordShape {
  readonly name: 'alpaca' | 'dolly' | 'chat' | 'sharegpt' | 'squad';
  /** The keys by which it is known. */
  readonly keys: readonly string[];
  /** Of the keys, those whose values are lists or objects; a table of text has them written out in its cells. */
  readonly nested: readonly string[];
  /** Columns put in front of the record's own. */
  readonly columns: readonly string[];
  derive(record: NamedValues): { readonly cells: readonly string[]; readonly problem?: RecordProblem };
}

/** The shape that all these records have; undefined where they have none that is known. */
export function shapeOf(records: readonly NamedValues[]): RecordShape | undefined {
  if (records.length === 0) return undefined;
  return shapes.find((shape) =>
    records.every((record) => shape.keys.every((key) => key in record) && shape.fits(record)),
  );
}

/** The shapes that records of these keys may have. */
export function shapesOfKeys(names: readonly string[]): RecordShape[] {
  return shapes.filter(({ keys }) => keys.every((key) => names.includes(key)));
}

const isList = (value: unknown) => Array.isArray(value);

const shapes: readonly (RecordShape & { fits(record: NamedValues): boolean })[] = [
  {
    name: 'chat',
    keys: ['messages'],
    nested: ['messages'],
    columns: ['context', 'target'],
    fits: ({ messages }) => isList(messages),
    derive: ({ messages }) => conversation(turnsOf(messages, 'role', 'content')),
  },
  {
    name: 'sharegpt',
    keys: ['conversations'],
    nested: ['conversations'],
    columns: ['context', 'target'],
    fits: ({ conversations }) => isList(conversations),
    derive: ({ conversations }) => conversation(turnsOf(conversations, 'from', 'value')),
  },
  {
    name: 'alpaca',
    keys: ['instruction', 'output'],
    nested: [],
    columns: ['context', 'target'],
    fits: () => true,
    derive: ({ instruction, input, output }) => ({ cells: [joined(instruction, input), cellOf(output)] }),
  },
  {
    name: 'squad',
    keys: ['context', 'question', 'answers'],
    nested: ['answers'],
    columns: ['answer'],
    fits: ({ answers }) => firstAnswer(answers) !== undefined,
    derive: ({ answers }) => ({ cells: [firstAnswer(answers) ?? ''] }),
  },
  {
    name: 'dolly',
    keys: ['instruction', 'response'],
    nested: [],
    columns: ['context', 'target'],
    fits: () => true,
    derive: ({ instruction, context, input, response }) => ({
      cells: [joined(instruction, context, input), cellOf(response)],
    }),
  },
];

/** Of `{text: [...]}`, of a list of `{text}`, or of a list of texts; no text where there is no answer, undefined for any other value. */
function firstAnswer(answers: unknown): string | undefined {
  if (typeof answers !== 'object' || answers === null) return undefined;
  const list = isList(answers) ? (answers as unknown[]) : 'text' in answers ? answers.text : undefined;
  if (!Array.isArray(list)) return typeof list === 'string' ? list : undefined;
  const [first] = list as unknown[];
  if (first === undefined || typeof first === 'string') return first ?? '';
  return typeof first === 'object' && first !== null && 'text' in first ? cellOf(first.text) : undefined;
}

/** Whether records are articles of a SQuAD file: each holds paragraphs with questions. */
export function isSquad(record: NamedValues): boolean {
  const [first] = isList(record.paragraphs) ? (record.paragraphs as unknown[]) : [];
  return typeof first === 'object' && first !== null && 'context' in first && 'qas' in first;
}

export const squadColumns = ['id', 'title', 'passage', 'question', 'answer'];

/** The questions of an article, one row each; the answer is the first one given. */
export function squadRows(article: NamedValues): string[][] {
  const paragraphs = article.paragraphs as { context?: unknown; qas?: unknown }[];
  return paragraphs.flatMap(({ context, qas }) => {
    const questions = Array.isArray(qas) ? (qas as Record<string, unknown>[]) : [];
    return questions.map(({ id, question, answers }) => {
      const [first] = Array.isArray(answers) ? (answers as { text?: unknown }[]) : [];
      return [cellOf(id), cellOf(article.title), cellOf(context), cellOf(question), cellOf(first?.text)];
    });
  });
}
