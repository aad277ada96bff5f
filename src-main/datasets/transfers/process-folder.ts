import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwnName } from '../../files/own-name.ts';

/** This process's own subfolder of a shared folder; removed when the process closes, or by the next one. */
export class ProcessFolder {
  readonly path: string;
  readonly #root: string;
  readonly #isAlive: (token: string) => boolean;

  constructor(root: string, process: { token: string; isAlive(token: string): boolean }) {
    this.path = join(root, process.token);
    this.#root = root;
    this.#isAlive = (token) => process.isAlive(token);
  }

  /** Removes what ended processes left behind. */
  async clear(): Promise<void> {
    for (const token of await readdir(this.#root).catch(() => [])) {
      if (!isOwnName(token) || this.#isAlive(token)) continue;
      await rm(join(this.#root, token), { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
