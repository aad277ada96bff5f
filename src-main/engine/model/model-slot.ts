import type { PrecisionChoice } from '../engine.ts';
import type { Precision } from '../weights/rounded-weights.ts';
import type { LoadedModel } from './loaded-model.ts';
import { LoadingProgress } from './loading-progress.ts';

interface Held {
  readonly folder: string;
  /** What tells its files from others, as they were before it was loaded. */
  readonly files: string | undefined;
  /** The precision requested when it was loaded. */
  readonly precision: PrecisionChoice;
  readonly loading: LoadingProgress;
  readonly model: Promise<LoadedModel>;
  jobs: number;
}

export interface Loan {
  readonly model: LoadedModel;
  giveBack(): void;
}

interface Loader {
  /** What tells the files of a folder from others; undefined if they are not there. */
  filesOf(folder: string): Promise<string | undefined>;
  load(folder: string, precision: PrecisionChoice, loading: LoadingProgress): Promise<LoadedModel>;
  /** What a precision choice resolves to for a model: choices that resolve to the same one share it. */
  comesTo(precision: PrecisionChoice, model: LoadedModel): Promise<Precision>;
}

/**
 * Keeps one base model loaded: a second one replaces it. Jobs borrow it; a model replaced while jobs use it is released
 * when the last of them gives it back.
 */
export class ModelSlot {
  readonly #loader: Loader;
  #held: Held | undefined;

  constructor(loader: Loader) {
    this.#loader = loader;
  }

  /** `hear` gets the loading progress of the model at once, before it is ready. */
  async borrow(
    folder: string,
    precision: PrecisionChoice = 'auto',
    hear: (loading: LoadingProgress) => void = () => {},
  ): Promise<Loan> {
    const files = await this.#loader.filesOf(folder);
    const before = this.#held;
    // A model whose files are gone goes on answering, but not one whose files are others by now.
    const isSame = before?.folder === folder && (files === undefined || before.files === files);
    if (!isSame || !(await this.#serves(before, precision))) {
      // In the meantime, someone else may have loaded what is wanted.
      if (this.#held !== before) return this.borrow(folder, precision, hear);
      const loading = new LoadingProgress();
      const model = loading.during(() => this.#loader.load(folder, precision, loading));
      this.#replaceBy({ folder, files, precision, loading, model, jobs: 0 });
    } else if (this.#held !== before) return this.borrow(folder, precision, hear);
    const held = this.#held as Held;
    held.jobs++;
    hear(held.loading);
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
      // A failed load is dropped, so that the next use reports the error again.
      if (held === this.#held) this.#held = undefined;
      giveBack();
      throw error;
    }
  }

  /** For a folder whose files have changed. */
  forget(folder: string): void {
    if (this.#held?.folder === folder) this.#replaceBy(undefined);
  }

  async #serves(held: Held, precision: PrecisionChoice): Promise<boolean> {
    if (held.precision === precision) return true;
    const model = await held.model.catch(() => undefined);
    return model !== undefined && (await this.#loader.comesTo(precision, model)) === model.precision;
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
