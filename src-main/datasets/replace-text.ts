import type { Example } from '../../src-contract/dataset.ts';
import {
  longestText,
  type ReplacePreview,
  type ReplaceRequest,
  type RowContent,
} from '../../src-contract/dataset-version.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { OverTime, withinTime } from '../within-time.ts';
import type { ChangeWork } from './change-dataset.ts';
import { isBlank } from './column-mapping.ts';
import type { RowStore } from './row-store.ts';
import { TimeSlices } from './time-slices.ts';
import { textTooLong } from './version-change-store.ts';

/** The fields of a row after words were replaced; undefined where none of them stands in it. */
type Replacement = (row: Pick<Example, 'position' | 'context' | 'target'>) => Replaced | undefined;

interface Replaced {
  readonly content: Partial<RowContent>;
  readonly occurrences: number;
  /** Of a field only blanks would be left, which no import takes: such a row stays as it is. */
  readonly isEmptied: boolean;
}

/**
 * Makes a replacement of a request: plain text, or a regular expression, with `$1` for its groups. It throws OPTION_INVALID for
 * a row that would grow beyond what a row may hold: that is worked out first, for no such text may ever be made.
 */
function replacementOf({ search, replacement, fields, matchCase, isPattern }: ReplaceRequest): Replacement {
  const pattern = patternOf(isPattern ? search : search.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), matchCase);
  const lengthOf = isPattern ? expandedLength(replacement) : () => replacement.length;
  return (row) => {
    const content: { context?: string; target?: string } = {};
    let occurrences = 0;
    for (const field of fields) {
      const text = row[field];
      let [count, letters] = [0, text.length];
      for (const match of text.matchAll(pattern)) {
        // An empty match would be found between all letters.
        if (match[0] !== '') count++;
        letters += lengthOf(match) - match[0].length;
      }
      if (count === 0) continue;
      if (letters > longestText && letters > text.length) throw textTooLong('replacement', row.position, letters);
      const next = isPattern ? text.replace(pattern, replacement) : text.replace(pattern, () => replacement);
      if (next === text) continue;
      occurrences += count;
      content[field] = next;
    }
    if (occurrences === 0) return undefined;
    return { content, occurrences, isEmptied: Object.values(content).some(isBlank) };
  };
}

/**
 * How many letters a replacement stands for at a match, its groups and `$&`, `` $` ``, `$'` filled in as `String.replace` does
 * (ECMA-262, GetSubstitution).
 */
export function expandedLength(replacement: string): (match: RegExpExecArray) => number {
  const [plain, named] = [placesIn(replacement, /\$(?:[$&`']|(\d)(\d)?)/g), placesIn(replacement, withNames)];
  return (match) => {
    let letters = replacement.length;
    for (const place of match.groups === undefined ? plain : named) letters += lengthAt(match, place);
    return letters;
  };
}

/** Only an expression that names groups knows `$<name>`. */
const withNames = /\$(?:[$&`']|(\d)(\d)?|<([^>]*)>)/g;

function placesIn(replacement: string, pattern: RegExp) {
  return [...replacement.matchAll(pattern)].map(([written, one, two, name]) => ({ written, one, two, name }));
}

/** What a `$…` adds to the letters in which it is written. */
function lengthAt(match: RegExpExecArray, { written, one, two, name }: ReturnType<typeof placesIn>[number]): number {
  const [all] = match;
  if (written === '$$') return -1;
  if (written === '$&') return all.length - 2;
  if (written === '$`') return match.index - 2;
  if (written === "$'") return match.input.length - match.index - all.length - 2;
  if (name !== undefined) return (match.groups?.[name]?.length ?? 0) - written.length;
  // Two digits where there are so many groups, else one; without such a group it is a text like any other.
  const groups = match.length - 1;
  const [both, first] = [Number(`${one}${two ?? ''}`), Number(one)];
  if (two !== undefined && both >= 1 && both <= groups) return (match[both]?.length ?? 0) - 3;
  return first >= 1 && first <= groups ? (match[first]?.length ?? 0) - 2 : 0;
}

function patternOf(source: string, matchCase: boolean): RegExp {
  try {
    return new RegExp(source, matchCase ? 'gu' : 'giu');
  } catch (error) {
    const why = because('PATTERN_INVALID', { message: error instanceof Error ? error.message : String(error) });
    throw new StudioError('OPTION_INVALID', { option: 'search', ...why }, { cause: error });
  }
}

/**
 * Every row with what becomes of it. Throws OPTION_INVALID for an expression that JavaScript cannot read, or that takes too long:
 * one that repeats what repeats itself may try ways without end, and nothing else would have a turn.
 */
function* replacements(rows: Iterable<Example>, request: ReplaceRequest) {
  const replace = replacementOf(request);
  for (const batch of inBatches(rows)) {
    for (let from = 0; from < batch.length; ) {
      const work = () => replaceSome(batch.slice(from), replace);
      const some = request.isPattern ? patternWithinTime(work) : work();
      yield* some;
      from += some.length;
    }
  }
}

/** The first rows of a batch: as many as are held at once with what becomes of them, which may be far longer. */
function replaceSome(rows: readonly Example[], replace: Replacement) {
  const done: { row: Example; found: Replaced | undefined }[] = [];
  let letters = 0;
  for (const row of rows) {
    const found = replace(row);
    done.push({ row, found });
    letters += (found?.content.context?.length ?? 0) + (found?.content.target?.length ?? 0);
    if (letters >= heldLetters) break;
  }
  return done;
}

const heldLetters = 1024 * 1024;

/** The clock is set once for many rows: setting it takes longer than looking at one. */
function* inBatches(rows: Iterable<Example>): Generator<Example[]> {
  let [batch, letters]: [Example[], number] = [[], 0];
  for (const row of rows) {
    batch.push(row);
    letters += row.context.length + row.target.length;
    if (letters < batchLetters) continue;
    yield batch;
    [batch, letters] = [[], 0];
  }
  yield batch;
}

const batchLetters = 64 * 1024;

/** Some hundred times what a batch takes on a busy machine. */
const mostMs = 1000;

function patternWithinTime<Result>(work: () => Result): Result {
  try {
    return withinTime(mostMs, work);
  } catch (error) {
    if (!(error instanceof OverTime)) throw error;
    throw new StudioError('OPTION_INVALID', { option: 'search', ...because('PATTERN_SLOW') }, { cause: error });
  }
}

/** What a replacement would do: how often, how the first rows would read, and how many it leaves as they are. */
export async function previewReplace(
  rows: Iterable<Example>,
  request: ReplaceRequest,
  signal?: AbortSignal,
): Promise<ReplacePreview> {
  const preview: ReplacePreview = { rows: 0, occurrences: 0, emptied: 0, sample: [] };
  const slices = new TimeSlices(signal);
  for (const { row, found } of replacements(rows, request)) {
    if (found?.isEmptied) preview.emptied++;
    else if (found) {
      preview.rows++;
      preview.occurrences += found.occurrences;
      for (const field of request.fields) {
        const after = found.content[field];
        if (after === undefined || preview.sample.length >= shownRows) continue;
        preview.sample.push({ position: row.position, field, ...aroundChange(row[field], after) });
      }
    }
    if (slices.isOver) await slices.rest();
  }
  return preview;
}

/** Does a replacement to all rows of a dataset, or of one split, but for those that it would leave empty. */
export function replaceText(rows: RowStore, request: ReplaceRequest): ChangeWork {
  return function* (change) {
    for (const { row, found } of replacements(rows.examples(change.headVersion, request.split), request)) {
      if (found && !found.isEmptied) change.edit(row.position, found.content);
      yield;
    }
  };
}

const shownRows = 50;

/** The stretch of two texts in which they differ first, with some letters around it. */
function aroundChange(before: string, after: string): { before: string; after: string } {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const start = Math.max(0, same - 40);
  const cut = (text: string) =>
    `${start > 0 ? '…' : ''}${copyOf(text.slice(start, start + 160))}${text.length > start + 160 ? '…' : ''}`;
  return { before: cut(before), after: cut(after) };
}

/** A slice is only a view, and would keep the whole text that it comes from. */
function copyOf(slice: string): string {
  return Buffer.from(slice, 'utf16le').toString('utf16le');
}
