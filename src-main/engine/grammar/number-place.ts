import type { Automaton, Edge } from './automaton.ts';
import { automatonPlace } from './automaton.ts';
import type { Budget } from './budget.ts';
import { Expressions } from './expression.ts';
import { type CodePointAutomaton, codePointAutomaton } from './expression-automaton.ts';
import { MOST_DIGITS } from './json-number.ts';
import { type Bound, numbersWithin } from './number-range.ts';
import type { Place } from './stack.ts';

export interface NumberLimits {
  readonly least: readonly Bound[];
  readonly greatest: readonly Bound[];
  /** 0 for integers. */
  readonly fractionDigits: number;
  /** What an integer has to be a multiple of. */
  readonly divisors: readonly number[];
}

/** In front of a number within limits; undefined where there is none. Throws TooMuchWork. */
export function numberWithin(limits: NumberLimits, budget: Budget): Place | undefined {
  const { divisors, fractionDigits } = limits;
  // Readers have to find that a multiple is one: up to 15 digits a double-precision number has each of them.
  const mostDigits = divisors.length > 0 ? 15 : MOST_DIGITS;
  const expressions = new Expressions(budget);
  const within = numbersWithin(limits, { mostDigits, fractionDigits }, expressions);
  let automaton = digitAutomaton(codePointAutomaton(within, expressions, budget));
  for (const divisor of new Set(divisors)) automaton = multiplesOf(divisor, automaton, budget);
  return automatonPlace(automaton);
}

/** A number has no letters of several bytes. */
function digitAutomaton({ edges, accepting }: CodePointAutomaton): Automaton {
  return {
    edges: edges.map((row) =>
      row.flatMap(([target, ranges]) => ranges.map(([first, last]): Edge => [first, last, target])),
    ),
    accepting,
  };
}

/** The integers among these that a divisor divides: beside each state goes the remainder of what has been written. */
function multiplesOf(divisor: number, integers: Automaton, budget: Budget): Automaton {
  const known = new Map<number, number>([[0, 0]]);
  const edges: Edge[][] = [];
  const accepting: boolean[] = [];
  for (const pair of known.keys()) {
    const state = Math.floor(pair / divisor);
    const remainder = pair % divisor;
    const row: Edge[] = [];
    for (const [first, last, target] of integers.edges[state] ?? [])
      for (let byte = first; byte <= last; byte++) {
        const digit = byte - 0x30;
        const left = digit < 0 ? remainder : (remainder * 10 + digit) % divisor; // The sign changes nothing.
        const next = target * divisor + left;
        const index = known.get(next) ?? known.size;
        known.set(next, index);
        row.push([byte, byte, index]);
      }
    edges.push(row);
    accepting.push(integers.accepting[state] === true && remainder === 0);
    budget.takeState();
  }
  return { edges, accepting };
}
