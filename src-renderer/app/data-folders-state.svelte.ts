import { type DataFolders, folderNameSchema } from '../../src-contract/data-folder.ts';
import { freeName } from '../../src-contract/name.ts';
import type { BackupEvent } from '../../src-contract/studio.ts';
import { client, connection } from '../client.ts';
import { Loaded } from '../ui/loaded.svelte.ts';

export type FolderAction = 'backUp' | 'restore' | 'open' | 'move';

export type FolderStage =
  | { readonly kind: 'choosing' }
  | { readonly kind: 'working'; readonly done: number; readonly total: number }
  | { readonly kind: 'opening' }
  | { readonly kind: 'done'; readonly event: Extract<BackupEvent, { kind: 'finished' }> };

/** One action on the data folder, from the choices to its outcome. */
export class DataFoldersState {
  readonly folders = new Loaded<DataFolders>(() => client.dataFolders.list());
  action = $state<FolderAction>('backUp');
  stage = $state.raw<FolderStage>({ kind: 'choosing' });
  error = $state.raw<unknown>(undefined);
  /** Id of a studio or a backup; empty for a new folder. */
  chosen = $state('');
  placeId = $state('');
  name = $state('');
  /**
   * Whether the lists to choose from are current: old lists are no longer true, and loading new ones resets what was
   * chosen.
   */
  isListed = $state(false);
  #working: AbortController | undefined;

  get isNameRight(): boolean {
    return folderNameSchema.safeParse(this.name).success;
  }

  get needsName(): boolean {
    return this.action === 'move' || (this.action === 'open' && this.chosen === '');
  }

  get place(): DataFolders['places'][number] | undefined {
    return this.folders.value?.places.find(({ id }) => id === this.placeId);
  }

  async begin(action: FolderAction, name: string): Promise<void> {
    this.action = action;
    this.stage = { kind: 'choosing' };
    this.error = undefined;
    this.name = name;
    await this.list();
    const taken = this.folders.value?.studios.map(({ path }) => path.split(/[\\/]/).at(-1)) ?? [];
    // Whatever place they are in.
    this.name = freeName(name, (each) => taken.includes(each));
  }

  /** Fetches the choices and selects the first. */
  async list(): Promise<void> {
    this.isListed = false;
    await this.folders.load();
    const { studios, backups, places } = this.folders.value ?? { studios: [], backups: [], places: [] };
    this.placeId = places[0]?.id ?? '';
    const other = studios.find(({ isOpen }) => !isOpen);
    this.chosen = this.action === 'restore' ? (backups[0]?.id ?? '') : (other?.id ?? '');
    this.isListed = this.folders.error === undefined;
  }

  /** Opens the system's dialog and selects what was chosen there. */
  async choosePlace(): Promise<void> {
    try {
      const folder = await client.dataFolders.choose();
      if (folder === null) return;
      await this.folders.load();
      const isIn = (list: readonly { id: string }[] = []) => list.some(({ id }) => id === folder.id);
      const { studios, backups } = this.folders.value ?? {};
      if (this.action === 'restore' && isIn(backups)) this.chosen = folder.id;
      else if (this.action === 'open' && isIn(studios)) this.chosen = folder.id;
      else this.placeId = folder.id;
    } catch (error) {
      this.error = error;
    }
  }

  async start(): Promise<void> {
    this.error = undefined;
    this.#working = new AbortController();
    const { signal } = this.#working;
    const before = openPath(this.folders.value);
    try {
      if (this.action === 'backUp')
        return await this.#follow(await client.dataFolders.backUp({ placeId: this.placeId }, { signal }));
      const lost = await this.#change(signal);
      this.stage = { kind: 'opening' };
      await reopened();
      const now = await client.dataFolders.list();
      if (now.failure !== null) throw now.failure;
      if (lost !== undefined && openPath(now) === before) throw lost;
      // After a move the page still shows the same things, and the settings the new place.
      if (this.action !== 'move') location.hash = '#/';
      location.reload();
    } catch (error) {
      if (!signal.aborted) this.error = error;
      this.stage = { kind: 'choosing' };
    }
  }

  /**
   * Returns the error if the connection was lost before the answer was here: the studio closes the folder shortly after
   * it has answered, which a slow page may learn first. What is open afterwards says what has become of it.
   */
  async #change(signal: AbortSignal): Promise<unknown> {
    const { placeId, chosen, name } = this;
    try {
      if (this.action === 'restore')
        await this.#follow(await client.dataFolders.restore({ backupId: chosen, placeId }, { signal }));
      else if (this.action === 'move') await this.#follow(await client.dataFolders.move({ placeId, name }, { signal }));
      else if (chosen === '') await client.dataFolders.create({ placeId, name });
      else await client.dataFolders.open({ id: chosen });
      return undefined;
    } catch (error) {
      if (signal.aborted || connection.current === 'open') throw error;
      return error;
    }
  }

  cancel(): void {
    this.#working?.abort();
  }

  async #follow(events: AsyncIterable<BackupEvent>): Promise<void> {
    this.stage = { kind: 'working', done: 0, total: 0 };
    for await (const event of events) {
      if (event.kind === 'progress') this.stage = { kind: 'working', done: event.done, total: event.total };
      else this.stage = { kind: 'done', event };
    }
  }
}

function openPath(folders: DataFolders | undefined): string | undefined {
  return folders?.studios.find(({ isOpen }) => isOpen)?.path;
}

/** Resolves when the connection was lost and is back. */
function reopened(): Promise<void> {
  return new Promise((resolve) => {
    let wasLost = false;
    const unsubscribe = connection.subscribe((state) => {
      if (state !== 'open') wasLost = true;
      else if (wasLost) queueMicrotask(finish);
    });

    function finish(): void {
      unsubscribe();
      resolve();
    }
  });
}
