import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const tableName = /\.(csv|tsv|tab|txt|json|jsonl|ndjson|xlsx|parquet|zip|gz)$/i;

/** True for a word of a command line that means a table, whether or not there is one. */
export function isTableWord(word: string): boolean {
  return !word.startsWith('-') && tableName.test(word);
}

/**
 * The tables that a person opened with the studio, among the words that the system started it with: paths, from `folder` on, or
 * `file:` addresses, as Linux hands them over.
 */
export function openedTables(words: readonly string[], folder: string): string[] {
  return words.filter(isTableWord).flatMap((word) => {
    const file = word.startsWith('file:') ? pathOf(word) : path.resolve(folder, word);
    return file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() ? [file] : [];
  });
}

function pathOf(address: string): string | undefined {
  try {
    return fileURLToPath(address);
  } catch {
    return undefined;
  }
}
