import { Worker } from 'node:worker_threads';
import { fromCarried } from '../../src-contract/carried-error.ts';
import { ownProgram } from '../own-program.ts';
import type { AnswerTo, AskedName, AskedOf, TextFacts } from './base-text.ts';
import type { FromTextThread, TextPlace, ToTextThread } from './text-thread-messages.ts';

/** Asks the thread that has the tokenizers, which is started with the first question and lasts as long as the process. */
export function askText<Name extends AskedName>(
  place: TextPlace,
  name: Name,
  given: AskedOf<Name>,
): Promise<AnswerTo<Name>> {
  // Sound, here and below: the thread answers in the type of what is asked.
  return ask({ id: ++asked, place, name, given }) as Promise<AnswerTo<Name>>;
}

/** `check` also writes a prompt, and leaves nothing behind. Throws MODEL_FILE_INVALID. */
export function textFacts(name: 'facts' | 'check', place: TextPlace): Promise<TextFacts> {
  return ask({ id: ++asked, place, name }) as Promise<TextFacts>;
}

interface Waiting {
  answer(value: unknown): void;
  fail(error: unknown): void;
}

let worker: Worker | undefined;
const waiting = new Map<number, Waiting>();
let asked = 0;

function ask(message: ToTextThread): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker ??= startThread();
    waiting.set(message.id, { answer: resolve, fail: reject });
    worker.ref();
    worker.postMessage(message);
  });
}

function startThread(): Worker {
  const thread = new Worker(ownProgram(import.meta.url, './text-thread.ts'));
  thread.on('message', (message: FromTextThread) => {
    const asker = waiting.get(message.id);
    waiting.delete(message.id);
    // A process that waits for nothing else may end.
    if (waiting.size === 0) thread.unref();
    if (message.kind === 'failed') asker?.fail(fromCarried(message.error));
    else asker?.answer(message.answer instanceof Int32Array ? numbersOf(message.answer) : message.answer);
  });
  const ended = (error: unknown) => {
    worker = undefined;
    const askers = [...waiting.values()];
    waiting.clear();
    for (const { fail } of askers) fail(error);
  };
  // An exit follows, and finds nobody waiting.
  thread.on('error', ended);
  thread.on('exit', (code) => {
    if (worker === thread) ended(new Error(`the text thread ended with status ${code}`));
  });
  return thread;
}

/** A loop, since `Array.from` takes ten times as long. */
function numbersOf(ids: Int32Array): number[] {
  const numbers = new Array<number>(ids.length);
  for (let place = 0; place < ids.length; place++) numbers[place] = ids[place] as number;
  return numbers;
}
