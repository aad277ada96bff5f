import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, statfs } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';
import type { DataFolders } from '../../src-contract/data-folder.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { KeptFailure } from '../../src-contract/kept-failure.ts';
import { localTime } from '../../src-contract/local-time.ts';
import { deviceOf } from '../files/device-of.ts';
import { manifestName, readBackup } from './data-folder-store.ts';

/** Where a studio carries on. */
export interface FolderChange {
  readonly folder: string;
  /** Moves the present folder there. */
  readonly move: boolean;
  /** Once the studio is closed: brings the other folder up to what was changed last. */
  readonly catchUp?: () => Promise<void>;
}

/** What a host knows about folders, and what only it can do: close this studio and carry on with another folder. */
export interface FolderHost {
  /** Folders in which a person keeps files: only in these may a page create one. */
  places(): readonly string[];
  /** Data folders that were opened before. */
  known(): readonly string[];
  /** The system's own dialog, if there is one. Resolves to undefined when the person closes it. */
  readonly choose?: (() => Promise<string | undefined>) | undefined;
  /** Returns at once; pages lose their connection and reconnect with the other folder. */
  change(to: FolderChange): void;
  /** Why the last change failed, after which the studio carried on with the previous folder. */
  failure?(): KeptFailure | undefined;
}

type FolderKind = 'studio' | 'backup' | 'place';

/** The folders that a page may refer to, by an id that is only valid for what was listed or chosen here. */
export class KnownFolders {
  readonly #dataDir: string;
  readonly #host: FolderHost | undefined;
  /** Chosen in the system's dialog since the start. */
  readonly #chosen = new Set<string>();

  constructor(dataDir: string, host: FolderHost | undefined) {
    this.#dataDir = dataDir;
    this.#host = host;
  }

  async list(): Promise<DataFolders> {
    const [studios, backups, places] = await Promise.all([this.#studios(), this.#backups(), this.#places()]);
    return {
      available: this.#host !== undefined,
      canChoose: this.#host?.choose !== undefined,
      studios: studios.map((path) => ({ id: idOf(path), path, isOpen: path === this.#dataDir })),
      backups,
      places,
      failure: this.#host?.failure?.() ?? null,
    };
  }

  /** Throws NOT_ALLOWED for a folder that is not among those listed. */
  async pathOf(id: string, kind: FolderKind): Promise<string> {
    const { studios, backups, places } = await this.list();
    const found = { studio: studios, backup: backups, place: places }[kind].find((folder) => folder.id === id);
    if (found === undefined) throw new StudioError('NOT_ALLOWED', {});
    return found.path;
  }

  /** Opens the system's dialog; what is chosen is listed from then on. Undefined when nothing was chosen. */
  async choose(): Promise<{ id: string; path: string } | undefined> {
    if (this.#host?.choose === undefined) throw new StudioError('NOT_ALLOWED', {});
    const path = await this.#host.choose();
    if (path === undefined) return undefined;
    this.#chosen.add(path);
    return { id: idOf(path), path };
  }

  change(to: FolderChange): void {
    if (this.#host === undefined) throw new StudioError('NOT_ALLOWED', {});
    this.#host.change(to);
  }

  async #studios(): Promise<string[]> {
    const beside = (await foldersIn(dirname(this.#dataDir))).filter((path) => path !== this.#dataDir);
    const all = [...(this.#host?.known() ?? []), ...this.#chosen, ...beside];
    return [this.#dataDir, ...distinct(all).filter((path) => path !== this.#dataDir && isStudio(path))];
  }

  async #backups(): Promise<DataFolders['backups']> {
    const around = [dirname(this.#dataDir), ...this.#allPlaces()];
    const folders = distinct([...this.#chosen, ...(await Promise.all(around.map(foldersIn))).flat()]);
    const found = await Promise.all(
      folders.map(async (path) => {
        const backup = await readBackup(path);
        return backup === undefined ? [] : [{ id: idOf(path), path, ...backup }];
      }),
    );
    return found.flat().toSorted((a, b) => b.createdAt - a.createdAt);
  }

  async #places(): Promise<DataFolders['places']> {
    const own = await deviceOf(this.#dataDir);
    const found = await Promise.all(
      this.#allPlaces().map(async (path) => {
        const space = await statfs(path).catch(() => undefined);
        if (space === undefined) return [];
        const isSameDisk = (await deviceOf(path)) === own;
        return [{ id: idOf(path), path, freeBytes: space.bavail * space.bsize, isSameDisk }];
      }),
    );
    return found.flat();
  }

  #allPlaces(): string[] {
    const inside = (path: string) => path === this.#dataDir || path.startsWith(join(this.#dataDir, '/'));
    return distinct([...(this.#host?.places() ?? []), ...this.#chosen]).filter((path) => !inside(path));
  }
}

/** `name` at a place, with a number appended if that is taken. */
export function freePath(place: string, name: string): string {
  const { name: stem, ext } = parse(name);
  let path = join(place, name);
  for (let number = 2; existsSync(path); number++) path = join(place, `${stem} (${number})${ext}`);
  return path;
}

/** A name such as `Adapter Studio backup 2026-11-25 14-05`, with a number appended if that is taken. */
export function freeFolder(place: string, words: string, nowMs: number): string {
  // A hyphen, since what follows a full stop would be taken for a file extension.
  return freePath(place, `${words} ${localTime(nowMs).replace('T', ' ').replace(':', '-')}`);
}

function isStudio(path: string): boolean {
  // Opened in place, a backup would stop being one.
  return existsSync(join(path, 'studio.sqlite')) && !existsSync(join(path, manifestName));
}

/** The subfolders, none if the folder may not be read. */
async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}

function idOf(path: string): string {
  return hash('sha256', path).slice(0, 16);
}

function distinct(paths: readonly string[]): string[] {
  return [...new Set(paths)].filter((path) => basename(path) !== '');
}
