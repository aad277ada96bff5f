/**
 * Follows several sources at once and gives what each says as soon as it says it, with the place of the source. One that fails
 * ends all of them; leaving early ends them too.
 */
export async function* sideBySide<T>(
  sources: readonly AsyncGenerator<T>[],
): AsyncGenerator<{ readonly source: number; readonly value: T }> {
  const next = (source: number) => (sources[source] as AsyncGenerator<T>).next().then((result) => ({ source, result }));
  const waiting = new Map(sources.map((_, source) => [source, next(source)]));
  try {
    while (waiting.size > 0) {
      const { source, result } = await Promise.race(waiting.values());
      if (result.done) {
        waiting.delete(source);
        continue;
      }
      waiting.set(source, next(source));
      yield { source, value: result.value };
    }
  } finally {
    const others = [...waiting.values()];
    // A source answers its end only after what it was asked for: nobody may wait for that before all are told.
    await Promise.allSettled([...sources.map((each) => each.return(undefined)), ...others]);
  }
}
