import type { Split } from '../../../src-contract/dataset.ts';
import type { FindingCode, Remedy } from '../../../src-contract/finding.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import type { TaskId } from '../../../src-contract/task.ts';

/** A row as seen by a check. */
export interface CheckedRow {
  readonly number: number;
  readonly position: number;
  readonly split: Split;
  readonly context: string;
  readonly target: string;
  readonly group: string | null;
  readonly database: string | null;
}

/** A row with a finding. */
export interface FlaggedRow {
  readonly code: FindingCode;
  readonly number: number;
  readonly position: number;
  /** What was found, in the row's own words, short. */
  readonly detail: string;
  /** The position of the row it resembles: the one whose split it is moved to, or whose target it is given. */
  readonly other: number | null;
}

/**
 * Looks at all rows of a dataset in turn and flags some of them, either immediately or once all have been seen. Stores
 * at most a few numbers per row, so that millions fit in memory.
 */
export interface Detector {
  take(row: CheckedRow): Iterable<FlaggedRow>;
  /** Called after the last row; may read rows again. */
  finish(read: (number: number) => CheckedRow | undefined): Iterable<FlaggedRow>;
  /** What it could not check; absent if it checked everything. */
  limit?(): { readonly code: FindingCode; readonly checked: number } | undefined;
}

export interface DetectorFacts {
  readonly task: TaskId;
  readonly rows: number;
}

export function flag(
  code: FindingCode,
  { number, position }: Pick<CheckedRow, 'number' | 'position'>,
  detail = '',
  other: number | null = null,
): FlaggedRow {
  return { code, number, position, detail: shortened(detail, 200), other };
}

/** How serious a finding is, and its remedy. */
export const findingFacts: Readonly<
  Record<FindingCode, { readonly severity: 'bad' | 'warn' | 'note'; readonly remedy: Remedy; readonly message: string }>
> = {
  EMPTY_TEXT: {
    severity: 'bad',
    remedy: 'delete',
    message: 'The context or the target is empty or contains only spaces: there is nothing to learn.',
  },
  DUPLICATE_ROW: {
    severity: 'warn',
    remedy: 'delete',
    message: 'An earlier row has the same context and target, so the pair counts twice in training.',
  },
  DUPLICATE_NEAR: {
    severity: 'note',
    remedy: 'delete',
    message: 'An earlier row of the same split has nearly the same texts.',
  },
  TARGETS_DIFFER: {
    severity: 'warn',
    remedy: 'delete',
    message: 'An earlier row has the same context but a different target; the model cannot learn both.',
  },
  LEAK_ROW: {
    severity: 'bad',
    remedy: 'delete',
    message: 'The context of a held-out row is also in another split, so results would look too good.',
  },
  LEAK_GROUP: {
    severity: 'bad',
    remedy: 'move',
    message: 'A group is in more than one split, so results would look too good.',
  },
  LEAK_NEAR: {
    severity: 'warn',
    remedy: 'delete',
    message: 'A training row is nearly the same as a held-out one, so results may look too good.',
  },
  LENGTH_OUTLIER: {
    severity: 'note',
    remedy: 'delete',
    message: 'A text is far longer or shorter than those of the other rows.',
  },
  LABEL_SPELLING: {
    severity: 'warn',
    remedy: 'unify',
    message: 'A label is written a little differently from one that is far more frequent; the model learns both.',
  },
  PLACEHOLDER: {
    severity: 'warn',
    remedy: 'delete',
    message: 'The target is a placeholder or an error from a spreadsheet; the model would learn to write it.',
  },
  LETTERS_MISREAD: {
    severity: 'warn',
    remedy: 'clean',
    message: 'Letters were stored as other ones, as “é” as “Ã©”; the model would learn to write them like that.',
  },
  HTML_REMAINS: {
    severity: 'warn',
    remedy: 'clean',
    message: 'Tags or entities of a web page were left in the text; the model would learn to write them.',
  },
  TARGET_NOT_JSON: {
    severity: 'warn',
    remedy: 'delete',
    message: 'The target is not JSON, while most are; the model would learn to write what a program cannot read.',
  },
  JSON_MENDABLE: {
    severity: 'warn',
    remedy: 'clean',
    message:
      'The target is nearly JSON: as Python prints lists and dictionaries, or with a comma too many; a program cannot read it.',
  },
  JSON_KEY_MISSING: {
    severity: 'note',
    remedy: 'delete',
    message: 'The target lacks a key that nearly all the others have.',
  },
  TARGET_NOT_NUMBER: {
    severity: 'warn',
    remedy: 'delete',
    message: 'The target is no plain number, while nearly all are; answers cannot be held to numbers.',
  },
  NUMBER_MENDABLE: {
    severity: 'warn',
    remedy: 'clean',
    message: 'The number is written otherwise than nearly all, as 1,200 for 1200; the model would learn both.',
  },
  ANSWER_NOT_IN_PASSAGE: {
    severity: 'warn',
    remedy: 'delete',
    message: 'The answer is not in the passage; the model would learn to make up answers.',
  },
  SQL_NOT_PARSED: { severity: 'bad', remedy: 'delete', message: 'SQLite cannot read the query.' },
  SQL_UNKNOWN_NAME: {
    severity: 'bad',
    remedy: 'delete',
    message: 'The query names a table or column that the database or the schema does not have.',
  },
  SQL_DOES_NOT_RUN: { severity: 'bad', remedy: 'delete', message: 'The query fails on its database.' },
  SQL_FINDS_NOTHING: {
    severity: 'note',
    remedy: 'delete',
    message: 'The query finds nothing in its database, so every other one that finds nothing counts as right.',
  },
  SUMMARY_LONGER: { severity: 'warn', remedy: 'delete', message: 'The summary is longer than its document.' },
  SUMMARY_COPIED: {
    severity: 'note',
    remedy: 'delete',
    message: 'The summary is copied out of the document word for word.',
  },
  LANGUAGE_MIXED: {
    severity: 'note',
    remedy: 'delete',
    message: 'The row is in a different language from nearly all the others.',
  },
  PRIVATE_EMAIL: {
    severity: 'warn',
    remedy: 'mask',
    message: 'There is an email address in the row; a model may give it away.',
  },
  PRIVATE_PHONE: {
    severity: 'note',
    remedy: 'mask',
    message: 'There is what looks like a phone number in the row; a model may give it away.',
  },
  PRIVATE_CARD: {
    severity: 'bad',
    remedy: 'mask',
    message: 'There is a payment card number with a valid check digit in the row; a model may give it away.',
  },
};
