import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, inEnglish } from '../../../src-contract/failure-reason.ts';
import { writable } from '../../../src-contract/name.ts';
import { orDiskOrDatabaseFull } from '../../files/disk-or-database-full.ts';
import { fileName } from '../readers/file-survey.ts';
import type { ProcessFolder } from './process-folder.ts';

export interface UploadedFile {
  readonly path: string;
  /** As named by the page, without folders; for display, never used as a path. */
  readonly name: string;
}

interface Upload {
  readonly name: string;
  readonly sizeBytes: number;
  bytes: number;
  busy: boolean;
  /** Number of current readers. */
  readers: number;
  /** Path of a file that was not uploaded: such a file is not the studio's to remove. */
  readonly elsewhere?: string;
  /** Aborted once it is discarded: its page need not be watched any longer. */
  readonly discarded: AbortController;
}

/**
 * Files that a page uploads in pieces. Each is stored under a generated name in this process's folder and removed when
 * its page is gone, since a reloaded page has forgotten it.
 */
export class Uploads {
  readonly #folder: ProcessFolder;
  readonly #files = new Map<string, Upload>();

  constructor(folder: ProcessFolder) {
    this.#folder = folder;
  }

  /**
   * `left` aborts when the uploading page is gone. Throws OPTION_INVALID if the file is too large or too many are open.
   */
  async begin(file: { name: string; sizeBytes: number }, left?: AbortSignal): Promise<string> {
    if (file.sizeBytes > largestUpload) throw invalid(because('UPLOAD_TOO_LARGE', { size: largestUpload / 1024 ** 3 }));
    // Local ones take no room, and are not told that their page is gone.
    const sent = this.#files.values().filter(({ elsewhere }) => elsewhere === undefined);
    if ([...sent].length >= mostUploads) throw invalid(because('UPLOADS_TOO_MANY'));
    const fileId = newFileId();
    const discarded = new AbortController();
    // Before any await: a page may begin many at once.
    this.#files.set(fileId, { ...unread, name: shownName(file.name), sizeBytes: file.sizeBytes, bytes: 0, discarded });
    try {
      await mkdir(this.#folder.path, { recursive: true });
      await (await open(join(this.#folder.path, fileId), 'wx')).close();
    } catch (error) {
      this.#files.delete(fileId);
      throw error;
    }
    // A file that cannot be removed now is removed with the folder.
    const forget = () => void this.discard(fileId).catch(() => undefined);
    if (left?.aborted) forget();
    else left?.addEventListener('abort', forget, { once: true, signal: discarded.signal });
    return fileId;
  }

  /** A local file, read in place and found as if it had been uploaded. Throws FILE_NOT_FOUND. */
  async open(path: string): Promise<{ fileId: string; name: string }> {
    const elsewhere = resolve(path);
    const facts = await stat(elsewhere).catch(() => undefined);
    if (facts?.isFile() !== true) throw new StudioError('FILE_NOT_FOUND', { file: elsewhere });
    const fileId = newFileId();
    const name = shownName(elsewhere);
    const [sizeBytes, discarded] = [facts.size, new AbortController()];
    this.#files.set(fileId, { ...unread, name, sizeBytes, bytes: sizeBytes, elsewhere, discarded });
    return { fileId, name };
  }

  /** Pieces come in order, one at a time. Returns the number of bytes so far. */
  async append(piece: { fileId: string; offset: number; chunk: Blob }): Promise<number> {
    const file = this.#file(piece.fileId);
    if (piece.chunk.size > largestPiece) throw invalid(inEnglish('a piece has more than 1 MiB'));
    if (file.busy || piece.offset !== file.bytes)
      throw invalid(inEnglish(`the next piece begins at byte ${file.bytes}`));
    if (piece.offset + piece.chunk.size > file.sizeBytes)
      throw invalid(inEnglish('the pieces are more than was announced'));
    file.busy = true;
    try {
      const bytes = Buffer.from(await piece.chunk.arrayBuffer());
      const handle = await open(join(this.#folder.path, piece.fileId), 'r+');
      try {
        for (let done = 0; done < bytes.length; ) {
          done += (await handle.write(bytes, done, bytes.length - done, piece.offset + done)).bytesWritten;
        }
      } finally {
        await handle.close();
      }
      file.bytes += bytes.length;
      return file.bytes;
    } catch (error) {
      throw orDiskOrDatabaseFull(error, dirname(this.#folder.path), file.sizeBytes - file.bytes);
    } finally {
      file.busy = false;
    }
  }

  /** The file can no longer be found; it is removed once its last reader is done. */
  async discard(fileId: string): Promise<void> {
    const file = this.#files.get(fileId);
    if (file === undefined) return;
    this.#files.delete(fileId);
    file.discarded.abort();
    if (file.readers === 0) await this.#remove(fileId, file);
  }

  /** Throws OPTION_INVALID while pieces are missing. */
  find(fileId: string): UploadedFile {
    const file = this.#file(fileId);
    if (file.bytes !== file.sizeBytes) throw invalid(because('UPLOAD_UNFINISHED'));
    return { path: file.elsewhere ?? join(this.#folder.path, fileId), name: file.name };
  }

  /** Like `find`, but for reading: a page that leaves discards its file while its rows are still being read. */
  lend(fileId: string): UploadedFile & AsyncDisposable {
    const found = this.find(fileId);
    const file = this.#file(fileId);
    file.readers++;
    return {
      ...found,
      [Symbol.asyncDispose]: async () => {
        file.readers--;
        if (file.readers === 0 && !this.#files.has(fileId)) await this.#remove(fileId, file);
      },
    };
  }

  #file(fileId: string): Upload {
    const file = this.#files.get(fileId);
    if (!file) throw invalid(because('UPLOAD_GONE'));
    return file;
  }

  async #remove(fileId: string, file: Upload): Promise<void> {
    if (file.elsewhere === undefined) await rm(join(this.#folder.path, fileId), { force: true });
  }
}

const unread = { busy: false, readers: 0 };

const largestUpload = 8 * 1024 ** 3;
const largestPiece = 1024 ** 2;
const mostUploads = 64;

function newFileId(): string {
  return randomBytes(16).toString('hex');
}

function shownName(path: string): string {
  return writable(fileName(path)) || 'table.csv';
}

function invalid(why: Because): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'file', ...why });
}
