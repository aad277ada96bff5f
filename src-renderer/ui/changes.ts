import type { ChangeEvent } from '../../src-contract/studio.ts';
import { client, connection } from '../client.ts';

type Noun = ChangeEvent['noun'];

const followers = new Set<{ readonly nouns: readonly Noun[]; readonly onChange: () => void }>();
let isAsked = false;
/** Every change from now on will be told. */
let isTold = false;

/**
 * Calls `onChange` as soon as changes are told, and whenever one of these nouns has changed, until `signal` is aborted:
 * what `onChange` reads has no gap before what is told. When the connection was lost, it is called once it is back, as
 * changes may have been missed.
 */
export function followChanges(nouns: readonly Noun[], onChange: () => void, signal: AbortSignal): void {
  const follower = { nouns, onChange };
  followers.add(follower);
  signal.addEventListener('abort', () => followers.delete(follower), { once: true });
  if (isTold) onChange();
  else if (!isAsked) void tellFollowers();
}

/** One stream for the whole window, as long as it is open. */
async function tellFollowers(): Promise<never> {
  isAsked = true;
  for (;;) {
    try {
      const changes = await client.studio.changes();
      isTold = true;
      for (const { onChange } of followers) onChange();
      for await (const { noun } of changes) {
        for (const { nouns, onChange } of followers) if (nouns.includes(noun)) onChange();
      }
    } catch {
      // A lost connection ends the iterator; the shell reports it.
    }
    isTold = false;
    await untilReconnected();
  }
}

/** Resolves when the connection reopens; a stream that merely ended is retried after a second. */
function untilReconnected(): Promise<void> {
  return new Promise((resolve) => {
    let wasLost = connection.current !== 'open';
    const timer = setTimeout(() => !wasLost && finish(), 1_000);
    const unsubscribe = connection.subscribe((state) => {
      if (state !== 'open') wasLost = true;
      else if (wasLost) queueMicrotask(finish);
    });

    function finish(): void {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    }
  });
}
