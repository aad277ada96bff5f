import { AskedThread } from '../asked-thread.ts';
import { ownProgram } from '../own-program.ts';
import type { AnswerTo, AskedName, AskedOf, TextFacts } from './base-text.ts';
import type { TextPlace, TextQuestion } from './text-thread-messages.ts';

/** The thread that has the tokenizers; it lasts as long as the process. */
const thread = new AskedThread(() => ownProgram(import.meta.url, './text-thread.ts'), 'text');

export async function askText<Name extends AskedName>(
  place: TextPlace,
  name: Name,
  given: AskedOf<Name>,
): Promise<AnswerTo<Name>> {
  const answer = await ask({ place, name, given });
  // Sound, here and below: the thread answers in the type of what is asked.
  return (answer instanceof Int32Array ? numbersOf(answer) : answer) as AnswerTo<Name>;
}

/** `check` also writes a prompt, and leaves nothing behind. Throws MODEL_FILE_INVALID. */
export function textFacts(name: 'facts' | 'check', place: TextPlace): Promise<TextFacts> {
  return ask({ place, name }) as Promise<TextFacts>;
}

function ask(question: TextQuestion): Promise<unknown> {
  return thread.ask(question);
}

/** A loop, since `Array.from` takes ten times as long. */
function numbersOf(ids: Int32Array): number[] {
  const numbers = new Array<number>(ids.length);
  for (let place = 0; place < ids.length; place++) numbers[place] = ids[place] as number;
  return numbers;
}
