/**
 * What `make` gives for each item, in the order of the items, while up to `atOnce` are being made. Leaving, or a throw of one,
 * aborts the others; with a signal that is aborted `make` should end at once.
 */
export async function* inOrder<Item, Made>(
  items: readonly Item[],
  make: (item: Item, signal: AbortSignal) => Promise<Made>,
  { atOnce, signal }: { readonly atOnce: number; readonly signal: AbortSignal },
): AsyncGenerator<Made> {
  const leaving = new AbortController();
  const either = AbortSignal.any([signal, leaving.signal]);
  const made = items.map(() => Promise.withResolvers<Made>());
  let next = 0;
  const makeSome = async (): Promise<void> => {
    while (next < items.length && !leaving.signal.aborted) {
      const place = next++;
      const { promise, resolve, reject } = made[place] as PromiseWithResolvers<Made>;
      // Whoever has left does not hear of it.
      promise.catch(() => undefined);
      await make(items[place] as Item, either).then(resolve, reject);
    }
  };
  for (let maker = 0; maker < Math.min(atOnce, items.length); maker++) void makeSome();
  try {
    for (const { promise } of made) yield await promise;
  } finally {
    leaving.abort();
  }
}
