import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import type { Engine, GenerateJob, TokenEvent } from '../engine/engine.ts';
import { ModelText } from './model-text.ts';
import { type Answer, writeAnswer } from './write-answer.ts';

let text: ModelText;

beforeAll(async () => {
  text = await ModelText.read(join(import.meta.dirname, '../../resources/starter-model'), [0]);
});

/** An engine that writes a given text, whatever the prompt. */
function writing(answer: string, seen: GenerateJob[] = []): Engine {
  return {
    async *generate(job: GenerateJob, signal: AbortSignal): AsyncGenerator<TokenEvent> {
      seen.push(job);
      const ids = text.tokenizer.encode(answer).slice(0, job.maxTokens);
      let finish: 'end' | 'stopped' = 'end';
      for (const id of ids) {
        if (signal.aborted) finish = 'stopped';
        if (finish === 'stopped') break;
        yield { kind: 'token', id };
      }
      yield { kind: 'finished', finish, firstTokenMs: 1, switchMs: 2, seconds: 3, readTokens: 1 };
    },
  } as Partial<Engine> as Engine;
}

async function answering(engine: Engine, changes: object = {}, signal = new AbortController().signal) {
  const job = {
    name: 'rivers',
    ...{ modelFolder: '/m', contextLength: 64, adapter: null, promptIds: [5, 6], maxTokens: 40 },
    ...{ temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] },
    ...changes,
  };
  const deltas: string[] = [];
  let answer: Answer | undefined;
  for await (const event of writeAnswer(job, { engine, text }, signal)) {
    if (event.kind === 'text') deltas.push(event.delta);
    else if (event.kind === 'finished') answer = event.answer;
  }
  return { deltas, answer };
}

test('an answer drops the tokenizer’s leading space, and its deltas add up', async () => {
  const { deltas, answer } = await answering(writing('on the hill'));
  expect(answer).toMatchObject({ text: 'on the hill', finish: 'end', firstTokenMs: 1, switchMs: 2, seconds: 3 });
  expect(deltas.join('')).toBe('on the hill');
  expect(answer?.ids).toEqual(text.tokenizer.encode('on the hill'));
});

// A client puts a completion behind its prompt; “the tower” and “on the hill” became “the toweron the hill”.
test('what continues a prompt keeps the space that separates the two', async () => {
  const promptIds = text.tokenizer.encode('the tower');
  const { deltas, answer } = await answering(writing('on the hill'), { continues: true, promptIds });
  expect(answer?.text).toBe(' on the hill');
  expect(deltas.join('')).toBe(' on the hill');
});

test('an answer ends before a stop text, none of which is shown', async () => {
  const { deltas, answer } = await answering(writing('SELECT 1 ; -- and more of it'), { stop: ['; --', 'nowhere'] });
  expect(answer).toMatchObject({ text: 'SELECT 1 ', finish: 'end' });
  expect(deltas.join('')).toBe('SELECT 1 ');
});

test('what might have become a stop text is shown when it does not', async () => {
  const { deltas, answer } = await answering(writing('a; b'), { stop: ['; --'] });
  expect(answer?.text).toBe('a; b');
  expect(deltas.join('')).toBe('a; b');
});

test('a model that yields NaN is reported by its display name', async () => {
  const engine = {
    // biome-ignore lint/correctness/useYield: it fails before it has written anything.
    async *generate(): AsyncGenerator<TokenEvent> {
      throw new StudioError('MODEL_WITHOUT_NUMBERS', { model: 'folder' });
    },
  } as Partial<Engine> as Engine;
  await expect(answering(engine)).rejects.toMatchObject({ code: 'MODEL_WITHOUT_NUMBERS', data: { model: 'rivers' } });
});

test('an abort keeps the text written so far', async () => {
  const leave = new AbortController();
  const engine = writing('one two three four five six');
  const deltas: string[] = [];
  let answer: Answer | undefined;
  const job = {
    name: 'rivers',
    ...{ modelFolder: '/m', contextLength: 64, adapter: null, promptIds: [5], maxTokens: 40 },
    ...{ temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] },
  };
  for await (const event of writeAnswer(job, { engine, text }, leave.signal)) {
    if (event.kind === 'finished') answer = event.answer;
    else if (event.kind === 'text') deltas.push(event.delta);
    if (deltas.length === 2) leave.abort();
  }
  expect(answer).toMatchObject({ finish: 'stopped', text: deltas.join('') });
  expect('one two three four five six'.startsWith(deltas.join(''))).toBe(true);
});

test('an answer is capped to the context length, and a prompt that fills it is refused', async () => {
  const seen: GenerateJob[] = [];
  await answering(writing('x', seen), { promptIds: Array(60).fill(5) });
  expect(seen[0]?.maxTokens).toBe(4);
  await expect(answering(writing('x'), { promptIds: Array(64).fill(5) })).rejects.toMatchObject({
    code: 'CONTEXT_TOO_LONG',
    data: { tokens: 64, limit: 63 },
  });
});
