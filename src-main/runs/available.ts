/**
 * Memory that a run can have: what the system can give, plus what the studio already holds of what the run needs anyhow
 * (its own program and a loaded base). In a container, the container's limit counts.
 */
export function availableMemory(neededAnyhow: number): number {
  return process.availableMemory() + Math.min(process.memoryUsage.rss(), neededAnyhow);
}
