/** A file dropped or chosen on another page, waiting for the import page to open. */
let waiting: File | undefined;
const listeners = new Set<() => void>();

export function keepChosenFile(file: File): void {
  waiting = file;
  for (const listener of listeners) listener();
}

/** The waiting file, once. */
export function takeChosenFile(): File | undefined {
  const file = waiting;
  waiting = undefined;
  return file;
}

/** Asks an open import page to begin anew; where none is open, the next one begins by itself. */
export function beginImport(): void {
  waiting = undefined;
  for (const listener of listeners) listener();
}

/** For the import page: calls whenever a file came, or a new beginning is wanted. Gives what ends it. */
export function onChosenFile(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
