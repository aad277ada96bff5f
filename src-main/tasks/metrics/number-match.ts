import { numberOf, onlyNumberIn } from '../../../src-contract/text-number.ts';

/** How far off an answer may be, as a share of its target, to be called near. */
const nearby = 0.1;
/** The same number in another spelling may differ in its last binary digit. */
const same = 1e-9;

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
  const isWithin = (share: number) => off <= share * Math.abs(wanted.value);
  return {
    numberMatch: alone?.around === wanted.around && isWithin(same) ? 1 : 0,
    withinTenth: isWithin(nearby) ? 1 : 0,
    ...(found === undefined ? {} : { absoluteError: off }),
    validNumber: alone === undefined ? 0 : 1,
  };
}
