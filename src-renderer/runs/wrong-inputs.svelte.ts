/**
 * Invalid input under Advanced, by field name. It changes nothing, so no run must be started meanwhile: it would use
 * the previous value.
 */
export class WrongInputs {
  #typed = $state.raw<Readonly<Record<string, string>>>({});

  get fields(): readonly string[] {
    return Object.keys(this.#typed);
  }

  in(field: string): string | undefined {
    return this.#typed[field];
  }

  /** `typed` is undefined if it is valid. */
  set(field: string, typed: string | undefined): void {
    if (typed === this.#typed[field]) return;
    const { [field]: _before, ...others } = this.#typed;
    this.#typed = typed === undefined ? others : { ...others, [field]: typed };
  }

  forget(): void {
    this.#typed = {};
  }
}
