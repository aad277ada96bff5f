import type { PrecisionChoice } from './engine.ts';
import type { LoadedModel } from './loaded-model.ts';

interface Held {
  readonly folder: string;
  readonly precision: PrecisionChoice;
  readonly model: Promise<LoadedModel>;
  jobs: number;
}

export interface Loan {
  readonly model: LoadedModel;
  giveBack(): void;
}

/**
 * Keeps one base model loaded: a second one takes the first one's place. Jobs borrow it; a model that lost its place while
 * jobs use it is released when the last of them gives it back.
 */
export class ModelSlot {
  readonly #load: (folder: string, precision: PrecisionChoice) => Promise<LoadedModel>;
  #held: Held | undefined;

  constructor(load: (folder: string, precision: PrecisionChoice) => Promise<LoadedModel>) {
    this.#load = load;
  }

  async borrow(folder: string, precision: PrecisionChoice = 'auto'): Promise<Loan> {
    if (this.#held?.folder !== folder || this.#held.precision !== precision)
      this.#replaceBy({ folder, precision, model: this.#load(folder, precision), jobs: 0 });
    const held = this.#held as Held;
    held.jobs++;
    let given = false;
    const giveBack = () => {
      if (given) return;
      given = true;
      held.jobs--;
      if (held !== this.#held) releaseUnused(held);
    };
    try {
      return { model: await held.model, giveBack };
    } catch (error) {
      // A failed load is forgotten, so that the next use reports it again.
      if (held === this.#held) this.#held = undefined;
      giveBack();
      throw error;
    }
  }

  /** For a folder whose files have changed. */
  forget(folder: string): void {
    if (this.#held?.folder === folder) this.#replaceBy(undefined);
  }

  #replaceBy(held: Held | undefined): void {
    const before = this.#held;
    this.#held = held;
    if (before) releaseUnused(before);
  }
}

function releaseUnused({ model, jobs }: Held): void {
  if (jobs > 0) return;
  void model.then(
    (unused) => unused.release(),
    () => undefined,
  );
}
