import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

// The port lies with the data folder, so that a page left open finds the studio where it was when it is started anew.

const fileName = 'page-port';

/** Undefined where there was none, or the file is damaged. */
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
    writeFileSync(path.join(dataDir, fileName), String(port));
  } catch {
    // A full disk: the next start takes another port, which the page left open tells how to find.
  }
}
