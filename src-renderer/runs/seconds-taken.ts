import type { Run } from '../../src-contract/run.ts';

/**
 * Seconds from the beginning of a run until now, or to its end, with all that was measured on the way; the time in which it
 * rested or the studio was closed does not count. Undefined for a run that has not begun, or has yet to go on.
 */
export function secondsTaken(run: Run, now: number): number | undefined {
  const { activeSince, finishedAt, secondsBefore, result } = run;
  if (activeSince === null) return result?.seconds;
  const until = run.state === 'running' ? now : finishedAt;
  return until === null ? result?.seconds : secondsBefore + Math.max(0, until - activeSince) / 1000;
}
