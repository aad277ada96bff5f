import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when all have ended, or after this long: work that ignores a stop is not waited for. None may reject. */
export async function endedWithin(mostMs: number, all: Iterable<Promise<unknown>>): Promise<void> {
  const waiting = new AbortController();
  const passed = sleep(mostMs, undefined, { signal: waiting.signal }).catch(() => undefined);
  await Promise.race([Promise.all(all), passed]);
  waiting.abort();
}
