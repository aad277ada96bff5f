/**
 * A fetched value: the value, whether it is being fetched, and why that failed. A new fetch keeps the old value on
 * screen; only the newest answer counts, and outdated fetches are aborted.
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

  /** Marks the value as pending: it answers another question than the next fetch will. */
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
