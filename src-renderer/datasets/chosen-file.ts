/** A file dropped or chosen on another page, waiting for the import page to open. */
let waiting: File | undefined;

export function keepChosenFile(file: File): void {
  waiting = file;
}

/** The waiting file, once. */
export function takeChosenFile(): File | undefined {
  const file = waiting;
  waiting = undefined;
  return file;
}
