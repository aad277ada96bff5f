import { existsSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { makeDataFolder } from '../app.ts';
import { writeOwnWholeSync } from '../files/write-whole.ts';
import { readChoice } from './read-choice.ts';
import { usualDataFolder } from './usual-data-folder.ts';

const rememberedSchema = z.object({ opened: z.string(), known: z.array(z.string()) });
const fileName = 'opened-folder.json';
const moveSchema = z.object({ from: z.string(), to: z.string() });
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
    return opened !== undefined && existsSync(opened) ? opened : (this.#moved() ?? this.#usual);
  }

  get known(): readonly string[] {
    return [this.#usual, ...(this.#read()?.known ?? [])];
  }

  /** Throws DATA_FOLDER_UNUSABLE, DISK_FULL. */
  remember(folder: string): void {
    this.#write(folder, folder);
    this.forgetMove();
  }

  /**
   * Lists a folder that is yet to be opened, to which everything has been copied: if the process is killed meanwhile, the
   * studio goes on with the one before, and the copy is offered in its settings. Throws as `remember` does.
   */
  list(folder: string): void {
    this.#write(this.start, folder);
  }

  /**
   * Notes, before a folder is moved, where it will be: if the process is killed before it can be remembered, the next
   * start finds it all the same. Beside the usual folder, since that may be the one.
   */
  expectMove(from: string, to: string): void {
    // What is known by an earlier note only.
    if (this.#moved() === from) this.remember(from);
    makeDataFolder(path.dirname(this.#usual));
    writeFileSync(this.#moveNote, JSON.stringify({ from, to }), { flush: true });
  }

  forgetMove(): void {
    rmSync(this.#moveNote, { force: true });
  }

  /** Lets a folder be moved back to where it was, although `remember` may have made the usual folder anew meanwhile. */
  makeWay(before: string): void {
    if (before !== this.#usual || !existsSync(before)) return;
    rmSync(path.join(before, fileName), { force: true });
    rmdirSync(before);
  }

  get #moveNote(): string {
    return `${this.#usual}.moved.json`;
  }

  /** Where a folder has gone whose move could not be remembered. */
  #moved(): string | undefined {
    const move = readChoice(this.#moveNote, moveSchema);
    const isStudio = (folder: string) => existsSync(path.join(folder, 'studio.sqlite'));
    return move !== undefined && !isStudio(move.from) && isStudio(move.to) ? move.to : undefined;
  }

  #write(opened: string, newest: string): void {
    const known = [newest, ...(this.#read()?.known ?? []).filter((path) => path !== newest)].slice(0, mostKnown);
    makeDataFolder(this.#usual);
    writeOwnWholeSync(path.join(this.#usual, fileName), JSON.stringify({ opened, known }));
  }

  #read(): z.infer<typeof rememberedSchema> | undefined {
    return readChoice(path.join(this.#usual, fileName), rememberedSchema);
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
