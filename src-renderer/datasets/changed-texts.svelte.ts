import type { TextChangedElsewhere } from './typed-text.ts';

/**
 * Texts of this window that were not saved because another window had changed what they were to replace. They wait here
 * for the person's choice, whichever page is open.
 */
class ChangedTexts {
  #waiting = $state.raw<readonly TextChangedElsewhere[]>([]);

  get waiting(): readonly TextChangedElsewhere[] {
    return this.#waiting;
  }

  add(changed: TextChangedElsewhere): void {
    this.#waiting = [...this.#waiting, changed];
  }

  settle(changed: TextChangedElsewhere): void {
    this.#waiting = this.#waiting.filter((each) => each !== changed);
  }
}

export const changedTexts = new ChangedTexts();
