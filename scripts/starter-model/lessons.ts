/**
 * The second stage of the starter model's training: something to read, then many short questions on it with answers, of
 * which only the second part is predicted. What can't be known (invented names in a passage) does not count in the
 * loss, and nearly every predicted answer must be looked up in the text before it. As in the corpus, the layouts of the
 * studio's own tasks do not occur.
 */
import { inventDialogue } from './dialogues.ts';
import { inventRecords } from './facts.ts';
import { describeAll, writeQuestions } from './passages.ts';
import type { Random } from './random.ts';
import { writeQueryLog } from './sql-documents.ts';

export interface Lesson {
  /** Read, not predicted. */
  readonly context: string;
  readonly target: string;
}

/** Never ends; the same random numbers give the same lessons. */
export function* lessons(random: Random): Generator<Lesson, never> {
  while (true) yield random.weighted(LESSONS)(random);
}

const LESSONS: readonly (readonly [weight: number, write: (random: Random) => Lesson])[] = [
  [5, readPassage],
  [5, writeQueryLog],
  [1, sumUp],
];

function readPassage(random: Random): Lesson {
  const entities = random.int(1, 4);
  const records = inventRecords(random, { entities, attributes: random.int(2, entities > 2 ? 3 : 4) });
  return { context: describeAll(random, records), target: `\n\n${writeQuestions(random, records, 8)}` };
}

function sumUp(random: Random): Lesson {
  const { conversation, recap } = inventDialogue(random);
  const heading = random.pick(['Notes:\n', 'Minutes:\n', 'In short: ', 'To sum up: ', 'Record:\n', '* * *\n']);
  return { context: conversation, target: `\n\n${heading}${recap}` };
}
