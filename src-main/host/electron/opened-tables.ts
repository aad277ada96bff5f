import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const tableName = /\.(csv|tsv|tab|txt|json|jsonl|ndjson|xlsx|ods|parquet|tmx|xlf|xliff|zip|gz)$/i;

/** True for a command-line argument that looks like a table, whether or not it exists. */
export function isTableWord(word: string): boolean {
  return !word.startsWith('-') && tableName.test(word);
}

/**
 * The tables that a person opened with the studio, among the arguments that the system started it with: paths relative
 * to `folder`, or `file:` URLs, as Linux passes them.
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
