import type { Engine } from '../engine/engine.ts';
import { sideBySide } from '../side-by-side.ts';
import type { ModelText } from './model-text.ts';
import { type Answer, type AnswerJob, writeAnswer } from './write-answer.ts';

/** A model reads each of its weights once for all that are written at once. */
export const answersAtOnce = 8;
/** Their prompts and answers together, at most, unless one is longer: a token takes 20 to 80 KB. */
const mostTokens = 6144;

/** An answer, and the place of its job. */
export interface PlacedAnswer {
  readonly place: number;
  readonly answer: Answer;
}

/**
 * Writes answers several at a time, each of them what it is alone, and yields them as they are done. Jobs are taken when
 * their turn comes. On an abort the last ones are incomplete. Throws as `writeAnswer` does, and then begins no more.
 */
export async function* writeAnswers(
  jobs: Iterable<AnswerJob>,
  parts: { engine: Engine; text: ModelText },
  signal: AbortSignal,
): AsyncGenerator<PlacedAnswer> {
  // Shared: who leaves it because of a failure ends it for all.
  const left = placed(jobs);
  const room = new Room(mostTokens);
  const writers = Array.from({ length: answersAtOnce }, () => writeNext(left, { ...parts, room }, signal));
  for await (const { value } of sideBySide(writers)) yield value;
}

async function* writeNext(
  jobs: Iterable<readonly [place: number, AnswerJob]>,
  parts: { engine: Engine; text: ModelText; room: Room },
  signal: AbortSignal,
): AsyncGenerator<PlacedAnswer> {
  for (const [place, job] of jobs) {
    const tokens = job.promptIds.length + job.maxTokens;
    await parts.room.take(tokens);
    try {
      for await (const event of writeAnswer({ ...job, isReproducible: true }, parts, signal)) {
        if (event.kind === 'finished') yield { place, answer: event.answer };
      }
    } finally {
      parts.room.give(tokens);
    }
    if (signal.aborted) return;
  }
}

function* placed<T>(items: Iterable<T>): Generator<readonly [place: number, T]> {
  let place = 0;
  for (const item of items) yield [place++, item];
}

/** Room for so much at a time; what needs more takes all of it. */
class Room {
  readonly #size: number;
  #left: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#size = size;
    this.#left = size;
  }

  async take(wanted: number): Promise<void> {
    while (this.#left < Math.min(wanted, this.#size)) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#left -= wanted;
  }

  give(taken: number): void {
    this.#left += taken;
    for (const look of this.#waiting.splice(0)) look();
  }
}
