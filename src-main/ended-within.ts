import { setTimeout as sleep } from 'node:timers/promises';

/** When all have ended, or so much time has passed: what does not heed that it was stopped is not waited for. None may fail. */
export async function endedWithin(mostMs: number, all: Iterable<Promise<unknown>>): Promise<void> {
  const waiting = new AbortController();
  const passed = sleep(mostMs, undefined, { signal: waiting.signal }).catch(() => undefined);
  await Promise.race([Promise.all(all), passed]);
  waiting.abort();
}
