import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { targetSchema } from '../../../src-contract/adapter.ts';
import { furtherFields, mostColumns } from '../../../src-contract/column-groups.ts';
import { type FileSource, splitSchema } from '../../../src-contract/dataset.ts';
import type { ColumnMapping } from '../../../src-contract/task.ts';
import { counted } from './counted.ts';

/** A commander parser for a number within the contract's limits. */
export function numberIn(schema: z.ZodType<number>): (text: string) => number {
  return (text) => within(schema, numberOf(text));
}

/** Numbers separated by commas. */
export function numbersIn(schema: z.ZodType<number[]>): (text: string) => number[] {
  return (text) => within(schema, text.split(',').map(numberOf));
}

export function textIn(schema: z.ZodType<string>): (text: string) => string {
  return (text) => within(schema, text);
}

/** For an option that can be repeated. */
export function collectIn(schema: z.ZodType<string[]>): (text: string, before?: readonly string[]) => string[] {
  return (text, before = []) => within(schema, [...before, text]);
}

/** Throws what the contract does not allow of an argument, in plain words. */
export function within<T>(schema: z.ZodType<T>, value: T): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new InvalidArgumentError(issueWords(parsed.error.issues[0]));
  return parsed.data;
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** What the contract says about a value, in a sentence. */
export function issueWords(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'too_small':
      return `It must ${sizeWords(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum)}.`;
    case 'too_big':
      return `It must ${sizeWords(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum)}.`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'It must be a whole number.' : 'This is not a number.';
    default:
      return 'This value cannot be used here.';
  }
}

function sizeWords(origin: string, bound: string, size: number | bigint): string {
  const noun = { string: 'character', array: 'value' }[origin];
  return noun === undefined ? `be ${bound} ${size}` : `have ${bound} ${counted(Number(size), noun)}`;
}

/** A commander parser for one of the schema's words. */
export function wordIn<T extends string>(schema: z.ZodType<T> & { options: readonly T[] }): (text: string) => T {
  return (text) => {
    const parsed = schema.safeParse(text);
    if (!parsed.success) throw new InvalidArgumentError(oneOf(schema));
    return parsed.data;
  };
}

export function oneOf({ options }: { options: readonly string[] }): string {
  return `Choose one of: ${options.join(', ')}.`;
}

/** `q,v` or `all`. */
export function targetsIn(text: string): z.infer<typeof targetSchema>[] {
  if (text === 'all') return [...targetSchema.options];
  return text.split(',').map((word) => wordIn(targetSchema)(word.trim()));
}

export const splitIn = wordIn(splitSchema);

/**
 * `context=COL,target=COL`, once or several times; commas in column names are kept. A second `context=COL` is the second
 * column of the same context, and so with `target=COL`.
 */
export function mappingIn(text: string, before: ColumnMapping = {}): ColumnMapping {
  const mapping = { ...before };
  for (const part of text.split(/,(?=\w+=)/)) {
    const at = part.indexOf('=');
    if (at < 1 || at === part.length - 1)
      throw new InvalidArgumentError('Write FIELD=COLUMN, for example target=summary.');
    const [field, column] = [part.slice(0, at), part.slice(at + 1)];
    const isAgain = (field === 'context' || field === 'target') && mapping[field];
    const next = isAgain ? furtherFields[field].find((each) => !mapping[each]) : field;
    if (next === undefined) throw new InvalidArgumentError(`At most ${mostColumns} columns are one ${field}.`);
    if (isAgain && [field, ...furtherFields[field]].some((each) => mapping[each] === column))
      throw new InvalidArgumentError(`“${column}” is given twice for ${field}.`);
    mapping[next] = column;
  }
  return mapping;
}

/** One character, or its name. */
export function delimiterIn(text: string): string {
  const named: Record<string, string> = {
    tab: '\t',
    '\\t': '\t',
    comma: ',',
    semicolon: ';',
    pipe: '|',
    space: ' ',
    blanks: ' +',
  };
  const delimiter = named[text] ?? text;
  if (delimiter.length < 1 || delimiter.length > 8)
    throw new InvalidArgumentError(
      'Give one character or a few, or: tab, comma, semicolon, pipe, space, blanks (one or more), fixed (columns lined up).',
    );
  return delimiter;
}

/** A quotation mark or its name; empty for none. */
export function quoteIn(text: string): string {
  const named: Record<string, string> = { double: '"', single: "'", none: '' };
  const quote = named[text] ?? text;
  if (quote.length > 1) throw new InvalidArgumentError('Give one character, or: double, single, none.');
  return quote;
}

export function escapeIn(text: string): 'doubled' | '\\' {
  const named: Record<string, 'doubled' | '\\'> = { doubled: 'doubled', backslash: '\\', '\\': '\\' };
  const escaped = named[text];
  if (escaped === undefined) throw new InvalidArgumentError('Write doubled or backslash.');
  return escaped;
}

export function yesOrNo(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new InvalidArgumentError('Write yes or no.');
  return text === 'yes';
}

export interface AdapterArgument {
  readonly name: string;
  readonly strength: number;
}

/** `NAME` or `NAME:SCALE`, where SCALE from -2 to 2 multiplies the adapter's own scale. */
export function adapterIn(text: string): AdapterArgument {
  const scaled = /^(.+):(-?\d*\.?\d+)$/.exec(text);
  if (!scaled) return { name: text, strength: 1 };
  const strength = Number(scaled[2]);
  if (Math.abs(strength) > 2) throw new InvalidArgumentError('The scale after the colon must be from -2 to 2.');
  return { name: scaled[1] ?? text, strength };
}

/** Resolves a path as typed: `npm run` changes to the checkout, but says where it was called. */
export function fromHere(path: string): string {
  const here = process.env.npm_lifecycle_event === 'cli' ? process.env.INIT_CWD : undefined;
  return resolve(here ?? process.cwd(), path);
}

export function fileAt(path: string): FileSource {
  return { kind: 'path', path: fromHere(path) };
}
