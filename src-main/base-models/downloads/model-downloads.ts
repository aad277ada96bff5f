import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BaseModel,
  type CatalogueEntry,
  type CatalogueModel,
  catalogueEntrySchema,
  type DownloadEvent,
} from '../../../src-contract/base-model.ts';
import type { DownloadProgress } from '../../../src-contract/download-progress.ts';
import { readNote, writeNote } from '../../files/note.ts';
import { type Claimant, claimFolder } from '../../hub/claimed-folder.ts';
import { progressEveryMs, Speed } from '../../hub/speed.ts';
import { bytesLeft, downloadModel, type FetchOptions } from './download-model.ts';

type Options = Pick<FetchOptions, 'from' | 'keepInCache'>;
type BringIn = (
  entry: CatalogueEntry,
  path: string,
  options: { take: boolean; signal: AbortSignal },
) => Promise<BaseModel>;

/**
 * Downloads that continue whether or not anybody watches. Their state is on the disk: one interrupted by a person, or
 * with the whole studio, is resumed from what it left. The files of each are in a folder of its own until they become a
 * base model, with its entry if no catalogue has that.
 */
export class ModelDownloads {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #process: Claimant;
  readonly #modelFolder: () => string;
  readonly #bringIn: BringIn;
  readonly #changed: () => void;
  readonly #active = new Map<string, Active>();
  /** The last work begun in each model's folder: the next begins when it has ended. */
  readonly #last = new Map<string, Promise<void>>();

  constructor(options: {
    folder: string;
    environment: NodeJS.ProcessEnv;
    process: Claimant;
    /** Where models fetched by other programs are looked for. */
    modelFolder: () => string;
    /** Makes a base model of the fetched files. */
    bringIn: BringIn;
    changed: () => void;
  }) {
    this.#folder = options.folder;
    this.#environment = options.environment;
    this.#process = options.process;
    this.#modelFolder = options.modelFolder;
    this.#bringIn = options.bringIn;
    this.#changed = options.changed;
  }

  /** Starts a download; no-op if it is under way already. If it is just being stopped, the new one follows. */
  start(entry: CatalogueEntry, options: Options): void {
    const before = this.#active.get(entry.id);
    if (before?.isOver === false && !before.abort.signal.aborted) return;
    const active = new Active(entry);
    this.#active.set(entry.id, active);
    this.#changed();
    void this.#after(entry.id, () =>
      this.#run(entry, options, active)
        .then(
          () => active.end(undefined),
          (error: unknown) => active.end({ error }),
        )
        .then(this.#changed),
    );
  }

  /**
   * Replays all events but the progress, then yields new ones to the end. Throws the failure of a download that failed.
   */
  async *watch(id: string, signal: AbortSignal | undefined): AsyncGenerator<DownloadEvent> {
    const active = this.#active.get(id);
    if (active === undefined) return;
    let seen = 0;
    for (let shown: DownloadEvent | undefined; !signal?.aborted; ) {
      const { told, standing, isOver } = active;
      const event = told[seen] ?? (standing === shown ? undefined : standing);
      if (event !== undefined) {
        if (event === told[seen]) seen++;
        else shown = event;
        yield event;
        continue;
      }
      if (isOver) {
        if (active.failure !== undefined) throw active.failure.error;
        return;
      }
      await active.nextChange(signal);
    }
  }

  /** Throws WORK_ELSEWHERE when something is to be discarded while another process is fetching it. */
  async stop(entry: CatalogueEntry, { discard }: { discard: boolean }): Promise<void> {
    const active = this.#active.get(entry.id);
    active?.abort.abort();
    await this.#after(entry.id, async () => {
      if (!discard) return;
      const folder = this.#folderOf(entry);
      const letGo = await claimFolder(folder, this.#process);
      await rm(folder, { recursive: true, force: true }).finally(letGo);
    });
    // Another may have been started meanwhile.
    if (this.#active.get(entry.id) === active) this.#active.delete(entry.id);
    this.#changed();
  }

  async stateOf(entry: CatalogueEntry): Promise<Exclude<CatalogueModel['state'], { kind: 'installed' }>> {
    const active = this.#active.get(entry.id);
    if (active !== undefined && !active.isOver) return { ...active.progress, kind: 'downloading' };
    const folder = this.#folderOf(entry);
    const bytesDone = await bytesLeft(folder);
    const isBegun = bytesDone > 0 || (await readEntry(folder)) !== undefined;
    return isBegun ? { kind: 'partial', bytesDone } : { kind: 'absent' };
  }

  /** The models of the hub whose download has begun and is not done. */
  async begunOnHub(): Promise<CatalogueEntry[]> {
    const active = [...this.#active.values()].filter(({ entry, isOver }) => isOfHub(entry) && !isOver);
    const folders = (await readdir(this.#folder).catch(() => [])).filter((name) => name.startsWith(hubPrefix));
    const left = await Promise.all(folders.map((name) => readEntry(join(this.#folder, name))));
    const entries = [...active.map(({ entry }) => entry), ...left.filter((entry) => entry !== undefined)];
    return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
  }

  /** Stops all; what has arrived stays. */
  async close(): Promise<void> {
    for (const { abort } of this.#active.values()) abort.abort();
    await Promise.all(this.#last.values());
  }

  /** The id of a model of the hub is no name for a folder. */
  #folderOf(entry: CatalogueEntry): string {
    const name = isOfHub(entry) ? `${hubPrefix}${hash('sha256', entry.id).slice(0, 16)}` : entry.id;
    return join(this.#folder, name);
  }

  #after(id: string, work: () => Promise<void>): Promise<void> {
    const done = (this.#last.get(id) ?? Promise.resolve()).then(work);
    this.#last.set(
      id,
      done.catch(() => undefined),
    );
    return done;
  }

  async #run(entry: CatalogueEntry, options: Options, active: Active): Promise<void> {
    const folder = this.#folderOf(entry);
    const { signal } = active.abort;
    const speed = new Speed();
    let letGo: (() => void) | undefined;
    try {
      letGo = await claimFolder(folder, this.#process);
      if (isOfHub(entry)) await writeNote(join(folder, entryName), entry);
      const from = { ...options, environment: this.#environment, modelFolder: this.#modelFolder() };
      for await (const event of downloadModel(entry, folder, from, signal)) {
        switch (event.kind) {
          case 'bytes':
            active.tellBytes(event.bytesDone, speed);
            break;
          case 'fetched': {
            active.tell({ kind: 'checking' });
            const baseModel = await this.#bringIn(entry, event.path, { take: event.isOurs, signal });
            // First, so that what a kill leaves of the rest is known to be of no use.
            await rm(join(folder, entryName), { force: true });
            await rm(folder, { recursive: true, force: true });
            active.tell({ kind: 'finished', baseModel });
            break;
          }
          case 'started':
            speed.restart();
            active.progress = { bytesDone: 0, bytesTotal: event.bytesTotal, bytesPerSecond: null, secondsLeft: null };
            active.tell(event);
            break;
          case 'passed-over':
            active.tell(event);
            break;
          default:
            event satisfies never;
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      active.tell({ kind: 'stopped' });
    } finally {
      letGo?.();
    }
  }
}

/** Where in a data folder they are. */
export function modelDownloadsFolder(dataDir: string): string {
  return join(dataDir, 'model-downloads');
}

/**
 * Removes what is left of finished downloads whose process was killed while it removed them: those that are not done have
 * their entry. To be called only when no other process is running.
 */
export async function clearModelDownloads(downloadsFolder: string): Promise<void> {
  for (const name of await readdir(downloadsFolder).catch(() => [])) {
    const folder = join(downloadsFolder, name);
    if (hubFolder.test(name) && !existsSync(join(folder, entryName)))
      await rm(folder, { recursive: true, force: true });
  }
}

const entryName = 'entry.json';
const hubPrefix = 'hub-';
const hubFolder = /^hub-[0-9a-f]{16}$/;

/** Named by its repository, whereas an id of the catalogue is a single word. */
function isOfHub({ id }: CatalogueEntry): boolean {
  return id.includes('/');
}

function readEntry(folder: string): Promise<CatalogueEntry | undefined> {
  return readNote(join(folder, entryName), catalogueEntrySchema).catch(() => undefined);
}

class Active {
  readonly entry: CatalogueEntry;
  readonly abort = new AbortController();
  progress: DownloadProgress = { bytesDone: 0, bytesTotal: 0, bytesPerSecond: null, secondsLeft: null };
  readonly told: DownloadEvent[] = [];
  /** The latest progress; cleared by any other event. */
  standing: DownloadEvent | undefined;
  failure: { error: unknown } | undefined;
  isOver = false;
  #change = Promise.withResolvers<void>();
  #toldMs = 0;

  constructor(entry: CatalogueEntry) {
    this.entry = entry;
  }

  async nextChange(signal: AbortSignal | undefined): Promise<void> {
    const left = Promise.withResolvers<void>();
    const leave = () => left.resolve();
    signal?.addEventListener('abort', leave);
    await Promise.race([this.#change.promise, left.promise]);
    signal?.removeEventListener('abort', leave);
  }

  tell(event: DownloadEvent): void {
    this.standing = undefined;
    this.told.push(event);
    this.#wake();
  }

  tellBytes(bytesDone: number, speed: Speed): void {
    const now = performance.now();
    this.progress = speed.progress(bytesDone, this.progress.bytesTotal, now);
    if (now - this.#toldMs < progressEveryMs && bytesDone < this.progress.bytesTotal) return;
    this.#toldMs = now;
    this.standing = { kind: 'progress', ...this.progress };
    this.#wake();
  }

  end(failure: { error: unknown } | undefined): void {
    this.failure = failure;
    this.isOver = true;
    this.#wake();
  }

  #wake(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }
}
