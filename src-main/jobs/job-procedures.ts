import { withEventMeta } from '@orpc/server';
import type { Supervisor } from './supervisor.ts';

interface Watching<Event> {
  readonly signal: AbortSignal | undefined;
  /** The last event id, which a reconnecting client sends of its own accord. */
  readonly lastEventId: string | undefined;
  /** The sequence number up to which the client already has the events. */
  readonly after?: number | undefined;
  /** The final event of a job that never reported one, e.g. because its process was killed. */
  readonly ended: () => Event;
}

/** The events of a job, for a `watch` procedure: each exactly once, even across reconnects, and always a final one. */
export async function* watchJob<Event extends { readonly kind: string }>(
  supervisor: Supervisor<Event>,
  id: string,
  { signal, lastEventId, after = 0, ended }: Watching<Event>,
): AsyncGenerator<Event, void> {
  let last = lastEventId === undefined ? after : Number(lastEventId);
  let isTold = false;
  for await (const { sequence, event } of supervisor.watch(id, { after: last, signal })) {
    last = sequence;
    isTold = event.kind === 'finished';
    yield withEventMeta(event, { id: String(sequence) });
  }
  if (!isTold && !signal?.aborted) yield withEventMeta(ended(), { id: String(last) });
}
