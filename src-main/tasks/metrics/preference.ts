import type { Preference } from '../../../src-contract/blind-vote.ts';
import { shareInterval } from './interval.ts';
import { signTest } from './paired-comparison.ts';

/**
 * How certain it is that one of two answers is preferred more often, from how often each was. Rows judged equal say
 * nothing either way and are told apart. Wilson's interval is a little too sure of few rows, and of some splits of many,
 * so an exact sign test must agree; if it doesn't, the interval is extended to one half.
 */
export function comparePreferences(one: number, other: number): Preference {
  const interval = shareInterval(one, one + other);
  const isOpen = signTest(one, other) >= 0.05;
  const low = isOpen ? Math.min(0.5, interval.low) : interval.low;
  const high = isOpen ? Math.max(0.5, interval.high) : interval.high;
  return { one, other, low, high, sure: low > 0.5 || high < 0.5 };
}
