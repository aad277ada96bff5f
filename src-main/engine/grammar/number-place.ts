import type { Automaton, Edge } from './automaton.ts';
import { automatonPlace } from './automaton.ts';
import { Expressions, TooMuchWork } from './expression.ts';
import { type CodePointAutomaton, codePointAutomaton } from './expression-automaton.ts';
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

const MOST_WORK = 1_000_000;
const MOST_STATES = 30_000;

/** In front of a number within limits; undefined where there is none. Throws TooMuchWork. */
export function numberWithin(limits: NumberLimits): Place | undefined {
  const expressions = new Expressions(MOST_WORK);
  const within = numbersWithin(limits, limits.fractionDigits, expressions);
  const automaton = limits.divisors.reduce(multiplesOf, digitAutomaton(codePointAutomaton(within, expressions)));
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
function multiplesOf(integers: Automaton, divisor: number): Automaton {
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
    if (known.size > MOST_STATES) throw new TooMuchWork();
  }
  return { edges, accepting };
}
