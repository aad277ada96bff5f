import type { ChangeEvent } from '../../src-contract/studio.ts';
import { client, connection } from '../client.ts';

/**
 * Calls `onChange` whenever one of these nouns has changed, until `signal` is aborted. When the connection is lost, it
 * waits for it, calls `onChange` once (changes may have been missed) and follows again.
 */
export async function followChanges(
  nouns: readonly ChangeEvent['noun'][],
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const change of await client.studio.changes(undefined, { signal })) {
        if (nouns.includes(change.noun)) onChange();
      }
    } catch {
      // A lost connection ends the iterator; the shell reports it.
    }
    await untilReconnected(signal);
    if (!signal.aborted) onChange();
  }
}

/** Resolves when the connection reopens; a stream that merely ended is retried after a second. */
function untilReconnected(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let wasLost = connection.current !== 'open';
    const timer = setTimeout(() => !wasLost && finish(), 1_000);
    const unsubscribe = connection.subscribe((state) => {
      if (state !== 'open') wasLost = true;
      else if (wasLost) queueMicrotask(finish);
    });
    signal.addEventListener('abort', finish, { once: true });

    function finish(): void {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener('abort', finish);
      resolve();
    }
  });
}
