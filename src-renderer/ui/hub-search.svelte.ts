interface Asked<Matches, Found> {
  readonly search: (words: string, signal: AbortSignal) => Promise<Matches>;
  readonly lookUp: (name: string, signal: AbortSignal) => Promise<Found>;
}

/**
 * What a person searches on the Hugging Face hub, by words, or looks up by a name or address. Nothing is asked of the
 * hub until they say so.
 */
export class HubSearch<Matches, Found> {
  text = $state('');
  /** What was found by words. Kept while one of them is looked up. */
  matches = $state.raw<Matches | undefined>(undefined);
  found = $state.raw<Found | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  awaited = $state.raw<'search' | 'look-up' | undefined>(undefined);
  readonly #ask: Asked<Matches, Found>;
  #words = '';
  #leaving: AbortController | undefined;

  constructor(ask: Asked<Matches, Found>) {
    this.#ask = ask;
  }

  /** What was found by words, unless one of them is looked up, or something else is asked. */
  get listed(): Matches | undefined {
    const isShown = this.awaited === undefined && this.error === undefined && this.found === undefined;
    return isShown ? this.matches : undefined;
  }

  /** Names and addresses have a slash. */
  async submit(): Promise<void> {
    this.clear();
    await (this.text.includes('/') ? this.#lookUp() : this.#search());
  }

  async choose(name: string): Promise<void> {
    this.#stop();
    this.text = name;
    await this.#lookUp();
  }

  backToMatches(): void {
    this.#stop();
    if (this.matches !== undefined) this.text = this.#words;
  }

  /** Forgets what was found, and stops looking. */
  clear(): void {
    this.#stop();
    this.matches = undefined;
  }

  #search(): Promise<void> {
    this.#words = this.text;
    return this.#await('search', async (signal) => {
      const matches = await this.#ask.search(this.text, signal);
      return () => (this.matches = matches);
    });
  }

  #lookUp(): Promise<void> {
    return this.#await('look-up', async (signal) => {
      const found = await this.#ask.lookUp(this.text, signal);
      return () => (this.found = found);
    });
  }

  /** An answer that comes after the next question is not shown. */
  async #await(what: 'search' | 'look-up', ask: (signal: AbortSignal) => Promise<() => void>): Promise<void> {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.awaited = what;
    try {
      const show = await ask(signal);
      if (!signal.aborted) show();
    } catch (error) {
      if (!signal.aborted) this.error = error;
    }
    if (!signal.aborted) this.awaited = undefined;
  }

  #stop(): void {
    this.#leaving?.abort();
    this.awaited = undefined;
    this.found = undefined;
    this.error = undefined;
  }
}
