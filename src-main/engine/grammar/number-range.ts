import type { Expression, Expressions } from './expression.ts';
import { MOST_DIGITS } from './json-number.ts';

/** A bound of a number, as it is written in decimals without an exponent. */
export interface Decimal {
  readonly negative: boolean;
  /** Without leading zeros but for the only digit. */
  readonly whole: string;
  /** Without trailing zeros. */
  readonly fraction: string;
}

export interface Bound {
  readonly at: Decimal;
  readonly inclusive: boolean;
}

export interface NumberForm {
  /** Before the point, unless a bound has more. */
  readonly mostDigits: number;
  /** 0 for integers. */
  readonly fractionDigits: number;
}

/**
 * The numbers within bounds, exactly, digit by digit; without an exponent, and zero without a sign.
 */
export function numbersWithin(
  bounds: { readonly least: readonly Bound[]; readonly greatest: readonly Bound[] },
  form: NumberForm,
  expressions: Expressions,
): Expression {
  const digits = new Digits(expressions);
  const above = bounds.least.map((bound) => digits.above(bound));
  const below = bounds.greatest.map((bound) => digits.below(bound));
  return expressions.both(digits.form(form, [...bounds.least, ...bounds.greatest]), ...above, ...below);
}

export function decimal(number: number): Decimal {
  const [mantissa = '', exponent = '0'] = Math.abs(number).toString().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent);
  const moved =
    shift >= 0
      ? { whole: whole + fraction.slice(0, shift).padEnd(shift, '0'), fraction: fraction.slice(shift) }
      : { whole: '0', fraction: whole.padStart(-shift, '0') + fraction };
  return {
    negative: number < 0,
    whole: moved.whole.replace(/^0+(?=.)/, ''),
    fraction: moved.fraction.replace(/0+$/, ''),
  };
}

class Digits {
  readonly #all: Expressions;
  readonly #any: Expression;
  readonly #anyFraction: Expression;
  readonly #minus: Expression;

  constructor(expressions: Expressions) {
    this.#all = expressions;
    this.#any = this.#digit(0, 9);
    this.#anyFraction = this.#optional(this.#fraction(this.#anyDigits()));
    this.#minus = expressions.text('-');
  }

  /** All numbers of the length that may be written, which is that of the bounds if these are longer. */
  form({ mostDigits, fractionDigits }: NumberForm, bounds: readonly Bound[]): Expression {
    const most = Math.max(mostDigits, ...bounds.map(({ at }) => at.whole.length));
    const mostBehind = Math.max(fractionDigits, ...bounds.map(({ at }) => at.fraction.length + 1));
    const positive = this.#all.concat(this.#digit(1, 9), this.#all.repeat(this.#any, 0, most - 1));
    const magnitude = this.#all.concat(
      this.#all.either(this.#digit(0, 0), positive),
      fractionDigits === 0
        ? this.#all.empty
        : this.#optional(
            this.#fraction(this.#all.repeat(this.#any, 1, fractionDigits < MOST_DIGITS ? fractionDigits : mostBehind)),
          ),
    );
    const zero = this.#all.concat(this.#digit(0, 0), this.#optional(this.#fraction(this.#zeros())));
    return this.#all.both(this.#signed(magnitude, magnitude), this.#all.not(this.#all.concat(this.#minus, zero)));
  }

  above({ at, inclusive }: Bound): Expression {
    return at.negative
      ? this.#signed(this.#lesser(at, inclusive), this.#anyMagnitude())
      : this.#signed(this.#all.none, this.#greater(at, inclusive));
  }

  below({ at, inclusive }: Bound): Expression {
    return at.negative
      ? this.#signed(this.#greater(at, inclusive), this.#all.none)
      : this.#signed(this.#anyMagnitude(), this.#lesser(at, inclusive));
  }

  #signed(negative: Expression, positive: Expression): Expression {
    return this.#all.either(this.#all.concat(this.#minus, negative), positive);
  }

  #anyMagnitude(): Expression {
    return this.#all.concat(this.#anyDigits(), this.#anyFraction);
  }

  /** Magnitudes above one, told by their first digits; `form` sees to leading zeros. */
  #greater({ whole, fraction }: Decimal, inclusive: boolean): Expression {
    return this.#all.either(
      this.#all.concat(this.#longer(whole.length), this.#anyFraction),
      this.#all.concat(this.#sameLength(whole, 'greater'), this.#anyFraction),
      this.#all.concat(this.#all.text(whole), this.#greaterFraction(fraction, inclusive)),
    );
  }

  #lesser({ whole, fraction }: Decimal, inclusive: boolean): Expression {
    return this.#all.either(
      this.#all.concat(this.#all.repeat(this.#any, 0, whole.length - 1), this.#anyFraction),
      this.#all.concat(this.#sameLength(whole, 'lesser'), this.#anyFraction),
      this.#all.concat(this.#all.text(whole), this.#lesserFraction(fraction, inclusive)),
    );
  }

  #longer(length: number): Expression {
    return this.#all.repeat(this.#any, length + 1, Number.POSITIVE_INFINITY);
  }

  /** As many digits, that are more or less at the first one that differs. */
  #sameLength(text: string, than: 'greater' | 'lesser'): Expression {
    const different = Array.from(text, (letter, at) => {
      const digit = Number(letter);
      const other = than === 'greater' ? this.#digit(digit + 1, 9) : this.#digit(0, digit - 1);
      const left = text.length - at - 1;
      return this.#all.sequence(this.#all.text(text.slice(0, at)), other, this.#all.repeat(this.#any, left, left));
    });
    return this.#all.either(...different);
  }

  /** What follows the whole digits where these are equal. */
  #greaterFraction(fraction: string, inclusive: boolean): Expression {
    const more = this.#all.sequence(this.#zeros(), this.#digit(1, 9), this.#anyDigits());
    if (fraction === '') return inclusive ? this.#anyFraction : this.#fraction(more);
    const different = Array.from(fraction, (digit, at) =>
      this.#all.sequence(this.#all.text(fraction.slice(0, at)), this.#digit(Number(digit) + 1, 9), this.#anyDigits()),
    );
    const equal = this.#all.concat(this.#all.text(fraction), inclusive ? this.#anyDigits() : more);
    return this.#fraction(this.#all.either(...different, equal));
  }

  #lesserFraction(fraction: string, inclusive: boolean): Expression {
    const nothing = inclusive ? this.#optional(this.#fraction(this.#zeros())) : this.#all.none;
    if (fraction === '') return nothing;
    const different = Array.from(fraction, (digit, at) => {
      const start = this.#all.text(fraction.slice(0, at));
      const lesser = this.#all.concat(this.#digit(0, Number(digit) - 1), this.#anyDigits());
      // Ended before the bound's last digit, which is none of zero.
      return this.#all.concat(start, at > 0 ? this.#all.either(this.#all.empty, lesser) : lesser);
    });
    const equal = inclusive ? this.#all.concat(this.#all.text(fraction), this.#zeros()) : this.#all.none;
    return this.#optional(this.#fraction(this.#all.either(...different, equal)));
  }

  #fraction(digits: Expression): Expression {
    return this.#all.concat(this.#all.text('.'), digits);
  }

  #optional(expression: Expression): Expression {
    return this.#all.either(this.#all.empty, expression);
  }

  #anyDigits(): Expression {
    return this.#all.repeat(this.#any, 0, Number.POSITIVE_INFINITY);
  }

  #zeros(): Expression {
    return this.#all.repeat(this.#digit(0, 0), 0, Number.POSITIVE_INFINITY);
  }

  #digit(first: number, last: number): Expression {
    return first > last ? this.#all.none : this.#all.set([[0x30 + first, 0x30 + last]]);
  }
}
