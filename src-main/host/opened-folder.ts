import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { makeDataFolder } from '../app.ts';
import { usualDataFolder } from './usual-data-folder.ts';
import { writeWhole } from './whole-file.ts';

const rememberedSchema = z.object({ opened: z.string(), known: z.array(z.string()) });
const fileName = 'opened-folder.json';
const mostKnown = 20;

/** Remembers, in the usual data folder, which folder a person has opened instead, and which ones before. */
export class OpenedFolder {
  readonly #usual: string;

  constructor(usual = usualDataFolder()) {
    this.#usual = usual;
  }

  /** The data folder to start with: the one opened last if it still exists, else the usual one. */
  get start(): string {
    const opened = this.#read()?.opened;
    return opened !== undefined && existsSync(opened) ? opened : this.#usual;
  }

  get known(): readonly string[] {
    return [this.#usual, ...(this.#read()?.known ?? [])];
  }

  /** Throws DATA_FOLDER_UNUSABLE, DISK_FULL. */
  remember(folder: string): void {
    const known = [folder, ...(this.#read()?.known ?? []).filter((path) => path !== folder)].slice(0, mostKnown);
    makeDataFolder(this.#usual);
    writeWhole(path.join(this.#usual, fileName), JSON.stringify({ opened: folder, known }));
  }

  /** Lets a folder be moved back to where it was, although `remember` may have made the usual folder anew meanwhile. */
  makeWay(before: string): void {
    if (before !== this.#usual || !existsSync(before)) return;
    rmSync(path.join(before, fileName), { force: true });
    rmdirSync(before);
  }

  #read(): z.infer<typeof rememberedSchema> | undefined {
    try {
      return rememberedSchema.parse(JSON.parse(readFileSync(path.join(this.#usual, fileName), 'utf8')));
    } catch {
      // Missing or damaged: use the usual folder.
      return undefined;
    }
  }
}

/** Where a person keeps files: their home folder and its document folders, and removable drives. */
export function personalPlaces(home = homedir(), platform: NodeJS.Platform = process.platform): string[] {
  const mounts = { linux: ['/media', '/mnt', `/run/media/${path.basename(home)}`], darwin: ['/Volumes'] }[
    platform as string
  ];
  const drives = platform === 'win32' ? ['D', 'E', 'F', 'G'].map((letter) => `${letter}:\\`) : [];
  return [
    ...[path.join(home, 'Documents'), path.join(home, '문서'), home, ...drives].filter((place) => existsSync(place)),
    ...(mounts ?? []).flatMap(foldersIn),
  ];
}

function foldersIn(place: string): string[] {
  try {
    return readdirSync(place)
      .map((name) => path.join(place, name))
      .filter((folder) => statSync(folder).isDirectory());
  } catch {
    return [];
  }
}
