/**
 * Does something with each item, at most so many at a time, in the order of the items; results come as they are ready.
 * After a failure, or when the caller leaves, those under way are told to end and awaited.
 */
export async function* atOnce<Item, Result>(
  most: number,
  items: Iterable<Item>,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<Result, void> {
  const leaving = new AbortController();
  const until = AbortSignal.any([signal, leaving.signal]);
  const source = items[Symbol.iterator]();
  const running = new Map<number, Promise<{ number: number; result: Result }>>();
  let [started, isDone] = [0, false];
  try {
    for (;;) {
      while (!isDone && running.size < most && !signal.aborted) {
        const next = source.next();
        if (next.done) isDone = true;
        else {
          const number = started++;
          running.set(
            number,
            work(next.value, until).then((result) => ({ number, result })),
          );
        }
      }
      if (running.size === 0) return;
      const { number, result } = await Promise.race(running.values());
      running.delete(number);
      yield result;
    }
  } finally {
    leaving.abort();
    source.return?.();
    await Promise.allSettled(running.values());
  }
}
