import { AskedThread } from '../async/asked-thread.ts';
import { ownProgram } from '../async/own-program.ts';
import type { AnswerTo, AskedName, AskedOf, TextFacts } from './base-text.ts';
import type { TextPlace, TextQuestion } from './text-thread-messages.ts';

/**
 * The thread that has the tokenizers, and another for long texts: a thread does one thing at a time, and chats wait for
 * it with every word. Each starts with its first question and lasts as long as the process.
 */
const [thread, longTexts] = ['text', 'long text'].map(
  (name) => new AskedThread(() => ownProgram(import.meta.url, './text-thread.ts'), name),
) as [AskedThread, AskedThread];

/** In letters, which take a tenth of a second; up to a whole one without spaces. */
const longText = 100_000;

export async function askText<Name extends AskedName>(
  place: TextPlace,
  name: Name,
  given: AskedOf<Name>,
): Promise<AnswerTo<Name>> {
  const asked = lettersIn(given) > longText ? longTexts : thread;
  const answer = await ask({ place, name, given }, asked);
  // Sound, here and below: the thread answers in the type of what is asked.
  return (answer instanceof Int32Array ? numbersOf(answer) : answer) as AnswerTo<Name>;
}

/** `check` also writes a prompt, and leaves nothing behind. Throws MODEL_FILE_INVALID. */
export function textFacts(name: 'facts' | 'check', place: TextPlace): Promise<TextFacts> {
  return ask({ place, name }) as Promise<TextFacts>;
}

/** Typed, as `AskedThread` takes any question. */
function ask(question: TextQuestion, asked = thread): Promise<unknown> {
  return asked.ask(question);
}

function lettersIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, part) => sum + lettersIn(part), 0);
}

/** A loop, since `Array.from` takes ten times as long. */
function numbersOf(ids: Int32Array): number[] {
  const numbers = new Array<number>(ids.length);
  for (let place = 0; place < ids.length; place++) numbers[place] = ids[place] as number;
  return numbers;
}
