/**
 * What was typed under Advanced and cannot be read, by the name of its field. It changes nothing, so a run must not be started
 * beside it: it would take the value before.
 */
export class WrongInputs {
  #typed = $state.raw<Readonly<Record<string, string>>>({});

  get fields(): readonly string[] {
    return Object.keys(this.#typed);
  }

  in(field: string): string | undefined {
    return this.#typed[field];
  }

  /** `typed` is undefined where it can be read. */
  set(field: string, typed: string | undefined): void {
    if (typed === this.#typed[field]) return;
    const { [field]: _before, ...others } = this.#typed;
    this.#typed = typed === undefined ? others : { ...others, [field]: typed };
  }

  forget(): void {
    this.#typed = {};
  }
}
