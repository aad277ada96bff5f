import { numberOf, onlyNumberIn } from '../../src-contract/text-number.ts';

/** A row's target and one model's answer to it, as numbers. */
export interface NumberPair {
  readonly target: number;
  readonly answer: number;
}

export interface NumberRow {
  readonly target: string;
  readonly answers: readonly { readonly text: string }[];
}

/** One model's answers beside their targets; rows without a number in either are left out. */
export function numberPairs(rows: readonly NumberRow[], place: number): NumberPair[] {
  return rows.flatMap(({ target, answers }) => {
    const wanted = numberOf(target)?.value;
    const text = answers[place]?.text ?? '';
    const answer = numberOf(text)?.value ?? onlyNumberIn(text);
    return wanted === undefined || answer === undefined ? [] : [{ target: wanted, answer }];
  });
}

/** Half of the answers are off by no more than this; undefined without any. */
export function medianError(pairs: readonly NumberPair[]): number | undefined {
  const errors = pairs.map(({ target, answer }) => Math.abs(target - answer)).sort((a, b) => a - b);
  return errors[(errors.length - 1) >> 1];
}

/** What both axes show: round numbers that all targets lie between. */
export interface NumberAxis {
  readonly ticks: readonly number[];
  readonly low: number;
  readonly high: number;
}

const mostSteps = 6;

export function numberAxis(targets: readonly number[]): NumberAxis {
  const [least, most] = [Math.min(...targets), Math.max(...targets)];
  const span = most - least || Math.abs(most) || 1;
  const unit = 10 ** Math.floor(Math.log10(span / mostSteps));
  const step = unit * ([1, 2, 5].find((factor) => span / (unit * factor) <= mostSteps) ?? 10);
  const [first, last] = [Math.floor(least / step), Math.ceil(most / step)];
  const end = last === first ? last + 1 : last;
  // Products of whole numbers, not sums: 0.1 + 0.2 is not 0.3.
  const ticks = Array.from({ length: end - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { ticks, low: first * step, high: end * step };
}

/** Where a number is on an axis, from 0 to 1; one that lies outside is at its end. */
export function placeOn({ low, high }: NumberAxis, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}
