import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangedDataset, Split } from '../../../src-contract/dataset.ts';
import type { ChangeDetail, ChangeKind, RowContent } from '../../../src-contract/dataset-version.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import type { DatasetStore } from '../dataset-store.ts';
import { TimeSlices } from '../time-slices.ts';
import { VersionChange } from './version-change-store.ts';

/** What a change does to the rows; it may yield wherever the event loop should get a turn. */
export type ChangeWork = (change: VersionChange) => AsyncIterable<unknown> | Iterable<unknown>;

/** Files that belong to the rows: they are put once nothing else can change the dataset, and put back if that fails. */
export interface FilesOfChange {
  put(headVersion: number): Promise<void>;
  putBack(): Promise<void>;
}

/**
 * Changes datasets, one change at a time per dataset. Every change makes a new version; earlier versions are kept for
 * the runs that pinned them.
 */
export class DatasetChanges {
  readonly #store: DatasetStore;
  readonly #now: () => number;
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(store: DatasetStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * Returns the dataset after the change; there is no new version if nothing changed. `version` is the one that the
   * person saw: throws DATASET_CHANGED if it is no longer the newest.
   */
  apply(
    about: {
      id: string;
      version?: number | undefined;
      kind: ChangeKind;
      detail?: ChangeDetail;
      files?: FilesOfChange;
    },
    work: ChangeWork,
    signal?: AbortSignal,
  ): Promise<ChangedDataset> {
    return this.#inTurn(about, async (change) => {
      const { kind, detail = {}, files } = about;
      const slices = new TimeSlices(signal);
      try {
        await files?.put(change.headVersion);
        for await (const _ of work(change)) if (slices.isOver) await slices.rest();
        signal?.throwIfAborted();
        return await change.commit(kind, detail, this.#now(), signal);
      } catch (error) {
        await files?.putBack();
        throw error;
      }
    });
  }

  /** Does something to a dataset's files while nothing else changes it. */
  async withoutChange(id: string, work: () => Promise<void>): Promise<ChangedDataset> {
    return await this.#inTurn({ id }, async () => {
      await work();
      return undefined;
    });
  }

  edit(id: string, row: { position: number; content: Partial<RowContent>; version?: number | undefined }) {
    const { position, content, version } = row;
    return this.apply({ id, version, kind: 'edit', detail: { position } }, (change) => [
      change.edit(position, content),
    ]);
  }

  add(id: string, row: { content: RowContent; split: Split; version?: number | undefined }): Promise<ChangedDataset> {
    const { content, split, version } = row;
    return this.apply({ id, version, kind: 'add' }, (change) => [change.add(content, split)]);
  }

  remove(id: string, positions: readonly number[], version?: number): Promise<ChangedDataset> {
    return this.apply({ id, version, kind: 'delete' }, function* (change) {
      for (const position of positions) yield change.remove(position);
    });
  }

  moveTo(id: string, positions: readonly number[], split: Split): Promise<ChangedDataset> {
    return this.apply({ id, kind: 'splits' }, function* (change) {
      for (const position of positions) yield change.move(position, split);
    });
  }

  /** An empty text removes the note. It makes no version, but is written to the same file as those. */
  async note(id: string, { position, text }: { position: number; text: string }): Promise<void> {
    await this.#inTurn({ id }, (change) => {
      change.note(position, text, this.#now());
      return undefined;
    });
  }

  /**
   * Brings back the rows of an earlier version; a no-op if there is nothing to undo or redo. `version` is the one that
   * the person saw, as for `apply`, so that an undo of it cannot revert another change.
   */
  bringBack(id: string, to: 'undo' | 'redo' | { version: number }, version?: number): Promise<ChangedDataset> {
    return this.#inTurn({ id, version }, (change) => change.bringBack(to, this.#now()));
  }

  #inTurn(
    { id, version }: { id: string; version?: number | undefined },
    work: (change: VersionChange) => number | undefined | Promise<number | undefined>,
  ): Promise<ChangedDataset> {
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(async () => {
      // An import's last step may be a change.
      const { name: dataset } = this.#store.undeleted(id);
      // For the figures of the change, when a full disk may have no room for what opening the file takes.
      this.#store.rows(id);
      const change = await beginChange(this.#store.rowsFile(id), dataset);
      let made: number | undefined;
      try {
        if (version !== undefined && version !== change.headVersion) {
          throw new StudioError('DATASET_CHANGED', { dataset });
        }
        made = await work(change);
      } finally {
        change.rollback();
      }
      return { ...this.#store.refresh(id), made: made ?? null };
    });
    const settled = turn.catch(() => undefined);
    this.#turns.set(id, settled);
    void settled.then(() => this.#turns.get(id) === settled && this.#turns.delete(id));
    return turn;
  }
}

/**
 * Waits a while for another process that is changing the dataset, without blocking the event loop. Throws
 * DATASET_IN_USE.
 */
async function beginChange(file: string, dataset: string): Promise<VersionChange> {
  for (const until = performance.now() + patienceMs; ; await sleep(againMs)) {
    try {
      return new VersionChange(file, dataset);
    } catch (error) {
      const isInUse = error instanceof StudioError && error.code === 'DATASET_IN_USE';
      if (!isInUse || performance.now() > until) throw error;
    }
  }
}

const [patienceMs, againMs] = [5_000, 100];
