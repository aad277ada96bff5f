import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Engine, GenerateJob, TokenEvent } from '../engine/engine.ts';
import { ModelText } from './model-text.ts';
import type { AnswerJob } from './write-answer.ts';
import { answersAtOnce, writeAnswers } from './write-answers.ts';

let text: ModelText;
const forever = new AbortController().signal;

beforeAll(async () => {
  text = await ModelText.read(join(import.meta.dirname, '../../resources/starter-model'), [0]);
});

/** A job whose prompt tells how many turns of the event loop its answer takes. */
function jobOf(turns: number, length = 1): AnswerJob {
  return {
    ...{ name: 'Base', modelFolder: '', contextLength: 10_000, adapter: null, maxTokens: 4, stop: [] },
    ...{
      temperature: 0,
      topK: 0,
      topP: 1,
      seed: 0,
      promptIds: [turns, ...Array.from({ length: length - 1 }, () => 3)],
    },
  };
}

/** An engine that answers as its jobs say; `most` is how many were under way at once. */
function engineOf(): { engine: Engine; most: () => number; jobs: GenerateJob[] } {
  let [running, most] = [0, 0];
  const jobs: GenerateJob[] = [];
  async function* generate(job: GenerateJob, signal: AbortSignal): AsyncGenerator<TokenEvent> {
    jobs.push(job);
    most = Math.max(most, ++running);
    const turns = job.promptIds[0] as number;
    for (let turn = 0; turn < turns && !signal.aborted; turn++) await new Promise((resolve) => setImmediate(resolve));
    running--;
    if (turns === 99) throw new Error('no more');
    const finish = signal.aborted ? 'stopped' : 'end';
    yield { kind: 'finished', finish, firstTokenMs: 1, switchMs: 0, seconds: 1, readTokens: 1 };
  }
  return { engine: { generate } as Partial<Engine> as Engine, most: () => most, jobs };
}

const placesOf = async (jobs: readonly AnswerJob[], engine: Engine, signal = forever) => {
  const places: number[] = [];
  for await (const { place } of writeAnswers(jobs, { engine, text }, signal)) places.push(place);
  return places;
};

test('several answers are written at once, and each comes when it is done', async () => {
  const { engine, most, jobs } = engineOf();
  const places = await placesOf(
    [30, ...Array.from({ length: 20 }, () => 2)].map((turns) => jobOf(turns)),
    engine,
  );
  expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, place) => place));
  expect(places.indexOf(0)).toBeGreaterThan(8);
  expect(most()).toBe(answersAtOnce);
  expect(jobs.every(({ isReproducible }) => isReproducible)).toBe(true);
});

test('long ones are fewer at a time, and one that is too long for others is alone', async () => {
  const { engine, most } = engineOf();
  await placesOf(
    Array.from({ length: 8 }, () => jobOf(3, 2900)),
    engine,
  );
  expect(most()).toBe(2);
  const longest = engineOf();
  expect(await placesOf([jobOf(3, 9000), jobOf(3, 9000)], longest.engine)).toEqual([0, 1]);
  expect(longest.most()).toBe(1);
});

test('after a failure no more are begun', async () => {
  const { engine, jobs } = engineOf();
  const all = [99, ...Array.from({ length: 200 }, () => 99)].map((turns) => jobOf(turns));
  await expect(placesOf(all, engine)).rejects.toThrow('no more');
  expect(jobs).toHaveLength(answersAtOnce);
});

test('a stop ends those under way and begins no more', async () => {
  const { engine, jobs } = engineOf();
  const stop = new AbortController();
  setImmediate(() => stop.abort());
  await placesOf(
    Array.from({ length: 50 }, () => jobOf(10_000)),
    engine,
    stop.signal,
  );
  expect(jobs).toHaveLength(answersAtOnce);
});
