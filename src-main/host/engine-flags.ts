/**
 * What Node.js starts an engine with. It cannot be changed safely once a program runs.
 */
export const engineFlags = [
  // V8 would look for garbage in threads beside the program, which keep those of kernels waiting for each other (decision 0048).
  '--no-concurrent-marking',
  // Nor in steps between passes: memory outside of its own makes it begin early and often, and what an answer or a run has let go of stays until it is done.
  '--no-incremental-marking',
  // Little of an engine's memory is JavaScript's: what lives shortly has 12 MB, not 48, which would stay full of what once lived, as all that lowering a graph makes.
  '--max-semi-space-size=4',
] as const;
