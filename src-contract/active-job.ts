import type { Run } from './run.ts';

/** Whether a run or an experiment is under way, or waits for its turn. */
export function isActive({ state }: { readonly state: string }): boolean {
  return state === 'running' || state === 'queued';
}

/** The run that is under way; while none is, the one whose turn comes first. */
export function foremostRun<Of extends Pick<Run, 'state' | 'queuePlace'>>(runs: readonly Of[]): Of | undefined {
  const waiting = runs.filter(({ state }) => state === 'queued');
  return (
    runs.find(({ state }) => state === 'running') ??
    waiting.toSorted((a, b) => (a.queuePlace ?? 0) - (b.queuePlace ?? 0))[0]
  );
}
