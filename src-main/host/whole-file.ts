import { renameSync, writeFileSync } from 'node:fs';

/** Writes a small file that is the old one or the new one, whenever the power goes: an empty one says that nothing was ever chosen. */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.partial`, text, { flush: true });
  renameSync(`${file}.partial`, file);
}
