/** Node.js flags that an engine is started with; they cannot be changed safely in a running program. */
export const engineFlags = [
  // V8 would mark garbage in concurrent threads, which delays kernel threads that wait for each other (decision 0048).
  '--no-concurrent-marking',
  // Nor in steps between passes: external memory makes marking start early and often, and whatever an answer or a run
  // has released stays allocated until it is done.
  '--no-incremental-marking',
  // Little of an engine's memory is JavaScript's: the young generation gets 12 MB, not 48, which would stay full of
  // dead objects, such as everything made while lowering a graph.
  '--max-semi-space-size=4',
] as const;
