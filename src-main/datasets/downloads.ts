import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { ProcessFolder } from './process-folder.ts';

/**
 * Files that a page downloads in pieces. Each is stored under a generated name in this process's folder and removed
 * once it has been read to the end.
 */
export class Downloads {
  readonly #folder: ProcessFolder;
  readonly #files = new Set<string>();

  constructor(folder: ProcessFolder) {
    this.#folder = folder;
  }

  /** Creates a file, has it written, and returns its id and size. */
  async offer<T>(write: (path: string) => Promise<T>): Promise<{ fileId: string; bytes: number; written: T }> {
    await mkdir(this.#folder.path, { recursive: true });
    const fileId = randomBytes(16).toString('hex');
    const path = join(this.#folder.path, fileId);
    const written = await write(path).catch(async (error: unknown) => {
      await rm(path, { force: true });
      throw error;
    });
    this.#files.add(fileId);
    return { fileId, bytes: (await stat(path)).size, written };
  }

  /** Up to 1 MiB from an offset; the file is removed with its last piece. Throws OPTION_INVALID for an unknown file. */
  async read(fileId: string, offset: number): Promise<Blob> {
    if (!this.#files.has(fileId)) {
      throw new StudioError('OPTION_INVALID', {
        option: 'file',
        ...because('EXPORT_GONE'),
      });
    }
    const path = join(this.#folder.path, fileId);
    const whole = await openAsBlob(path);
    const piece = new Blob([await whole.slice(offset, offset + pieceBytes).arrayBuffer()]);
    if (offset + piece.size >= whole.size) {
      this.#files.delete(fileId);
      await rm(path, { force: true });
    }
    return piece;
  }
}

const pieceBytes = 1024 ** 2;
