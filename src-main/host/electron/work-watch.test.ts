import { expect, test } from 'vitest';
import { type WorkSigns, watchWork } from './work-watch.ts';

const job = (id: string, done: number) => ({
  kind: 'run' as const,
  ...{ id, name: id, done, total: 10, fraction: done / 10, secondsLeft: null },
});

test('the taskbar shows progress, and only long jobs that end unwatched are announced', async () => {
  const shown: (number | null)[] = [];
  const ended: string[] = [];
  let looking = false;
  const signs: WorkSigns = {
    progress: (share) => shown.push(share),
    ended: ({ id }) => ended.push(id),
    isLookedAt: () => looking,
  };
  let clock = 0;
  const script = [
    { at: 0, jobs: [], looking: false },
    { at: 0, jobs: [job('long', 0)], looking: false },
    { at: 30_000, jobs: [job('long', 5)], looking: false },
    { at: 60_000, jobs: [], looking: false },
    { at: 61_000, jobs: [job('short', 1)], looking: false },
    { at: 62_000, jobs: [], looking: false },
    { at: 70_000, jobs: [job('seen', 1)], looking: true },
    { at: 170_000, jobs: [], looking: true },
  ];
  let place = 0;
  const status = async () => {
    const now = script[Math.min(place++, script.length - 1)] as (typeof script)[0];
    clock = now.at;
    looking = now.looking;
    return { jobs: now.jobs };
  };
  const changes = async () =>
    (async function* () {
      for (let change = 1; change < script.length; change++) yield change;
    })();
  await watchWork({ status, changes }, signs, new AbortController().signal, () => clock);
  expect(shown).toEqual([null, 0, 0.5, null, 0.1, null, 0.1, null]);
  expect(ended).toEqual(['long']);
});
