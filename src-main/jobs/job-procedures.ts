import { withEventMeta } from '@orpc/server';
import type { Supervisor } from './supervisor.ts';

interface Watching<Event> {
  readonly signal: AbortSignal | undefined;
  /** What a client that lost its connection says by itself that it has seen. */
  readonly lastEventId: string | undefined;
  /** What a client says that it knows already. */
  readonly after?: number | undefined;
  /** The last event of a job that never told its end, as one whose process was killed. */
  readonly ended: () => Event;
}

/** What a job tells, for a procedure that is named `watch`: each event once, whoever loses the connection, and an end always. */
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
