/** Today, for times that are told by it: a page may be left open for weeks. */
class Today {
  #start = $state(startOfDay());

  /** Its first moment, in milliseconds. */
  get start(): number {
    return this.#start;
  }

  /** Looks again every minute until `signal` is aborted: a single timer to midnight would stand still in sleep. */
  follow(signal: AbortSignal): void {
    const looking = setInterval(() => {
      this.#start = startOfDay();
    }, 60_000);
    signal.addEventListener('abort', () => clearInterval(looking), { once: true });
  }
}

function startOfDay(): number {
  return new Date().setHours(0, 0, 0, 0);
}

export const today = new Today();
