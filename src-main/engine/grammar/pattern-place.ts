import { type AutomatonPlace, automatonPlaces } from './automaton.ts';
import type { Budget } from './budget.ts';
import { Expressions } from './expression.ts';
import { codePointAutomaton } from './expression-automaton.ts';
import { patternExpression } from './pattern.ts';
import { type QuotedAutomaton, quotedAutomaton } from './quoted-automaton.ts';
import type { Place, Stack } from './stack.ts';

/** What a string has to be like. */
export interface PatternLimits {
  /** Patterns that have to be found in it. */
  readonly found: readonly string[];
  /** Patterns that must not. */
  readonly missing: readonly string[];
  /** Texts that it must not be. */
  readonly except: readonly string[];
  readonly fewest: number;
  readonly most: number;
}

/** In front of such a JSON string; undefined where there is none. Throws UnsupportedPattern, and TooMuchWork. */
export function patternPlace(limits: PatternLimits, budget: Budget): Place | undefined {
  const { found, missing, except, fewest, most } = limits;
  const expressions = new Expressions(budget);
  const expression = expressions.both(
    expressions.repeat(expressions.every, fewest, Number.POSITIVE_INFINITY),
    ...found.map((pattern) => patternExpression(pattern, expressions)),
    ...missing.map((pattern) => expressions.not(patternExpression(pattern, expressions))),
    expressions.not(expressions.either(...except.map((text) => expressions.text(text)))),
  );
  const quoted = quotedAutomaton(codePointAutomaton(expression, expressions, budget));
  return most === Number.POSITIVE_INFINITY ? automatonPlaces(quoted)[0] : limitedPlace(quoted, most);
}

/**
 * A string of at most so many code points. They are counted as it is written: an automaton that counts would have too many
 * states. It is only led where it can still be closed in time.
 */
function limitedPlace(quoted: QuotedAutomaton, most: number): Place | undefined {
  const places = automatonPlaces(quoted);
  const left = fewestLeft(quoted);
  const start = places[0];
  // Behind the quote it stands between two code points for the first time, none being written.
  if (start === undefined || (left[0] as number) - 1 > most) return undefined;
  const states = new Map(places.flatMap((place, state) => (place ? [[place, state] as const] : [])));
  const step = (place: AutomatonPlace) => {
    const state = states.get(place) as number;
    return { counted: quoted.between[state] ? 1 : 0, left: left[state] as number };
  };
  return new LimitedPlace({ most, step, known: [] }, start, -1);
}

interface Limit {
  readonly most: number;
  readonly step: (place: AutomatonPlace) => { readonly counted: number; readonly left: number };
  readonly known: Map<AutomatonPlace, LimitedPlace>[];
}

class LimitedPlace implements Place {
  readonly ends = false;
  readonly #limit: Limit;
  readonly #place: AutomatonPlace;
  readonly #count: number;
  readonly #next = new Map<AutomatonPlace, LimitedPlace | null>();

  constructor(limit: Limit, place: AutomatonPlace, count: number) {
    this.#limit = limit;
    this.#place = place;
    this.#count = count;
  }

  step(byte: number, below: Stack): Stack | undefined {
    const place = this.#place.after(byte);
    if (place === undefined || place.whole) return place && below;
    let next = this.#next.get(place);
    if (next === undefined) {
      next = this.#after(place) ?? null;
      this.#next.set(place, next);
    }
    return next === null ? undefined : below.with(next);
  }

  #after(place: AutomatonPlace): LimitedPlace | undefined {
    const { counted, left } = this.#limit.step(place);
    const count = this.#count + counted;
    if (count + left > this.#limit.most) return undefined;
    this.#limit.known[count + 1] ??= new Map();
    const known = this.#limit.known[count + 1] as Map<AutomatonPlace, LimitedPlace>;
    const next = known.get(place) ?? new LimitedPlace(this.#limit, place, count);
    known.set(place, next);
    return next;
  }
}

/** By state, how many code points have to follow at least. */
function fewestLeft({ edges, accepting, between }: QuotedAutomaton): readonly number[] {
  const sources: number[][] = edges.map(() => []);
  edges.forEach((row, state) => {
    for (const [, , target] of row) sources[target]?.push(state);
  });
  const left = edges.map(() => Number.POSITIVE_INFINITY);
  let open = accepting.flatMap((accepts, state) => (accepts ? [state] : []));
  for (let count = 0; open.length > 0; count++) {
    const later: number[] = [];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if ((left[state] as number) <= count) continue;
      left[state] = count;
      // What leads to between two code points completes one.
      (between[state] ? later : open).push(...(sources[state] ?? []));
    }
    open = later;
  }
  return left;
}
