import { type FileHandle, open } from 'node:fs/promises';

/**
 * Has the disk write a file while another thread makes it grow, so that little is left to wait for at its end. It is asked from
 * here since a thread cannot be ended while the disk is busy with what it has asked for.
 */
export class FileSync {
  readonly #path: string;
  #file: Promise<FileHandle> | undefined;
  #asked = 0;
  #isGoing = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Told how large the file is by now, more or less. */
  grown(bytes: number): void {
    if (this.#isGoing || bytes - this.#asked < syncedBytes) return;
    this.#asked = bytes;
    this.#isGoing = true;
    this.#opened()
      .then((file) => file.datasync())
      // A failure is met again, and told, by the wait at the end.
      .catch(() => undefined)
      .finally(() => {
        this.#isGoing = false;
      });
  }

  /** Returns when the disk has everything. Rejects at once with the reason of `signal`. */
  async finish(signal: AbortSignal): Promise<void> {
    const file = await this.#opened();
    signal.throwIfAborted();
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal.reason);
    signal.addEventListener('abort', leave);
    try {
      await Promise.race([file.sync(), left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Resolves when the disk is through with the file; nobody needs to wait for it but on Windows, to remove the file. */
  async close(): Promise<void> {
    const file = await this.#file?.catch(() => undefined);
    await file?.close().catch(() => undefined);
  }

  #opened(): Promise<FileHandle> {
    this.#file ??= open(this.#path, 'r+');
    return this.#file;
  }
}

const syncedBytes = 32 * 1024 * 1024;
