import type { AnswerForm } from '../../../src-contract/answer-form.ts';
import type { GrammarState } from './grammar-state.ts';

type Limits = Omit<Extract<AnswerForm, { kind: 'number' }>, 'kind'>;

const [zero, nine, minus, point] = [0x30, 0x39, 0x2d, 0x2e];

/** A decimal number with so many digits at most before its point and behind it, and no zeros in front. */
export function decimal(limits: Limits): GrammarState {
  const whole = wholePart(limits, limits.digits);
  return { accepting: false, next: (byte) => (limits.signed && byte === minus ? whole : whole.next(byte)) };
}

/** Before the first digit. */
function wholePart(limits: Limits, left: number): GrammarState {
  const alone = behindDigit(limits, 0);
  return {
    accepting: false,
    next: (byte) => (byte === zero ? alone : isDigit(byte) ? behindDigit(limits, left - 1) : undefined),
  };
}

function behindDigit(limits: Limits, left: number): GrammarState {
  return {
    accepting: true,
    next: (byte) => {
      if (isDigit(byte) && left > 0) return behindDigit(limits, left - 1);
      return byte === point && limits.decimals > 0 ? fraction(limits.decimals, false) : undefined;
    },
  };
}

function fraction(left: number, accepting: boolean): GrammarState {
  return { accepting, next: (byte) => (isDigit(byte) && left > 0 ? fraction(left - 1, true) : undefined) };
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}
