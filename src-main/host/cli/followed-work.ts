import { addAbortListener } from 'node:events';

/**
 * The events of work that goes on by itself. An abort, even an earlier one, asks the studio to stop it; the events end
 * once it has kept what there is.
 */
export async function* followed<Event>(
  events: Promise<AsyncIterable<Event>>,
  { stop, signal }: { stop: () => Promise<unknown>; signal: AbortSignal },
): AsyncGenerator<Event> {
  // If that fails, as when the studio is closing, another Ctrl-C ends the process.
  using _ = addAbortListener(signal, () => void stop().catch(() => {}));
  yield* await events;
}
