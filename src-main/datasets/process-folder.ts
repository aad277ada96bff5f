import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeEnded } from './ended-processes.ts';

/** A folder of this process within one where each has its own; removed when the process closes, or by the next one. */
export class ProcessFolder {
  readonly path: string;
  readonly #root: string;
  readonly #isAlive: (token: string) => boolean;

  constructor(root: string, process: { token: string; isAlive(token: string): boolean }) {
    this.path = join(root, process.token);
    this.#root = root;
    this.#isAlive = (token) => process.isAlive(token);
  }

  /** Removes what processes that have ended left behind. */
  async clear(): Promise<void> {
    await removeEnded(this.#root, this.#isAlive);
  }

  async close(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
