import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChangedDataset, Dataset, UnwrittenRow } from '../../../src-contract/dataset.ts';
import type { WriteRowInput } from '../../../src-contract/dataset-version.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { lacksSchema } from '../../../src-contract/task.ts';
import type { DatasetStore } from '../dataset-store.ts';
import type { KeptRejection, RowStore } from '../rows/row-store.ts';
import { splitKey, splitOf } from '../splits/split.ts';
import { knownHomes, UnitSplits, unitOf } from '../splits/unit-splits.ts';
import type { DatasetChanges } from '../versions/change-dataset.ts';
import { namedAsIn, resolveMapping, targetFieldOf } from './column-mapping.ts';
import { rejectColumns } from './reject-file.ts';
import { rowMapper } from './row-mapper.ts';
import { typedRow } from './typed-row.ts';

/**
 * The rows of an imported file that lack only their target, such as documents without a summary. They become rows of the
 * dataset one by one, when a person writes a target or confirms a model's draft of one.
 */
export class UnwrittenRows {
  readonly #store: DatasetStore;
  readonly #dataset: Dataset;
  readonly #rejectFile: string;

  constructor(store: DatasetStore, dataset: Dataset, rejectFile: string) {
    this.#store = store;
    this.#dataset = dataset;
    this.#rejectFile = rejectFile;
  }

  /** Their numbers among the rejected rows, without those that have been written since. */
  async list(signal?: AbortSignal): Promise<number[]> {
    const stored = this.#stored;
    const count = stored.countRejections();
    const found: number[] = [];
    let read: ReadRow | undefined;
    let written: ReadonlySet<string> | undefined;
    for (let from = 0; from < count; from += rowsAtOnce) {
      for (const kept of [...stored.rejectedCells(from, rowsAtOnce)]) {
        if (kept.code !== lacksTarget) continue;
        read ??= await this.#reader();
        written ??= this.#laterContexts();
        const row = read(kept);
        if (row !== undefined && !written.has(row.context)) found.push(row.number);
      }
      await nextTurn();
      signal?.throwIfAborted();
    }
    return found;
  }

  /** Throws DATASET_CHANGED for a row that has been written, or is none of these. */
  async row(number: number): Promise<UnwrittenRow> {
    const [kept] = this.#stored.rejectedCells(number, 1);
    const row = kept?.code === lacksTarget ? (await this.#reader())(kept) : undefined;
    if (row === undefined) throw this.#changed();
    this.#requireUnwritten(row.context);
    return row;
  }

  /**
   * Makes it a row of the dataset's next version, in the split of the rows that it belongs with. Throws as `row` does,
   * and OPTION_INVALID for a blank target.
   */
  async write(
    { number, target, draft }: Omit<WriteRowInput, 'id'>,
    changes: DatasetChanges,
    signal?: AbortSignal,
  ): Promise<ChangedDataset> {
    const { context, group, database } = await this.row(number);
    const content = typedRow({ context, target, group, database });
    const { id } = this.#dataset;
    const [stored, seed] = [this.#stored, this.#store.seedOf(id)];
    const unit = unitOf(content);
    const requireUnwritten = () => this.#requireUnwritten(context);
    return changes.apply(
      { id, kind: 'add', detail: draft === undefined ? {} : { draft } },
      function* (change) {
        // It may have been written while this waited for its turn.
        requireUnwritten();
        const homes = new UnitSplits();
        homes.expect(unit);
        yield* knownHomes(stored, change.headVersion, homes);
        change.add(content, homes.get(unit) ?? splitOf(splitKey(content), seed));
      },
      signal,
    );
  }

  #requireUnwritten(context: string): void {
    if (this.#laterContexts().has(context)) throw this.#changed();
  }

  #changed(): StudioError {
    return new StudioError('DATASET_CHANGED', { dataset: this.#dataset.name });
  }

  get #stored(): RowStore {
    return this.#store.rows(this.#dataset.id);
  }

  async #reader(): Promise<ReadRow> {
    const { task, mapping, sourceName } = this.#dataset;
    // Their contexts are written from databases.
    if (lacksSchema(task, mapping)) return () => undefined;
    const columns = await rejectColumns(this.#rejectFile);
    const resolved = resolveMapping({ task, columns, chosen: mapping, file: sourceName });
    const targetPlace = resolved.places.get(targetFieldOf(resolved)) ?? -1;
    const mapRow = rowMapper(namedAsIn(mapping, resolved), 'utf-8');
    return ({ number, line, data, cells }) => {
      // With any text as its target, it reads as it will with its own.
      const row = mapRow({ line, cells: cells.map((cell, place) => (place === targetPlace ? 'x' : cell)) });
      if (row.kind === 'rejected') return undefined;
      const { context, group, database } = row;
      return { number, line, part: data.part === undefined ? null : String(data.part), context, group, database };
    };
  }

  /** Of all rows that have come since the import. */
  #laterContexts(): Set<string> {
    const stored = this.#stored;
    const imported = stored.version(1)?.rows ?? 0;
    const later = Array.from({ length: stored.numberEnd() - imported }, (_, place) => imported + place);
    return new Set(stored.byNumbers(stored.head().version, later).map(({ context }) => context));
  }
}

type ReadRow = (kept: KeptRejection) => UnwrittenRow | undefined;

const lacksTarget = 'ROW_TARGET_EMPTY';

/** A document may be as long as a row can be. */
const rowsAtOnce = 20;
