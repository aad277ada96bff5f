import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FileSource } from '../../../src-contract/dataset.ts';
import type { HubOrigin } from '../../../src-contract/hub-dataset.ts';
import type { ColumnMapping } from '../../../src-contract/task.ts';
import type { HubDatasets } from '../hub/hub-datasets.ts';
import { findSample } from '../importing/samples.ts';
import { fileName } from '../readers/file-survey.ts';
import type { ProcessFolder } from './process-folder.ts';
import type { Uploads } from './uploads.ts';

export interface FoundFile {
  readonly path: string;
  /** Display name. */
  readonly name: string;
  /** Only for samples. */
  readonly mapping?: ColumnMapping;
  readonly databases?: string;
  /** Only for downloads from the hub. */
  readonly hub?: HubOrigin;
}

/**
 * An upload is kept until it is disposed; other files are not the studio's to remove. Unpacked files are removed on
 * disposal, because a thread that unpacked them may have been terminated.
 */
export type LentFile = FoundFile & { readonly unpackFolder: string } & AsyncDisposable;

/** Resolves what a client names (an upload, a path, a sample) to a file on this machine. */
export class FileSources {
  readonly #uploads: Uploads;
  readonly #samplesFolder: string;
  readonly #unpacked: ProcessFolder;
  readonly #hub: HubDatasets;

  constructor(
    uploads: Uploads,
    { samplesFolder, unpacked, hub }: { samplesFolder: string; unpacked: ProcessFolder; hub: HubDatasets },
  ) {
    this.#uploads = uploads;
    this.#samplesFolder = samplesFolder;
    this.#unpacked = unpacked;
    this.#hub = hub;
  }

  /**
   * Whether paths are allowed is checked by the caller. Throws FILE_NOT_FOUND for a sample, OPTION_INVALID for an
   * unknown upload.
   */
  async lend(source: FileSource): Promise<LentFile> {
    const found = await this.#find(source);
    const unpackFolder = join(this.#unpacked.path, randomBytes(16).toString('hex'));
    return {
      ...{ ...found, unpackFolder },
      [Symbol.asyncDispose]: async () => {
        try {
          await rm(unpackFolder, { recursive: true, force: true });
        } finally {
          await found[Symbol.asyncDispose]();
        }
      },
    };
  }

  async #find(source: FileSource): Promise<FoundFile & AsyncDisposable> {
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
      case 'hub':
        return { ...(await this.#hub.find(source.id)), ...notOurs };
      default:
        return source satisfies never;
    }
  }
}

const notOurs: AsyncDisposable = { [Symbol.asyncDispose]: async () => undefined };
