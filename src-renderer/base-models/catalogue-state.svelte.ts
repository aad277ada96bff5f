import type { BaseModel, CatalogueModel, DownloadEvent } from '../../src-contract/base-model.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';

/** Of the Hugging Face hub, and not in the catalogue's file, where each has a word on what it is good for. */
export function isOfHub({ goodFor }: CatalogueModel): boolean {
  return goodFor === undefined;
}

/** The catalogue's entries, and the state of downloads while the page is open. Downloads continue without it. */
export class CatalogueState {
  readonly entries = new Loaded(() => client.baseModels.catalogue());
  #latest = $state.raw<Readonly<Record<string, DownloadEvent>>>({});
  #failures = $state.raw<Readonly<Record<string, unknown>>>({});
  readonly #watched = new Set<string>();
  #leaving: AbortSignal | undefined;

  follow(signal: AbortSignal): void {
    this.#leaving = signal;
    followChanges(['base-model'], () => void this.#load(), signal);
  }

  /** The catalogue entry of an installed model. */
  entryOf({ id }: BaseModel): CatalogueModel | undefined {
    return this.entries.value?.find(({ state }) => state.kind === 'installed' && state.baseModelId === id);
  }

  /** A download's last event; undefined if none is in progress. */
  latest(id: string): DownloadEvent | undefined {
    return this.#latest[id];
  }

  /** Why the last attempt failed. */
  failure(id: string): unknown {
    return this.#failures[id];
  }

  async download(entry: CatalogueModel): Promise<void> {
    this.#fail(entry.id, undefined);
    try {
      await client.baseModels.download({ id: entry.id });
      await this.#load();
    } catch (error) {
      this.#fail(entry.id, error);
    }
  }

  async stop(entry: CatalogueModel, { discard }: { discard: boolean }): Promise<void> {
    try {
      await client.baseModels.stopDownload({ id: entry.id, discard });
    } catch (error) {
      this.#fail(entry.id, error);
    }
    await this.#load();
  }

  async #load(): Promise<void> {
    await this.entries.load();
    for (const { id, state } of this.entries.value ?? []) if (state.kind === 'downloading') void this.#watch(id);
  }

  async #watch(id: string): Promise<void> {
    if (this.#watched.has(id)) return;
    this.#watched.add(id);
    try {
      for await (const event of await client.baseModels.watchDownload({ id }, { signal: this.#leaving })) {
        this.#latest = { ...this.#latest, [id]: event };
      }
    } catch (error) {
      if (!this.#leaving?.aborted) this.#fail(id, error);
    }
    this.#watched.delete(id);
    const { [id]: _, ...others } = this.#latest;
    this.#latest = others;
    if (!this.#leaving?.aborted) await this.entries.load();
  }

  #fail(id: string, error: unknown): void {
    this.#failures = { ...this.#failures, [id]: error };
  }
}
