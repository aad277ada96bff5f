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
    if (size === 1) crew.ranAlone(alone);
    else crew.ranTogether(together, sleeps);
    const last = runs.at(-1);
    if (last?.[0] === size) runs[runs.length - 1] = [size, last[1] + 1];
    else runs.push([size, 1]);
  }
  return runs;
}

test('where nobody is waited for, all run', () => {
  expect(turns(new Crew(4), 100, { together: 8, alone: 12, sleeps: 1 })).toEqual([[4, 100]]);
});

test('on a busy processor one runs, for longer each time, and all once it is free', () => {
  const crew = new Crew(2);
  const busy = turns(crew, 1 + 8 + 1 + 16 + 1 + 32, { together: 40, alone: 13, sleeps: 20 });
  expect(busy).toEqual([2, 1, 2, 1, 2, 1].map((size, i) => [size, [1, 8, 1, 16, 1, 32][i]]));
  expect(turns(crew, 50, { together: 8, alone: 13, sleeps: 0 })).toEqual([[2, 50]]);
});

test('where shares are uneven, and one alone is no quicker, all go on', () => {
  const runs = turns(new Crew(8), 1 + 8 + 9 + 8 + 17, { together: 20, alone: 60, sleeps: 200 });
  expect(runs).toEqual([8, 1, 8, 1, 8].map((size, i) => [size, [1, 8, 9, 8, 17][i]]));
});

test('what a thread that has ended leaves is one', () => {
  const crew = new Crew(3);
  crew.isBroken();
  expect(turns(crew, 600, { together: 1, alone: 60, sleeps: 0 })).toEqual([[1, 600]]);
});
