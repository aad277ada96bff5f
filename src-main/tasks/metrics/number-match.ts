import { numberOf, onlyNumberIn, type TextNumber } from '../../../src-contract/text-number.ts';

/** How far off an answer may be, as a share of its target, to be called near. */
const nearby = 0.1;

/**
 * Measures of an answer whose target is a number. `numberMatch`: 1 if the answer is the same number with the same around
 * it, such as a unit, however either is written. `withinTenth`: 1 if it is off by a tenth of the target at most;
 * `absoluteError`: by how much it is off, absent if it gives no number. These two read the only number among other words
 * too. `validNumber`: 1 if the answer is a number and nothing else. For a target that is none, only whether it is the
 * same.
 */
export function numberMeasures(answer: string, target: string): Readonly<Record<string, number>> {
  const wanted = numberOf(target);
  if (wanted === undefined) return { numberMatch: answer.trim() === target.trim() ? 1 : 0 };
  const alone = numberOf(answer);
  const found = alone?.value ?? onlyNumberIn(answer);
  const off = found === undefined ? Number.POSITIVE_INFINITY : Math.abs(found - wanted.value);
  return {
    numberMatch: alone !== undefined && keyOf(alone) === keyOf(wanted) ? 1 : 0,
    withinTenth: off <= nearby * Math.abs(wanted.value) ? 1 : 0,
    ...(found === undefined ? {} : { absoluteError: off }),
    validNumber: alone === undefined ? 0 : 1,
  };
}

/** The same for the same numbers. Their digits are compared: two numbers of many may be one in binary. */
function keyOf({ plain, around }: TextNumber): string {
  const shortest = plain.includes('.') ? plain.replace(/(?:\.|(?<![.0]))0+$/, '') : plain;
  return `${shortest === '-0' ? '0' : shortest} ${around}`;
}
