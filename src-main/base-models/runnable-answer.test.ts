import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Engine, GenerateJob, TokenEvent } from '../engine/engine.ts';
import { ModelText } from './model-text.ts';
import { writeRunnable } from './runnable-answer.ts';

let text: ModelText;
beforeAll(async () => {
  text = await ModelText.read(join(import.meta.dirname, '../../resources/starter-model'), [0]);
});

const greedy = {
  name: 'tiny',
  modelFolder: '/m',
  contextLength: 1024,
  adapter: null,
  promptIds: [1, 2, 3],
  maxTokens: 512,
};
const job = { ...greedy, temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] };

test('a query that can be run is the only one that is written', async () => {
  const { parts, jobs } = writing({ 0: 'good' });
  expect(await told(parts)).toEqual(['good', { text: 'good', firstText: null }]);
  expect(jobs).toHaveLength(1);
});

test('one that cannot be run is replaced by the first of seven others that can, by seed', async () => {
  const { parts, jobs } = writing({ 0: 'bad', 4: 'good four', 2: 'good two' });
  expect(await told(parts)).toEqual(['bad', 'retrying', { text: 'good two', firstText: 'bad' }]);
  expect(jobs.map(({ seed, temperature, maxTokens }) => [seed, temperature, maxTokens])).toEqual([
    [0, 0, 512],
    ...[1, 2, 3, 4, 5, 6, 7].map((seed) => [seed, 0.5, 256]),
  ]);
});

test('it stays if no other can be run', async () => {
  const { parts } = writing({ 0: 'bad' });
  expect(await told(parts)).toEqual(['bad', 'retrying', { text: 'bad', firstText: null }]);
});

test('others keep the temperature that a person chose', async () => {
  const { parts, jobs } = writing({ 5: 'bad', 6: 'good' });
  await told(parts, { ...job, temperature: 0.9, seed: 5 });
  expect(new Set(jobs.map(({ temperature }) => temperature))).toEqual(new Set([0.9]));
  expect(jobs.map(({ seed }) => seed).slice(0, 2)).toEqual([5, 6]);
});

test('a stop ends all of them at once, and the first one stays', async () => {
  const stopping = new AbortController();
  const { parts, jobs, ended } = writing({ 0: 'bad' }, { endless: true });
  const events = writeRunnable(job, parts, stopping.signal);
  const last = [];
  for await (const event of events) {
    if (event.kind === 'retrying') setImmediate(() => stopping.abort());
    if (event.kind === 'finished') last.push(event.answer.text, event.firstText);
  }
  expect(last).toEqual(['bad', null]);
  expect(jobs).toHaveLength(8);
  expect(ended).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('as soon as one can be run, the rest end', async () => {
  const { parts, ended } = writing({ 0: 'bad', 1: 'good' }, { endless: true });
  expect((await told(parts)).at(-1)).toEqual({ text: 'good', firstText: 'bad' });
  expect(ended).toEqual([2, 3, 4, 5, 6, 7]);
});

/**
 * An engine that writes these texts by seed, and “bad” for other seeds: with `endless`, those never end by themselves;
 * `ended` lists them as they are stopped.
 */
function writing(texts: Readonly<Record<number, string>>, { endless = false } = {}) {
  const jobs: GenerateJob[] = [];
  const ended: number[] = [];
  const engine = {
    async *generate(asked: GenerateJob, signal: AbortSignal): AsyncGenerator<TokenEvent> {
      jobs.push(asked);
      for (const id of text.tokenizer.encode(texts[asked.seed] ?? 'bad')) yield { kind: 'token', id };
      const isEndless = endless && texts[asked.seed] === undefined;
      if (isEndless) {
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
        ended.push(asked.seed);
      }
      const finish = isEndless ? 'stopped' : 'end';
      yield { kind: 'finished', finish, firstTokenMs: 1, switchMs: 2, seconds: 3, readTokens: 1 };
    },
  } as Partial<Engine> as Engine;
  return { parts: { engine, text, canRun: async (query: string) => query.startsWith('good') }, jobs, ended };
}

async function told(parts: Parameters<typeof writeRunnable>[1], asked = job) {
  const events = await Array.fromAsync(writeRunnable(asked, parts, new AbortController().signal));
  const written = events.flatMap((event) => (event.kind === 'text' ? [event.delta] : [])).join('');
  return [
    written,
    ...events.flatMap((event) => (event.kind === 'retrying' ? ['retrying'] : [])),
    ...events.flatMap((event) =>
      event.kind === 'finished' ? [{ text: event.answer.text, firstText: event.firstText }] : [],
    ),
  ];
}
