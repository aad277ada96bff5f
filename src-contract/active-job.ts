/** Whether a run or an experiment is under way, or waits for its turn. */
export function isActive({ state }: { readonly state: string }): boolean {
  return state === 'running' || state === 'queued';
}
