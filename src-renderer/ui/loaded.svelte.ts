/**
 * Something that is fetched: what there is, whether it is being fetched, and why it could not be.
 * A new fetch keeps the old value on screen; only the newest answer counts.
 */
export class Loaded<Value> {
  #value = $state.raw<Value | undefined>();
  #error = $state.raw<unknown>();
  #pending = $state(true);
  #asked = 0;
  readonly #fetch: () => Promise<Value>;

  constructor(fetch: () => Promise<Value>) {
    this.#fetch = fetch;
  }

  get value(): Value | undefined {
    return this.#value;
  }

  /** Why the last fetch failed; undefined after one that succeeded. */
  get error(): unknown {
    return this.#error;
  }

  get pending(): boolean {
    return this.#pending;
  }

  set(value: Value): void {
    this.#asked++;
    this.#value = value;
    this.#error = undefined;
    this.#pending = false;
  }

  /** What there is answers another question than the one that will be asked next: pending until then. */
  expire(): void {
    this.#asked++;
    this.#pending = true;
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    this.#pending = true;
    try {
      const value = await this.#fetch();
      if (asked !== this.#asked) return;
      this.#value = value;
      this.#error = undefined;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#error = error;
    }
    this.#pending = false;
  }
}
