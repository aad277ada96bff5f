/**
 * What Node.js starts an engine with (decision 0048). V8 would look for garbage in threads beside the program, which keep those of kernels
 * waiting for each other; little of an engine's memory is JavaScript's. It cannot be changed safely once a program runs.
 */
export const engineFlags = ['--no-concurrent-marking'] as const;
