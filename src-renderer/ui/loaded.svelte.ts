/**
 * Something that is fetched: what there is, whether it is being fetched, and why it could not be.
 * A new fetch keeps the old value on screen; only the newest answer counts, and a fetch that counts no longer is aborted.
 */
export class Loaded<Value> {
  #value = $state.raw<Value | undefined>();
  #error = $state.raw<unknown>();
  #pending = $state(true);
  #asking = new AbortController();
  readonly #fetch: (signal: AbortSignal) => Promise<Value>;

  constructor(fetch: (signal: AbortSignal) => Promise<Value>) {
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

  /** Until there is something to show. */
  get loading(): boolean {
    return this.#pending && this.#value === undefined;
  }

  set(value: Value): void {
    this.#askAnew();
    this.#value = value;
    this.#error = undefined;
    this.#pending = false;
  }

  /** What there is answers another question than the one that will be asked next: pending until then. */
  expire(): void {
    this.#askAnew();
    this.#pending = true;
  }

  async load(): Promise<void> {
    const signal = this.#askAnew();
    this.#pending = true;
    try {
      const value = await this.#fetch(signal);
      if (signal.aborted) return;
      this.#value = value;
      this.#error = undefined;
    } catch (error) {
      if (signal.aborted) return;
      this.#error = error;
    }
    this.#pending = false;
  }

  #askAnew(): AbortSignal {
    this.#asking.abort();
    this.#asking = new AbortController();
    return this.#asking.signal;
  }
}
