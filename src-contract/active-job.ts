import type { Run } from './run.ts';

/** Whether a run or an experiment is under way, or waits for its turn. */
export function isActive({ state }: { readonly state: string }): boolean {
  return state === 'running' || state === 'queued';
}

/** The run that trains, the first of several that do; while none does, the one whose turn comes first. */
export function foremostRun<Of extends Pick<Run, 'state' | 'queuePlace' | 'awaitsTurn'>>(
  newestFirst: readonly Of[],
): Of | undefined {
  const waiting = newestFirst.filter(({ state }) => state === 'queued');
  return (
    newestFirst.findLast(({ state, awaitsTurn }) => state === 'running' && !awaitsTurn) ??
    waiting.toSorted((a, b) => (a.queuePlace ?? 0) - (b.queuePlace ?? 0))[0]
  );
}
