import { renameSync, writeFileSync } from 'node:fs';

/** Writes a small file atomically, even if the power fails: an empty one would mean that nothing was ever chosen. */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.partial`, text, { flush: true });
  renameSync(`${file}.partial`, file);
}
