import { type Budget, TooMuchWork } from './budget.ts';
import type { Expression, Expressions, Ranges } from './expression.ts';

/** Of one pattern. Each state takes some more for code points of several bytes. */
const MOST_STATES = 4000;

/** What follows which code points; state 0 is the first. */
export interface CodePointAutomaton {
  readonly edges: readonly (readonly (readonly [target: number, ranges: Ranges])[])[];
  readonly accepting: readonly boolean[];
}

/** The deterministic automaton of an expression, its states being what may still follow. Throws TooMuchWork. */
export function codePointAutomaton(
  expression: Expression,
  expressions: Expressions,
  budget: Budget,
): CodePointAutomaton {
  const states = new Map([[expression, 0]]);
  const edges: (readonly (readonly [number, Ranges])[])[] = [];
  // A map goes on with what is added while it is walked.
  for (const state of states.keys()) {
    const targets = new Map<Expression, [number, number][]>();
    const borders = expressions.borders(state);
    const last = borders.length > 0 ? 0x10ffff : -1;
    [...new Set([0, ...borders])].forEach((first, at, all) => {
      if (first > last) return;
      const target = expressions.after(state, first);
      if (target === expressions.none) return;
      const ranges = targets.get(target) ?? [];
      targets.set(target, ranges);
      ranges.push([first, (all[at + 1] ?? 0x110000) - 1]);
    });
    edges.push(
      [...targets].map(([target, ranges]) => {
        const index = states.get(target) ?? states.size;
        states.set(target, index);
        return [index, ranges];
      }),
    );
    budget.takeState();
    if (states.size > MOST_STATES) throw new TooMuchWork();
  }
  return { edges, accepting: [...states.keys()].map(({ nullable }) => nullable) };
}
