import type { ListedRun } from './run.ts';

/**
 * Seconds from the start of a run until now or its end, including its measurements; time paused or with the studio
 * closed does not count. Undefined for a run that has not started.
 */
export function secondsTaken(run: ListedRun, now: number): number | undefined {
  const { activeSince, finishedAt, secondsBefore, result } = run;
  if (activeSince === null) return secondsBefore > 0 ? secondsBefore : result?.seconds;
  const until = run.state === 'running' ? now : finishedAt;
  return until === null ? result?.seconds : secondsBefore + Math.max(0, until - activeSince) / 1000;
}
