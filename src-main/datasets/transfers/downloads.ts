import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { ProcessFolder } from './process-folder.ts';

/**
 * Files that a page downloads in pieces. Each is stored under a generated name in this process's folder and removed
 * once it has been read to the end, or when its page is gone: nobody else knows the name.
 */
export class Downloads {
  readonly #folder: ProcessFolder;
  /** Each is aborted once its file is removed: its page need not be watched any longer. */
  readonly #files = new Map<string, AbortController>();

  constructor(folder: ProcessFolder) {
    this.#folder = folder;
  }

  /** Creates a file, has it written, and returns its id and size. `left` aborts when its page is gone. */
  async offer<T>(
    write: (path: string) => Promise<T>,
    left?: AbortSignal,
  ): Promise<{ fileId: string; bytes: number; written: T }> {
    await mkdir(this.#folder.path, { recursive: true });
    const fileId = randomBytes(16).toString('hex');
    const path = join(this.#folder.path, fileId);
    const written = await write(path).catch(async (error: unknown) => {
      await rm(path, { force: true });
      throw error;
    });
    const { size: bytes } = await stat(path);
    const removed = new AbortController();
    this.#files.set(fileId, removed);
    // A file that cannot be removed now is removed with the folder.
    const forget = () => void this.#remove(fileId).catch(() => undefined);
    if (left?.aborted) forget();
    else left?.addEventListener('abort', forget, { once: true, signal: removed.signal });
    return { fileId, bytes, written };
  }

  /** Up to 1 MiB from an offset; the file is removed with its last piece. Throws OPTION_INVALID for an unknown file. */
  async read(fileId: string, offset: number): Promise<Blob> {
    if (!this.#files.has(fileId)) throw gone();
    try {
      const whole = await openAsBlob(join(this.#folder.path, fileId));
      const piece = new Blob([await whole.slice(offset, offset + pieceBytes).arrayBuffer()]);
      if (offset + piece.size >= whole.size) await this.#remove(fileId);
      return piece;
    } catch (error) {
      // Its page has left meanwhile.
      throw this.#files.has(fileId) ? error : gone();
    }
  }

  async #remove(fileId: string): Promise<void> {
    this.#files.get(fileId)?.abort();
    this.#files.delete(fileId);
    await rm(join(this.#folder.path, fileId), { force: true });
  }
}

function gone(): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'file', ...because('EXPORT_GONE') });
}

const pieceBytes = 1024 ** 2;
