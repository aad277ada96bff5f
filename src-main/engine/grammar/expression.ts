import type { Budget } from './budget.ts';

/** A set of texts, as an expression over code points. Equal ones are the same object, made by Expressions. */
export type Expression = { readonly id: number; readonly nullable: boolean } & (
  | { readonly kind: 'none' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'concat'; readonly first: Expression; readonly rest: Expression }
  | { readonly kind: 'either' | 'both'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'repeat'; readonly of: Expression; readonly fewest: number; readonly most: number }
);

/** Code points, as ranges in order that neither overlap nor touch. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** Every code point that a text may have: halves of surrogate pairs are none. */
export const ALL: Ranges = [
  [0, 0xd7ff],
  [0xe000, 0x10ffff],
];

/** Expressions that share their parts, and what follows from them. */
export class Expressions {
  readonly none: Expression;
  readonly empty: Expression;
  /** Any one code point. */
  readonly every: Expression;
  readonly anything: Expression;
  readonly #known = new Map<string, Expression>();
  readonly #borders = new Map<Expression, readonly number[]>();
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.none = this.#kept('none', (id) => ({ id, nullable: false, kind: 'none' }));
    this.empty = this.#kept('empty', (id) => ({ id, nullable: true, kind: 'empty' }));
    this.every = this.set(ALL);
    this.anything = this.repeat(this.every, 0, Number.POSITIVE_INFINITY);
  }

  set(ranges: Ranges): Expression {
    if (ranges.length === 0) return this.none;
    return this.#kept(`set ${ranges.join(' ')}`, (id) => ({ id, nullable: false, kind: 'set', ranges }));
  }

  text(text: string): Expression {
    return this.sequence(
      ...Array.from(text, (letter) => letter.codePointAt(0) as number).map((code) => this.set([[code, code]])),
    );
  }

  sequence(...parts: readonly Expression[]): Expression {
    return parts.reduceRight((rest, part) => this.concat(part, rest), this.empty);
  }

  concat(first: Expression, rest: Expression): Expression {
    if (first.kind === 'none' || rest.kind === 'none') return this.none;
    if (first.kind === 'empty') return rest;
    if (rest.kind === 'empty') return first;
    if (first.kind === 'concat') return this.concat(first.first, this.concat(first.rest, rest));
    const nullable = first.nullable && rest.nullable;
    return this.#kept(`concat ${first.id} ${rest.id}`, (id) => ({ id, nullable, kind: 'concat', first, rest }));
  }

  either(...parts: readonly Expression[]): Expression {
    const of = this.#flat('either', parts).filter(({ kind }) => kind !== 'none');
    if (of.includes(this.anything)) return this.anything;
    const sets = of.flatMap((part) => (part.kind === 'set' ? [part.ranges] : []));
    const joined = sets.length > 1 ? [...of.filter(({ kind }) => kind !== 'set'), this.set(union(sets.flat()))] : of;
    return this.#several('either', joined, this.none);
  }

  both(...parts: readonly Expression[]): Expression {
    const of = this.#flat('both', parts).filter((part) => part !== this.anything);
    if (of.includes(this.none)) return this.none;
    if (of.includes(this.empty)) return of.every((part) => part.nullable) ? this.empty : this.none;
    return this.#several('both', of, this.anything);
  }

  not(of: Expression): Expression {
    if (of.kind === 'not') return of.of;
    if (of === this.none) return this.anything;
    if (of === this.anything) return this.none;
    return this.#kept(`not ${of.id}`, (id) => ({ id, nullable: !of.nullable, kind: 'not', of }));
  }

  repeat(of: Expression, fewest: number, most: number): Expression {
    if (most === 0 || of.kind === 'empty') return this.empty;
    if (of.kind === 'none') return fewest === 0 ? this.empty : this.none;
    if (fewest === 1 && most === 1) return of;
    const nullable = fewest === 0 || of.nullable;
    return this.#kept(`repeat ${of.id} ${fewest} ${most}`, (id) => ({
      ...{ id, nullable, kind: 'repeat', of, fewest, most },
    }));
  }

  /** What may follow one code point (Brzozowski 1964). */
  after(expression: Expression, code: number): Expression {
    this.#budget.spend(1);
    switch (expression.kind) {
      case 'none':
      case 'empty':
        return this.none;
      case 'set':
        return expression.ranges.some(([first, last]) => first <= code && code <= last) ? this.empty : this.none;
      case 'concat': {
        const within = this.concat(this.after(expression.first, code), expression.rest);
        return expression.first.nullable ? this.either(within, this.after(expression.rest, code)) : within;
      }
      case 'either':
        return this.either(...expression.of.map((part) => this.after(part, code)));
      case 'both':
        return this.both(...expression.of.map((part) => this.after(part, code)));
      case 'not':
        return this.not(this.after(expression.of, code));
      case 'repeat': {
        const { of, fewest, most } = expression;
        return this.concat(this.after(of, code), this.repeat(of, Math.max(0, fewest - 1), most - 1));
      }
      default:
        return expression satisfies never;
    }
  }

  /**
   * Code points in order, at each of which `after` may begin to give something else; between them it does not (Owens,
   * Reppy and Turon 2009, §4.2).
   */
  borders(expression: Expression): readonly number[] {
    let borders = this.#borders.get(expression);
    if (borders === undefined) {
      borders = [...new Set(this.#bordersWithin(expression))].sort((a, b) => a - b);
      this.#budget.spend(borders.length);
      this.#borders.set(expression, borders);
    }
    return borders;
  }

  #bordersWithin(expression: Expression): readonly number[] {
    switch (expression.kind) {
      case 'none':
      case 'empty':
        return [];
      case 'set':
        return expression.ranges.flatMap(([first, last]) => [first, last + 1]);
      case 'concat':
        return expression.first.nullable
          ? [...this.borders(expression.first), ...this.borders(expression.rest)]
          : this.borders(expression.first);
      case 'either':
      case 'both':
        return expression.of.flatMap((part) => this.borders(part));
      case 'not':
      case 'repeat':
        return this.borders(expression.of);
      default:
        return expression satisfies never;
    }
  }

  #flat(kind: 'either' | 'both', parts: readonly Expression[]): readonly Expression[] {
    const of = [...new Set(parts.flatMap((part) => (part.kind === kind ? part.of : [part])))];
    this.#budget.spend(of.length);
    return of;
  }

  #several(kind: 'either' | 'both', parts: readonly Expression[], without: Expression): Expression {
    if (parts.length < 2) return parts[0] ?? without;
    this.#budget.spend(parts.length);
    const of = [...parts].sort((a, b) => a.id - b.id);
    const accepting = (part: Expression) => part.nullable;
    const nullable = kind === 'either' ? of.some(accepting) : of.every(accepting);
    const key = `${kind} ${of.map(({ id }) => id).join(' ')}`;
    return this.#kept(key, (id) => ({ id, nullable, kind, of }));
  }

  #kept(key: string, make: (id: number) => Expression): Expression {
    let expression = this.#known.get(key);
    if (expression === undefined) {
      expression = make(this.#known.size);
      this.#known.set(key, expression);
    }
    return expression;
  }
}

export function union(ranges: Ranges): Ranges {
  const joined: [number, number][] = [];
  for (const [first, last] of [...ranges].sort(([a], [b]) => a - b)) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

export function intersection(some: Ranges, others: Ranges): Ranges {
  return some.flatMap(([first, last]) =>
    others.flatMap(([from, to]): Ranges => {
      const both = [Math.max(first, from), Math.min(last, to)] as const;
      return both[0] <= both[1] ? [both] : [];
    }),
  );
}

/** All code points but these. */
export function complement(ranges: Ranges): Ranges {
  const gaps: [number, number][] = [];
  let from = 0;
  for (const [first, last] of ranges) {
    if (from < first) gaps.push([from, first - 1]);
    from = last + 1;
  }
  gaps.push([from, 0x10ffff]);
  return intersection(gaps, ALL);
}
