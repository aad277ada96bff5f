import { createContext, Script } from 'node:vm';
import type { Example } from '../../src-contract/dataset.ts';
import type { ReplacePreview, ReplaceRequest, RowContent } from '../../src-contract/dataset-version.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { ChangeWork } from './change-dataset.ts';
import type { RowStore } from './row-store.ts';
import { TimeSlices } from './time-slices.ts';

/** The fields of a row after words were replaced; undefined where none of them stands in it. */
type Replacement = (
  row: Pick<Example, 'context' | 'target'>,
) => { readonly content: Partial<RowContent>; readonly occurrences: number } | undefined;

/** Makes a replacement of a request: plain text, or a regular expression, with `$1` for its groups. */
function replacementOf({ search, replacement, fields, matchCase, isPattern }: ReplaceRequest): Replacement {
  const pattern = patternOf(isPattern ? search : search.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), matchCase);
  return (row) => {
    const content: { context?: string; target?: string } = {};
    let occurrences = 0;
    for (const field of fields) {
      // An empty match would be found between all letters.
      const count = [...row[field].matchAll(pattern)].filter(([found]) => found !== '').length;
      if (count === 0) continue;
      const next = isPattern
        ? row[field].replace(pattern, replacement)
        : row[field].replace(pattern, () => replacement);
      if (next === row[field]) continue;
      occurrences += count;
      content[field] = next;
    }
    return occurrences === 0 ? undefined : { content, occurrences };
  };
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
    const found = request.isPattern ? withinTime(() => batch.map(replace)) : batch.map(replace);
    for (const [at, row] of batch.entries()) yield { row, found: found[at] };
  }
}

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

const timed = { work: (): unknown => undefined };
const timedContext = createContext(timed);
const timedScript = new Script('work()');

/** Only a script of its own can be stopped in the midst of an expression. */
function withinTime<Result>(work: () => Result): Result {
  try {
    timed.work = work;
    // What `work` gives is what its call within the script gives.
    return timedScript.runInContext(timedContext, { timeout: mostMs }) as Result;
  } catch (error) {
    if (!isOverTime(error)) throw error;
    throw new StudioError('OPTION_INVALID', { option: 'search', ...because('PATTERN_SLOW') }, { cause: error });
  }
}

/** The error may be of the script's own realm, and no Error of this one. */
function isOverTime(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

/** What a replacement would do: how often, and how the first rows would read. */
export async function previewReplace(
  rows: Iterable<Example>,
  request: ReplaceRequest,
  signal?: AbortSignal,
): Promise<ReplacePreview> {
  const preview: ReplacePreview = { rows: 0, occurrences: 0, sample: [] };
  const slices = new TimeSlices(signal);
  for (const { row, found } of replacements(rows, request)) {
    if (found) {
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

/** Does a replacement to all rows of a dataset, or of one split. */
export function replaceText(rows: RowStore, request: ReplaceRequest): ChangeWork {
  return function* (change) {
    for (const { row, found } of replacements(rows.examples(change.headVersion, request.split), request)) {
      if (found) change.edit(row.position, found.content);
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
    `${start > 0 ? '…' : ''}${text.slice(start, start + 160)}${text.length > start + 160 ? '…' : ''}`;
  return { before: cut(before), after: cut(after) };
}
