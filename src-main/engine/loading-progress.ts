import type { LoadingEvent } from './engine.ts';

/** Smaller models are there before anybody would look. */
const leastNumbers = 50e6;
/** Reading a model's numbers, as a share of what it takes until it answers; the rest lays them out. Measured on 1.2 billion weights. */
const readingShare = 0.6;

/** How far a base is on its way to answering. */
export class LoadingProgress {
  #works = 0;
  #numbers = 0;
  #read = 0;

  /** From 0 to 1; undefined where nothing is being made ready, or nothing that takes its time. */
  get share(): number | undefined {
    if (this.#works === 0 || this.#numbers < leastNumbers) return undefined;
    return Math.min(1, this.#read / this.#numbers) * readingShare;
  }

  /** Something without which the base cannot answer. */
  async during<Made>(work: () => Promise<Made>): Promise<Made> {
    this.#works++;
    try {
      return await work();
    } finally {
      this.#works--;
      if (this.#works === 0) [this.#numbers, this.#read] = [0, 0];
    }
  }

  /** So many numbers are to be read: what comes back is told how many were. What is read for anything but answers is of no account. */
  reading(numbers: number): (read: number) => void {
    if (this.#works === 0) return () => {};
    this.#numbers += numbers;
    return (read) => {
      this.#read += read;
    };
  }
}

/** Between two looks at how far it is. */
const lookMs = 250;

/** What comes before the first of some events, of a base that is not ready yet, and then the events. */
export async function* toldOfLoading<Event>(
  events: AsyncGenerator<Event>,
  share: () => number | undefined,
): AsyncGenerator<LoadingEvent | Event> {
  const first = events.next();
  try {
    let told: number | undefined;
    while (await isWaiting(first)) {
      const now = share();
      if (now !== undefined && now !== told) yield { kind: 'loading', share: now };
      told = now;
    }
    const { done, value } = await first;
    if (done) return;
    yield value;
    yield* events;
  } finally {
    // Where whoever listens has left, what was asked for may still fail.
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
