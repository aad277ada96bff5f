import type { Dataset } from '../../src-contract/dataset.ts';
import type { HubTable } from '../../src-contract/hub-dataset.ts';
import { paths } from '../paths.ts';
import { forgetDraft } from '../ui/draft.ts';
import { HubDatasetsState } from './hub-datasets-state.svelte.ts';
import { ImportState, isBusy } from './import-state.svelte.ts';

/** A table to import: a file to send, one that the studio was opened with, a built-in sample, or one of the hub. */
export type ChosenTable =
  | File
  | { readonly fileId: string; readonly name: string }
  | { readonly sample: string; readonly name: string }
  | { readonly hub: HubTable; readonly name: string };

/** The outcome of a table, when the import page does not show it. */
export type ImportNews =
  | { readonly kind: 'waits' | 'read'; readonly name: string }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Its result has a page of its own. Announced even if it is seen: the window may be hidden. */
  | { readonly kind: 'imported'; readonly dataset: Dataset; readonly isSeen: boolean };

/**
 * The import of this window. Sending, reading or importing continues while other pages are visited; it ends with the
 * window. Tables that arrive meanwhile are queued.
 */
export class Imports {
  #work = $state.raw(new ImportState());
  #table = $state.raw<ChosenTable | undefined>();
  #waiting = $state.raw<readonly ChosenTable[]>([]);
  /** A table was read while another page was open, and nobody has seen it yet. */
  #isUnseen = $state(false);
  /** What is looked for on the Hugging Face hub, kept until a table was read: its download may be tried again. */
  readonly hub = new HubDatasetsState();
  readonly #isShown: () => boolean;
  /** Called with news for the person. */
  tell: (news: ImportNews) => void = () => {};

  /** `isShown`: whether the address is that of the import page. */
  constructor(isShown = () => location.hash.startsWith(paths.importDataset())) {
    this.#isShown = isShown;
  }

  get work(): ImportState {
    return this.#work;
  }

  /** Names of the tables in the queue. */
  get waiting(): readonly string[] {
    return this.#waiting.map(({ name }) => name);
  }

  get isUnseen(): boolean {
    return this.#isUnseen;
  }

  get isBusy(): boolean {
    return isBusy(this.#work.stage);
  }

  /** The table that is being sent, read or imported, or has been read and not yet seen. */
  get underway(): string | undefined {
    return this.isBusy || this.#isUnseen ? this.#table?.name : undefined;
  }

  /**
   * The page is on screen until the returned function is called. A table that is being decided on stays for when the
   * person comes back, unless another one waits.
   */
  see(): () => void {
    this.#isUnseen = false;
    return () => {
      const isKept = this.#work.stage.kind === 'decide' && this.#waiting.length === 0;
      if (!this.isBusy && !isKept) this.#renew();
    };
  }

  async bring(table: ChosenTable): Promise<void> {
    if (this.isBusy || this.#isUnseen || this.#waiting.length > 0) {
      this.#waiting = [...this.#waiting, table];
      this.tell({ kind: 'waits', name: table.name });
    } else await this.#begin(table);
  }

  async import(): Promise<void> {
    await this.#follow((work) => work.import());
  }

  /** Cancels the work in progress, as `ImportState.cancel`; the queue then continues. */
  cancel(): void {
    this.#work.cancel();
    if (this.#work.stage.kind === 'choose') this.#renew();
  }

  /** Back to the choice of a table, or on to the next one; work in progress or not yet seen stays. */
  startOver(): void {
    if (!this.isBusy && !this.#isUnseen) this.#renew();
  }

  /** Clears the queue. */
  forgetWaiting(): void {
    this.#waiting = [];
  }

  async #begin(table: ChosenTable): Promise<void> {
    this.#table = table;
    this.#work.startOver();
    await this.#follow((work) => {
      if (table instanceof File) return work.chooseFile(table);
      if ('hub' in table) return work.chooseFromHub(table.hub, table.name);
      return 'sample' in table ? work.chooseSample(table.sample, table.name) : work.chooseOpened(table);
    });
  }

  async #follow(doing: (work: ImportState) => Promise<void>): Promise<void> {
    const work = this.#work;
    await doing(work);
    // Cancelled, and another one has started.
    if (this.#work !== work) return;
    const { stage, error } = work;
    if (stage.kind === 'decide') this.hub.clear();
    const isSeen = this.#isShown();
    if (stage.kind === 'finished') {
      // The page may have been left, and says what was decided as long as a reload could undo it.
      forgetDraft('import');
      this.tell({ kind: 'imported', dataset: stage.result.dataset, isSeen });
    }
    // The next table would replace what the page says about this one.
    else if (error !== undefined && (!isSeen || this.#waiting.length > 0)) this.tell({ kind: 'failed', error });
    else if (stage.kind === 'decide' && !isSeen)
      this.tell({ kind: 'read', name: work.inspection?.file.name ?? work.name });
    if (stage.kind === 'decide') this.#isUnseen = !isSeen;
    else if (!isSeen || (stage.kind === 'choose' && this.#waiting.length > 0)) this.#renew();
  }

  #renew(): void {
    this.#work.close();
    this.#work = new ImportState();
    const [next, ...others] = this.#waiting;
    if (next === undefined) return;
    this.#waiting = others;
    void this.#begin(next);
  }
}

/** One per window. */
export const imports = new Imports();
