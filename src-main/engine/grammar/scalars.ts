import { Budget } from './budget.ts';
import type { Place } from './stack.ts';

/** The strings and numbers of one schema, each kind of which is put together once. */
export class Scalars {
  readonly budget = new Budget();
  readonly #known = new Map<string, Place | undefined>();

  kept(key: string, make: (budget: Budget) => Place | undefined): Place | undefined {
    if (!this.#known.has(key)) this.#known.set(key, make(this.budget));
    return this.#known.get(key);
  }
}
