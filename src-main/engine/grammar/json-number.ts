import { type Automaton, automatonPlace, type Edge } from './automaton.ts';
import type { Place } from './stack.ts';

/**
 * Digits before the point and behind it. JSON has no bound, but small models like to repeat a digit until the answer is
 * full; 20 are more than a 64-bit number has.
 */
const MOST_DIGITS = 20;
/** Digits of an exponent: 1e999 would be read as infinity, which no validator takes for a number. */
const MOST_EXPONENT_DIGITS = 2;

const place = (automaton: Automaton) => automatonPlace(automaton) as Place;
const [ZERO, ONE, NINE, MINUS, PLUS, POINT, UPPER_E, LOWER_E] = [0x30, 0x31, 0x39, 0x2d, 0x2b, 0x2e, 0x45, 0x65];

/** A JSON number (RFC 8259, §6). */
export const numberPlace = place(numbers());
/** A number without point and exponent: -0 is left out, having no use. */
export const integerPlace = place(integers());

function numbers(): Automaton {
  const edges: Edge[][] = [];
  const accepting: boolean[] = [];
  const state = (accepts: boolean) => {
    accepting.push(accepts);
    return edges.push([]) - 1;
  };
  const lead = (from: number, first: number, last: number, target: number) => edges[from]?.push([first, last, target]);

  const start = state(false);
  const signed = state(false);
  const exponent = state(false);
  const exponentSigned = state(false);
  lead(exponent, PLUS, PLUS, exponentSigned);
  lead(exponent, MINUS, MINUS, exponentSigned);
  let last: readonly number[] = [exponent, exponentSigned];
  for (let digit = 0; digit < MOST_EXPONENT_DIGITS; digit++) {
    const next = state(true);
    for (const from of last) lead(from, ZERO, NINE, next);
    last = [next];
  }
  const thenExponent = (from: number) => {
    lead(from, UPPER_E, UPPER_E, exponent);
    lead(from, LOWER_E, LOWER_E, exponent);
  };
  const point = state(false);
  let fraction = point;
  for (let digit = 0; digit < MOST_DIGITS; digit++) {
    const next = state(true);
    lead(fraction, ZERO, NINE, next);
    thenExponent(next);
    fraction = next;
  }
  const thenFraction = (from: number) => {
    lead(from, POINT, POINT, point);
    thenExponent(from);
  };
  const zero = state(true);
  thenFraction(zero);
  lead(start, MINUS, MINUS, signed);
  lead(start, ZERO, ZERO, zero);
  lead(signed, ZERO, ZERO, zero);
  let whole: readonly number[] = [start, signed];
  for (let digit = 0; digit < MOST_DIGITS; digit++) {
    const next = state(true);
    for (const from of whole) lead(from, digit === 0 ? ONE : ZERO, NINE, next);
    thenFraction(next);
    whole = [next];
  }
  return { edges, accepting };
}

function integers(): Automaton {
  const edges: Edge[][] = [
    [
      [MINUS, MINUS, 1],
      [ZERO, ZERO, 2],
    ],
    [],
    [],
  ];
  const accepting = [false, false, true];
  let from: readonly number[] = [0, 1];
  for (let digit = 0; digit < MOST_DIGITS; digit++) {
    const next = edges.push([]) - 1;
    accepting.push(true);
    for (const state of from) edges[state]?.push([digit === 0 ? ONE : ZERO, NINE, next]);
    from = [next];
  }
  return { edges, accepting };
}
