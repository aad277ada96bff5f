import { expect, test } from 'vitest';
import { Crew } from './crew.ts';

/** Runs programs, which take so long together and alone; gives how many each time until the other way is taken. */
function turns(
  crew: Crew,
  count: number,
  { together, alone, sleeps }: Record<'together' | 'alone' | 'sleeps', number>,
) {
  const runs: (readonly [size: number, programs: number])[] = [];
  for (let i = 0; i < count; i++) {
    const { size } = crew;
    crew.ran(size === 1 ? alone : together, size === 1 ? 0 : sleeps);
    const last = runs.at(-1);
    if (last?.[0] === size) runs[runs.length - 1] = [size, last[1] + 1];
    else runs.push([size, 1]);
  }
  return runs;
}

test('where nobody is waited for, all run', () => {
  expect(turns(new Crew(4), 100, { together: 8, alone: 12, sleeps: 1 })).toEqual([[4, 100]]);
});

test('one program that was held up changes nothing', () => {
  const crew = new Crew(2);
  crew.ran(60, 50);
  expect(turns(crew, 100, { together: 8, alone: 12, sleeps: 0 })).toEqual([[2, 100]]);
});

test('on a busy processor one runs, for longer each time, and all once it is free', () => {
  const crew = new Crew(2);
  const counts = [2, 3 + 8, 2, 3 + 16, 2, 3 + 32];
  const busy = turns(
    crew,
    counts.reduce((sum, count) => sum + count),
    { together: 40, alone: 13, sleeps: 20 },
  );
  expect(busy).toEqual([2, 1, 2, 1, 2, 1].map((size, i) => [size, counts[i]]));
  expect(turns(crew, 50, { together: 8, alone: 13, sleeps: 0 })).toEqual([[2, 50]]);
});

test('where shares are uneven, and one alone is no quicker, all go on', () => {
  const counts = [2, 3, 8 + 1, 3, 16 + 1];
  const runs = turns(
    new Crew(8),
    counts.reduce((sum, count) => sum + count),
    { together: 20, alone: 60, sleeps: 200 },
  );
  expect(runs).toEqual([8, 1, 8, 1, 8].map((size, i) => [size, counts[i]]));
});
