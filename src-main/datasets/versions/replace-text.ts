import type { Example } from '../../../src-contract/dataset.ts';
import {
  longestText,
  type ReplacePreview,
  type ReplaceRequest,
  type RowContent,
} from '../../../src-contract/dataset-version.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { literally } from '../../../src-contract/regexp-literally.ts';
import { letterStart, shortened } from '../../../src-contract/shortened.ts';
import { errorMessage } from '../../../src-contract/thrown.ts';
import { OverTime, withinTime } from '../../async/within-time.ts';
import { isBlank } from '../importing/column-mapping.ts';
import type { RowStore } from '../rows/row-store.ts';
import { TimeSlices } from '../time-slices.ts';
import type { ChangeWork } from './change-dataset.ts';
import { textTooLong } from './version-change-store.ts';

/** The fields of a row after replacing; undefined if nothing matches. */
type Replacement = (row: Pick<Example, 'position' | 'context' | 'target'>) => Replaced | undefined;

interface Replaced {
  readonly content: Partial<RowContent>;
  readonly occurrences: number;
  /** A field would become blank, which the import rejects: the row is left unchanged. */
  readonly isEmptied: boolean;
}

/**
 * The replacement function for a request: plain text, or a regular expression with `$1` for its groups. It throws
 * OPTION_INVALID for a row that would exceed the limit, which is computed first, so that such a text is never built.
 */
function replacementOf({ search, replacement, fields, matchCase, isPattern }: ReplaceRequest): Replacement {
  const pattern = patternOf(isPattern ? search : literally(search), matchCase);
  const lengthOf = isPattern ? expandedLength(replacement) : () => replacement.length;
  return (row) => {
    const content: { context?: string; target?: string } = {};
    let occurrences = 0;
    for (const field of fields) {
      const text = row[field];
      let [count, letters] = [0, text.length];
      for (const match of text.matchAll(pattern)) {
        // An empty match would be found between all characters.
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
 * How many characters a replacement produces for a match, with its groups and `$&`, `` $` ``, `$'` expanded as by
 * `String.replace` (ECMA-262, GetSubstitution).
 */
export function expandedLength(replacement: string): (match: RegExpExecArray) => number {
  const [plain, named] = [placesIn(replacement, /\$(?:[$&`']|(\d)(\d)?)/g), placesIn(replacement, withNames)];
  return (match) => {
    let letters = replacement.length;
    for (const place of match.groups === undefined ? plain : named) letters += lengthAt(match, place);
    return letters;
  };
}

/** `$<name>` is special only if the expression has named groups. */
const withNames = /\$(?:[$&`']|(\d)(\d)?|<([^>]*)>)/g;

function placesIn(replacement: string, pattern: RegExp) {
  return [...replacement.matchAll(pattern)].map(([written, one, two, name]) => ({ written, one, two, name }));
}

/** How many characters the expansion of a `$…` adds to those of the reference itself. */
function lengthAt(match: RegExpExecArray, { written, one, two, name }: ReturnType<typeof placesIn>[number]): number {
  const [all] = match;
  if (written === '$$') return -1;
  if (written === '$&') return all.length - 2;
  if (written === '$`') return match.index - 2;
  if (written === "$'") return match.input.length - match.index - all.length - 2;
  if (name !== undefined) return (match.groups?.[name]?.length ?? 0) - written.length;
  // Two digits if there are that many groups, else one; a reference to a missing group is plain text.
  const groups = match.length - 1;
  const [both, first] = [Number(`${one}${two ?? ''}`), Number(one)];
  if (two !== undefined && both >= 1 && both <= groups) return (match[both]?.length ?? 0) - 3;
  return first >= 1 && first <= groups ? (match[first]?.length ?? 0) - 2 : 0;
}

function patternOf(source: string, matchCase: boolean): RegExp {
  try {
    return new RegExp(source, matchCase ? 'gu' : 'giu');
  } catch (error) {
    const why = because('PATTERN_INVALID', { message: errorMessage(error) });
    throw new StudioError('OPTION_INVALID', { option: 'search', ...why }, { cause: error });
  }
}

/**
 * Every row with its replacement. Throws OPTION_INVALID for an expression that JavaScript cannot parse or that takes
 * too long: nested repetition can backtrack practically forever and would block everything else.
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

/** The first rows of a batch: as many as can be held in memory along with their results, which may be far longer. */
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

/** Batches, because setting the timeout takes longer than processing a row. */
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

/** Several hundred times what a batch takes on a busy machine. */
const mostMs = 1000;

function patternWithinTime<Result>(work: () => Result): Result {
  try {
    return withinTime(mostMs, work);
  } catch (error) {
    if (!(error instanceof OverTime)) throw error;
    throw new StudioError('OPTION_INVALID', { option: 'search', ...because('PATTERN_SLOW') }, { cause: error });
  }
}

/**
 * What a replacement would do: the number of matches, the first changed rows, and how many rows it leaves unchanged.
 */
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

/** Applies a replacement to all rows of a dataset or of one split, except those that it would make blank. */
export function replaceText(rows: RowStore, request: ReplaceRequest): ChangeWork {
  return function* (change) {
    for (const { row, found } of replacements(rows.examples(change.headVersion, request.split), request)) {
      if (found && !found.isEmptied) change.edit(row.position, found.content);
      yield;
    }
  };
}

const shownRows = 50;

/** The first stretch where two texts differ, with some characters around it. */
function aroundChange(before: string, after: string): { before: string; after: string } {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const start = letterStart(before, Math.max(0, same - 40));
  const cut = (text: string) => `${start > 0 ? '…' : ''}${copyOf(shortened(text.slice(start), 161))}`;
  return { before: cut(before), after: cut(after) };
}

/** A slice is only a view that keeps its whole source string alive. */
function copyOf(slice: string): string {
  return Buffer.from(slice, 'utf16le').toString('utf16le');
}
