import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writeOwnWholeSync } from '../../files/write-whole.ts';

// The port is stored in the data folder, so that a page left open finds the restarted studio at the same address.

const fileName = 'page-port';

/** Undefined if there was none or the file is damaged. */
export function readLastPort(dataDir: string): number | undefined {
  try {
    const port = Number(readFileSync(path.join(dataDir, fileName), 'utf8'));
    return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
  } catch {
    return undefined;
  }
}

export function keepLastPort(dataDir: string, port: number): void {
  try {
    writeOwnWholeSync(path.join(dataDir, fileName), String(port));
  } catch {
    // The disk is full: the next start uses another port, and the page left open says how to find it.
  }
}
