/**
 * Work that counts, as events for the latest of its counts, about ten per second; returns its result. Throws what the
 * work throws.
 */
export async function* counted<Event, Result>(
  work: (tell: (count: number) => void) => Promise<Result>,
  eventOf: (count: number) => Event,
): AsyncGenerator<Event, Result> {
  let latest: number | undefined;
  let told = 0;
  let isOver = false;
  let wake = () => {};
  const working = work((count) => {
    if (performance.now() - told < 100) return;
    told = performance.now();
    latest = count;
    wake();
  });
  const end = () => {
    isOver = true;
    wake();
  };
  working.then(end, end);
  while (!isOver) {
    if (latest === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    const count = latest;
    latest = undefined;
    yield eventOf(count);
  }
  return await working;
}
