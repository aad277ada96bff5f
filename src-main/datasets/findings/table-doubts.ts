import { shortened } from '../../../src-contract/shortened.ts';
import type { TableDoubt } from '../../../src-contract/table-doubt.ts';
import type { TaskId } from '../../../src-contract/task.ts';
import { isQuery } from '../importing/column-contents.ts';
import { textKey } from './hash-table.ts';
import { isPrinted } from './json-targets.ts';
import { RepeatedText } from './repeated-text.ts';
import { answersFrom, passageParts, questionStart } from './texts.ts';

/**
 * Looks at all rows of a table in their order, and tells what makes it bad to learn from as a whole. Silent for few
 * rows, and wherever a table might be meant that way: a false alarm is worse than none.
 */
export class TableDoubts {
  readonly #task: TaskId;
  #rows = 0;
  readonly #targets = new Shares();
  readonly #contexts = new Shares();
  /** Where in the context the target starts, and how far from the context's end, in the first rows. */
  readonly #starts = new Places();
  readonly #ends = new Places();
  readonly #count = new Counting();
  readonly #dates = new UntoldDates();
  readonly #repeated = [new RepeatedText({ from: 'start' }), new RepeatedText({ from: 'end' })];
  #letters = 0;
  /** Targets that Python printed, among the first ones. */
  #printed = 0;
  /** Rows that fit as they are, and with two fields exchanged, among the first ones. */
  #fits = 0;
  #fitsSwapped = 0;

  constructor(task: TaskId) {
    this.#task = task;
  }

  take({ context, target }: { readonly context: string; readonly target: string }): void {
    this.#rows++;
    this.#targets.take(target);
    this.#contexts.take(context);
    this.#letters += context.length + target.length;
    if (hasInstructions.includes(this.#task)) for (const each of this.#repeated) each.take(context);
    const start = context.indexOf(target);
    this.#count.take(target, { isGiven: start >= 0 });
    this.#dates.take(context, target);
    if (this.#rows > mostTried) return;
    if (start >= 0) {
      this.#starts.take(start, target);
      this.#ends.take(context.length - context.lastIndexOf(target) - target.length, target);
    }
    if (isPrinted(target)) this.#printed++;
    const { fits, fitsSwapped } = tryFields(this.#task, context, target);
    if (fits) this.#fits++;
    if (fitsSwapped) this.#fitsSwapped++;
  }

  /** In a part of a table, one target may be that of all rows only because the table is sorted by it. */
  doubts({ isPart = false } = {}): TableDoubt[] {
    const rows = this.#rows;
    if (rows < fewRows) return [];
    const percent = (n: number, of = rows) => Math.floor((100 * n) / of);
    const tried = Math.min(rows, mostTried);
    const swapped = swappable[this.#task];
    if (this.#fitsSwapped >= 0.8 * tried && this.#fits <= 0.1 * tried) {
      if (swapped) return [{ code: 'FIELDS_SWAPPED', one: swapped[0], other: swapped[1] }];
      return [{ code: 'SUMMARIES_LONGER' }];
    }
    const { first, last, steps } = this.#count;
    // A small number may stand in a text by chance.
    if (steps >= 0.8 * (rows - 1)) return [{ code: 'TARGETS_COUNT', first, last }];
    const found: TableDoubt[] = [];
    const target = this.#targets.largest();
    const context = this.#contexts.largest();
    const given = Math.max(this.#starts.most(), this.#ends.most());
    const isOne = (most: { rows: number }) => !isPart && most.rows >= 0.9 * rows;
    if (isOne(target)) found.push({ code: 'ONE_TARGET', share: percent(target.rows), text: target.text });
    else if (given >= 0.95 * tried) found.push({ code: 'TARGET_GIVEN', share: percent(given, tried) });
    else if (this.#dates.rows >= 0.9 * rows)
      found.push({ code: 'TARGETS_DATES', share: percent(this.#dates.rows), text: this.#dates.first });
    if (this.#printed > 0.5 * tried) found.push({ code: 'TARGETS_PRINTED', share: percent(this.#printed, tried) });
    if (isOne(context)) found.push({ code: 'ONE_CONTEXT', share: percent(context.rows), text: context.text });
    else if (context.rows < 0.5 * rows) {
      const [repeated = ''] = this.#repeated.map((each) => each.found()).toSorted((a, b) => b.length - a.length);
      const share = percent(repeated.length * rows, this.#letters);
      if (share >= 10) found.push({ code: 'REPEATED_TEXT', share, text: onOneLine(repeated) });
    }
    return found;
  }
}

/** With fewer, anything may be chance. */
const fewRows = 20;
/** Comparing an answer with its passage takes time, and remembering where each target stands takes memory. */
const mostTried = 2000;

/** Elsewhere, what all contexts begin with is one passage, one schema, or the system prompt of a conversation. */
const hasInstructions: readonly TaskId[] = ['summarisation', 'custom'];

const swappable: Partial<Record<TaskId, readonly [string, string]>> = {
  mrc: ['question', 'answer'],
  nl2sql: ['question', 'sql'],
};

function tryFields(task: TaskId, context: string, target: string): { fits: boolean; fitsSwapped: boolean } {
  switch (task) {
    case 'mrc': {
      const { passage, question } = passageParts(context) ?? {};
      if (passage === undefined || question === undefined) return { fits: true, fitsSwapped: false };
      return { fits: answersFrom(passage, target), fitsSwapped: answersFrom(passage, question) };
    }
    case 'nl2sql':
      return { fits: isQuery(target), fitsSwapped: isQuery(questionOf(context)) };
    case 'summarisation':
      return { fits: target.length <= context.length, fitsSwapped: target.length > context.length };
    case 'conversation':
    case 'custom':
      return { fits: true, fitsSwapped: false };
    default:
      return task satisfies never;
  }
}

function questionOf(context: string): string {
  return context.slice(context.lastIndexOf(questionStart) + questionStart.length);
}

/** How many rows have the most frequent text. A text of nearly all rows is among the first. */
class Shares {
  readonly #rows = new Map<number, { rows: number; readonly text: string }>();

  take(text: string): void {
    const key = textKey(text);
    const known = this.#rows.get(key);
    if (known) known.rows++;
    else if (this.#rows.size < mostKept) this.#rows.set(key, { rows: 1, text: onOneLine(text) });
  }

  largest(): { rows: number; text: string } {
    let largest = { rows: 0, text: '' };
    for (const each of this.#rows.values()) if (each.rows > largest.rows) largest = each;
    return largest;
  }
}

const mostKept = 1000;

function onOneLine(text: string): string {
  return shortened(text.replace(/\s+/g, ' ').trim(), 60);
}

/** Where targets stand, counted for places at which different ones do: one word that all texts have is no leak. */
class Places {
  readonly #places = new Map<number, { readonly all: { rows: number }; readonly targets: Shares }>();

  take(place: number, target: string): void {
    const known = this.#places.get(place);
    if (known === undefined && this.#places.size >= mostKept) return;
    const { all, targets } = known ?? { all: { rows: 0 }, targets: new Shares() };
    if (known === undefined) this.#places.set(place, { all, targets });
    all.rows++;
    targets.take(target);
  }

  most(): number {
    const counts = [...this.#places.values()].map(({ all, targets }) =>
      targets.largest().rows > 0.9 * all.rows ? 0 : all.rows,
    );
    return Math.max(0, ...counts);
  }
}

/**
 * Numbers that go up by one from row to row, with the same letters before them: `Q-007`, `Q-008`. One that the context
 * has is an answer.
 */
class Counting {
  first = '';
  last = '';
  steps = 0;
  #before: { readonly letters: string; readonly number: number } | undefined;

  take(target: string, { isGiven }: { readonly isGiven: boolean }): void {
    const found = /^([^\d\s]{0,12})(\d{1,15})$/.exec(target.trim());
    const now = found ? { letters: found[1] ?? '', number: Number(found[2]) } : undefined;
    const isStep = this.#before?.letters === now?.letters && now?.number === (this.#before?.number ?? 0) + 1;
    if (now && isStep && !isGiven) this.steps++;
    if (this.first === '') this.first = onOneLine(target);
    this.last = onOneLine(target);
    this.#before = now;
  }
}

/**
 * Targets that are a date and nothing else, usually of a wrong column, such as the day a row was written. A context with
 * a number of the date may tell it: `3 March` for `2026-03-03`.
 */
class UntoldDates {
  rows = 0;
  first = '';

  take(context: string, target: string): void {
    const text = target.trim();
    if (text.length > 30 || !date.test(text)) return;
    const told = new Set(numbersOf(context));
    if (numbersOf(text).some((each) => told.has(each))) return;
    this.rows++;
    if (this.first === '') this.first = text;
  }
}

/** In numbers, the year first or last, with or without a time. */
const date =
  /^(?:\d{4}([-./]) ?\d{1,2}\1 ?\d{1,2}\.?|\d{1,2}([-./])\d{1,2}\2\d{4}|\d{4}년 ?\d{1,2}월 ?\d{1,2}일)(?:[ T]\d{1,2}:\d{2}\S{0,12})?$/;

function numbersOf(text: string): number[] {
  return (text.match(/\d{1,15}/g) ?? []).map(Number);
}
