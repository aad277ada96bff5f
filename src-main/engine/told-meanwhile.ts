import type { AwaitedEvent } from '../../src-contract/chat.ts';

/** Time between two polls of the progress. */
const lookMs = 250;

/** The given events, preceded by progress events until the first of them arrives; each change is reported once. */
export async function* toldMeanwhile<Event, Kind extends AwaitedEvent['kind']>(
  events: AsyncGenerator<Event>,
  howFar: () => { readonly kind: Kind; readonly share: number } | undefined,
): AsyncGenerator<{ readonly kind: Kind; readonly share: number } | Event> {
  const first = events.next();
  try {
    let told: AwaitedEvent | undefined;
    while (await isWaiting(first)) {
      const now = howFar();
      if (now !== undefined && (now.kind !== told?.kind || now.share !== told.share)) yield now;
      told = now;
    }
    const { done, value } = await first;
    if (done) return;
    yield value;
    yield* events;
  } finally {
    // If the consumer has left, the pending event may still fail.
    first.catch(() => {});
    await events.return(undefined);
  }
}

async function isWaiting(first: Promise<unknown>): Promise<boolean> {
  const look = Promise.withResolvers<boolean>();
  const timer = setTimeout(look.resolve, lookMs, true);
  const come = () => false;
  try {
    return await Promise.race([first.then(come, come), look.promise]);
  } finally {
    clearTimeout(timer);
  }
}
