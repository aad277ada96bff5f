import { expect, test } from 'vitest';
import { Crew, habits } from './crew.ts';

interface Times {
  readonly together: number;
  readonly alone: number;
  readonly sleeps: number;
}

/** Runs programs that take the given times together and alone; returns how many ran each way before each switch. */
function turns(crew: Crew, count: number, { together, alone, sleeps }: Times, kindOf = (_program: number) => 'kind') {
  const runs: (readonly [size: number, programs: number])[] = [];
  for (let i = 0; i < count; i++) {
    const size = crew.size(kindOf(i));
    crew.ran(kindOf(i), { ms: size === 1 ? alone : together, sleeps: size === 1 ? 0 : sleeps });
    const last = runs.at(-1);
    if (last?.[0] === size) runs[runs.length - 1] = [size, last[1] + 1];
    else runs.push([size, 1]);
  }
  return runs;
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count);

test('all threads run if none has to be waited for', () => {
  expect(turns(new Crew(4, habits.decode), 100, { together: 8, alone: 12, sleeps: 1 })).toEqual([[4, 100]]);
});

test('delays in the first programs after a start are ignored', () => {
  const crew = new Crew(2, habits.decode);
  expect(turns(crew, habits.decode.first, { together: 40, alone: 13, sleeps: 20 })).toEqual([[2, 12]]);
  expect(turns(crew, 100, { together: 8, alone: 13, sleeps: 0 })).toEqual([[2, 100]]);
});

test('a single delayed program changes nothing', () => {
  const crew = new Crew(2, habits.decode);
  crew.ran('kind', { ms: 60, sleeps: 50 });
  expect(turns(crew, 100, { together: 8, alone: 12, sleeps: 0 })).toEqual([[2, 100]]);
});

test('a delayed program after a pause is ignored', () => {
  const crew = new Crew(2, habits.decode);
  turns(crew, habits.decode.first, { together: 8, alone: 13, sleeps: 0 });
  for (let answer = 0; answer < 20; answer++) {
    crew.ran('kind', { ms: 20, sleeps: 80, isRested: true });
    expect(turns(crew, 2, { together: 8, alone: 13, sleeps: 0 })).toEqual([[2, 2]]);
  }
});

test('on a busy processor one thread runs, longer each time, and all run once it is free', () => {
  const crew = new Crew(2, habits.decode);
  const counts = [habits.decode.first + 2, 3 + 8, 2, 3 + 16, 2, 3 + 32];
  const busy = turns(crew, sum(counts), { together: 40, alone: 13, sleeps: 20 });
  expect(busy).toEqual([2, 1, 2, 1, 2, 1].map((size, i) => [size, counts[i]]));
  expect(turns(crew, 50, { together: 8, alone: 13, sleeps: 0 })).toEqual([[2, 50]]);
});

test('with uneven shares, all threads keep running if one alone is no faster', () => {
  const counts = [habits.decode.first + 2, 3, 8 + 1, 3, 16 + 1];
  const runs = turns(new Crew(8, habits.decode), sum(counts), { together: 20, alone: 60, sleeps: 200 });
  expect(runs).toEqual([8, 1, 8, 1, 8].map((size, i) => [size, counts[i]]));
});

test('nine kinds of programs with uneven shares try one thread no more often than a single kind', () => {
  const kinds = (program: number) => `${program % 9}`;
  const runs = turns(new Crew(2, habits.decode), 120, { together: 20, alone: 40, sleeps: 30 }, kinds);
  expect(sum(runs.filter(([size]) => size === 1).map(([, programs]) => programs))).toBeLessThanOrEqual(12);
});

test('prefill tries one thread for fewer programs, and compares prompts of any length', () => {
  const crew = new Crew(2, habits.prefill);
  const sizes = Array.from({ length: 16 }, (_, i) => {
    const [size, positions] = [crew.size('kind'), 10 + i];
    crew.ran('kind', { ms: (size === 1 ? 2 : 5) * positions, sleeps: size === 1 ? 0 : 4 * positions, positions });
    return size;
  });
  expect(sizes).toEqual([2, 2, 2, 2, ...[1, 1, 1], 2, 2, ...[1, 1, 1, 1, 1], 2, 2]);
});
