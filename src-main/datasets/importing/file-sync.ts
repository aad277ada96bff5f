import { type FileHandle, open } from 'node:fs/promises';

/**
 * Flushes a file to disk while another thread appends to it, so that little remains to wait for at the end. Done from
 * here because a thread cannot be terminated while it waits for a flush.
 */
export class FileSync {
  readonly #path: string;
  #file: Promise<FileHandle> | undefined;
  #asked = 0;
  #isGoing = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Call with the file's approximate current size. */
  grown(bytes: number): void {
    if (this.#isGoing || bytes - this.#asked < syncedBytes) return;
    this.#asked = bytes;
    this.#isGoing = true;
    this.#opened()
      .then((file) => file.datasync())
      // A failure recurs in, and is reported by, the final `finish`.
      .catch(() => undefined)
      .finally(() => {
        this.#isGoing = false;
      });
  }

  /** Resolves once everything is on disk. Rejects at once if `signal` aborts, with its reason. */
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

  /** Resolves when the disk is done with the file; only on Windows must callers wait for it, to remove the file. */
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
