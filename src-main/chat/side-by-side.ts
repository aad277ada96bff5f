/**
 * Merges several sources, yielding each value as soon as it comes, with the index of its source. A source that fails
 * does not cut the others off: the first failure is thrown when all have ended. Leaving early ends all.
 */
export async function* sideBySide<T>(
  sources: readonly AsyncGenerator<T>[],
): AsyncGenerator<{ readonly source: number; readonly value: T }> {
  const next = (source: number): Promise<Told<T>> =>
    (sources[source] as AsyncGenerator<T>).next().then(
      (result) => ({ source, result }),
      (error: unknown) => ({ source, error }),
    );
  const waiting = new Map(sources.map((_, source) => [source, next(source)]));
  const failures: unknown[] = [];
  try {
    while (waiting.size > 0) {
      const told = await Promise.race(waiting.values());
      const { source } = told;
      if ('error' in told) failures.push(told.error);
      if ('error' in told || told.result.done) {
        waiting.delete(source);
        continue;
      }
      waiting.set(source, next(source));
      yield { source, value: told.result.value };
    }
    if (failures.length > 0) throw failures[0];
  } finally {
    const others = [...waiting.values()];
    // A generator handles `return` only after its pending `next`: all must be told before any is awaited.
    await Promise.allSettled([...sources.map((each) => each.return(undefined)), ...others]);
  }
}

type Told<T> = { readonly source: number } & ({ readonly result: IteratorResult<T> } | { readonly error: unknown });
