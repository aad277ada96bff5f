import { join, resolve } from 'node:path';
import type { FileSource } from '../../src-contract/dataset.ts';
import type { ColumnMapping } from '../../src-contract/task.ts';
import { fileName } from './readers/file-survey.ts';
import { findSample } from './samples.ts';
import type { Uploads } from './uploads.ts';

export interface FoundFile {
  readonly path: string;
  /** What people call it. */
  readonly name: string;
  /** Known of samples only. */
  readonly mapping?: ColumnMapping;
  readonly databases?: string;
}

/** An upload stays until it is given back; the others are not the studio's to remove. */
export type LentFile = FoundFile & AsyncDisposable;

/** Turns what a client names (an upload, a path, a sample) into a file on this machine. */
export class FileSources {
  readonly #uploads: Uploads;
  readonly #samplesFolder: string;

  constructor(uploads: Uploads, samplesFolder: string) {
    this.#uploads = uploads;
    this.#samplesFolder = samplesFolder;
  }

  /** Whether a path is allowed here is decided before. Throws FILE_NOT_FOUND for a sample, OPTION_INVALID for an upload that is not there. */
  async lend(source: FileSource): Promise<LentFile> {
    switch (source.kind) {
      case 'upload':
        return this.#uploads.lend(source.fileId);
      case 'path':
        return { path: resolve(source.path), name: fileName(source.path), ...notOurs };
      case 'sample': {
        const { file, mapping, databases } = await findSample(this.#samplesFolder, source.name);
        return {
          path: join(this.#samplesFolder, file),
          name: file,
          mapping,
          databases: databases === undefined ? undefined : join(this.#samplesFolder, databases),
          ...notOurs,
        };
      }
      default:
        return source satisfies never;
    }
  }
}

const notOurs: AsyncDisposable = { [Symbol.asyncDispose]: async () => undefined };
