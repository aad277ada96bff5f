// Entry point of the thread that reads tokenizers and works with them: reading one takes half a second, and the ids of a
// long text without a space many.
import { parentPort } from 'node:worker_threads';
import { toCarried } from '../../src-contract/carried-error.ts';
import type { FromAskedThread } from '../async/asked-thread.ts';
import { keptPromise } from '../async/kept-promise.ts';
import type { TextFacts } from './base-text.ts';
import { ConversationText } from './conversation-text.ts';
import { ModelText } from './model-text.ts';
import type { TextPlace, ToTextThread } from './text-thread-messages.ts';

/** A tokenizer takes 60 MB for 49,152 tokens, and bases come and go while the studio is open. */
const mostTexts = 4;
const texts = new Map<string, Promise<ModelText>>();

function textAt({ key, folder, endIds, readsTurns = false }: TextPlace): Promise<ModelText> {
  if (!readsTurns) return recent(key, () => ModelText.read(folder, endIds));
  // The tokenizer is the same.
  return recent(`turns ${key}`, async () => ConversationText.of(await textAt({ key, folder, endIds })));
}

function recent(key: string, read: () => Promise<ModelText>): Promise<ModelText> {
  const text = keptPromise(texts, key, read);
  // Reinserted last: a Map keeps insertion order, so the first is the least recently used.
  texts.delete(key);
  texts.set(key, text);
  if (texts.size > mostTexts) texts.delete(texts.keys().next().value as string);
  return text;
}

function factsOf({ template, endId, stopIds }: ModelText): TextFacts {
  return { template: template && { source: template.source }, endId, stopIds };
}

async function answer(message: ToTextThread): Promise<unknown> {
  if (message.name === 'check') {
    const text = await ModelText.read(message.place.folder, message.place.endIds);
    // A broken template would otherwise fail at the first conversation.
    text.promptIds('Hello');
    return factsOf(text);
  }
  const text = await textAt(message.place);
  if (message.name === 'facts') return factsOf(text);
  // Sound: what is given is of the type that the name determines.
  const method = text[message.name] as (...given: readonly unknown[]) => unknown;
  return method.apply(text, message.given);
}

function post(message: FromAskedThread): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', async (message: ToTextThread) => {
  const { id } = message;
  try {
    const answered = await answer(message);
    // As numbers, a million of them would block whoever receives them.
    const isIds = Array.isArray(answered) && typeof answered[0] === 'number';
    post({ id, kind: 'answer', answer: isIds ? Int32Array.from(answered) : answered });
  } catch (thrown) {
    post({ id, kind: 'failed', error: toCarried(thrown) });
  }
});
