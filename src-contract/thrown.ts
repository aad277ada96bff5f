/** What was thrown, as an error: some libraries throw a string. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** What was thrown, in its own words, which are of any language and not meant for a person. */
export function errorMessage(thrown: unknown): string {
  return errorOf(thrown).message;
}
