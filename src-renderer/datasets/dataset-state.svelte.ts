import type {
  ChangedDataset,
  Dataset,
  Example,
  ListedRejection,
  RowFilter,
  ShownExample,
  Split,
} from '../../src-contract/dataset.ts';
import type { DatasetVersion, ExportFormat, RowContent } from '../../src-contract/dataset-version.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { type NumberedBy, numberedBy } from '../../src-contract/numbered-by.ts';
import { client } from '../client.ts';
import { errorText, isError } from '../i18n/error-text.ts';
import { followChanges } from '../ui/changes.ts';
import { piecesOf } from '../ui/exported-file.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { Paged } from '../ui/paged.svelte.ts';
import { textOf, withPart } from './cell-content.ts';
import { FindingsState } from './findings-state.svelte.ts';
import { TextChangedElsewhere, type TypedText } from './typed-text.ts';

/** Undoes only the change that returned it: throws DATASET_CHANGED once another has followed. */
export type TakeBack = () => Promise<void>;

/** Without `made` if there were no rows to change. */
type Changed = Dataset & Partial<Pick<ChangedDataset, 'made'>>;

/** A change that takes longer is announced. */
const slowMs = 1000;

/** One dataset: its facts, its filtered rows, its versions and findings, and the rejected rows. */
export class DatasetState {
  readonly id: string;
  readonly facts = new Loaded<Dataset>(() => client.datasets.get({ id: this.id }));
  readonly file = new Loaded(() => client.datasets.fileFacts({ id: this.id }));
  readonly databases = new Loaded(() => client.datasets.databases({ id: this.id }));
  readonly head = new Loaded(() => this.#newest());
  readonly notes = new Loaded(() => client.versions.notes({ id: this.id }));
  readonly rows = new Paged<ShownExample>(
    async (offset, limit) => {
      const filter = this.#filter;
      const { search, ...others } = filter;
      const { total, examples, isBounded, isSearching, indexed } = await client.datasets.rows({
        ...{ id: this.id, filter: { ...others, ...(search && { search: search.trim() }) }, offset, limit },
      });
      if (filter === this.#filter) {
        this.#isBounded = isBounded;
        this.#isSearching = isSearching;
        this.#indexed = indexed;
        if (isSearching) this.#lookFurther();
      }
      return { total, items: examples };
    },
    { lettersOf: ({ context, target }) => context.length + target.length },
  );
  readonly rejections = new Paged(async (offset, limit) => {
    const { total, rejections } = await client.datasets.rejections({ id: this.id, offset, limit });
    return { total, items: rejections };
  });
  readonly versions = new Paged(async (offset, limit) => {
    const { total, versions } = await client.versions.list({ id: this.id, offset, limit });
    return { total, items: versions };
  });
  readonly findings: FindingsState;
  #filter = $state.raw<RowFilter>({});
  /** True if there are, or may be, more rows than were counted. */
  #isBounded = $state(false);
  #isSearching = $state(false);
  #nextLook: ReturnType<typeof setTimeout> | undefined;
  #indexed = $state.raw({ done: 0, total: 0 });
  #range = { first: 0, end: 0 };
  /** The number of changes in progress, and whether one of them is slow. */
  #changes = $state(0);
  #isSlow = $state(false);
  /** Settles with the last change requested. */
  #turn: Promise<unknown> = Promise.resolve();
  /**
   * The open row, whole, as last read, and its index in the filtered list. It is identified by its id: rows before it
   * come and go, and one that no longer matches the filter stays open. Without `row` if it has not been fetched yet.
   */
  #chosen = $state.raw<{ readonly place: number; readonly row: ShownExample | undefined } | undefined>();
  /** The text last saved from this window, by row and field. */
  readonly #keptTexts = new Map<string, string>();
  #heldStill = false;
  #rereadIsDue = false;
  /** Leaving the page may itself make a change, whose outcome nobody sees. */
  #isLeft = false;

  constructor(id: string) {
    this.id = id;
    this.findings = new FindingsState(id);
  }

  get shown(): RowFilter {
    return this.#filter;
  }

  get filtered(): boolean {
    return Object.keys(this.#filter).length > 0;
  }

  get isBounded(): boolean {
    return this.#isBounded;
  }

  /** True while a search for more rows is in progress. */
  get isSearching(): boolean {
    return this.#isSearching;
  }

  /** The built share of the search index, from 0 to 1. */
  get indexShare(): number {
    return this.#indexed.total === 0 ? 1 : this.#indexed.done / this.#indexed.total;
  }

  /** True while a change is being made. */
  get working(): boolean {
    return this.#changes > 0;
  }

  /** True if a change is not made at once: it may be waiting for another one of this dataset. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** What is attached, null for nothing; undefined if it could not be fetched, since what is known is outdated. */
  get attachment(): string | null | undefined {
    const { value, error } = this.databases;
    return error === undefined ? (value?.[0]?.attachment ?? null) : undefined;
  }

  get canUndo(): boolean {
    return this.head.value?.undoTo != null;
  }

  get canRedo(): boolean {
    return this.head.value?.redoTo != null;
  }

  /** Index of the open row in the filtered list; undefined if it is no longer in it. */
  get selected(): number | undefined {
    return this.#selected;
  }

  set selected(place: number | undefined) {
    const row = place === undefined ? undefined : this.rows.at(place);
    this.#chosen = place === undefined ? undefined : { place, row: row?.isCut ? undefined : row };
  }

  readonly #selected = $derived.by(() => {
    const { place, row } = this.#chosen ?? {};
    if (place === undefined || row === undefined) return place;
    const found = this.rows.placeOf(({ id }) => id === row.id);
    // Far from the view, its page may have been dropped.
    return found ?? (this.rows.at(place) === undefined && place < (this.rows.total ?? 0) ? place : undefined);
  });

  /** The open row; `isCut` as long as only the list has been read, which cuts long texts. */
  get open(): ShownExample | undefined {
    const [listed, read] = [this.#listed, this.#chosen?.row];
    return listed === undefined || (listed.isCut && listed.id === read?.id) ? read : listed;
  }

  get #listed(): ShownExample | undefined {
    const place = this.selected;
    return place === undefined ? undefined : this.rows.at(place);
  }

  /** Reads the texts of a row that a list has cut. Throws DATASET_CHANGED if the row is gone. */
  async whole(row: ShownExample): Promise<ShownExample> {
    return row.isCut ? { ...row, ...(await this.#present(row)), isCut: false } : row;
  }

  /** Reads the open row if a list has cut it. */
  async readWhole(): Promise<void> {
    const [row, chosen] = [this.open, this.#chosen];
    if (!row?.isCut) return;
    const whole = await this.whole(row);
    if (this.#chosen === chosen) this.#chosen = { place: this.selected ?? chosen?.place ?? 0, row: whole };
  }

  /** Opens the previous or next row; if the open one has left the list, the one before or after where it was. */
  step(by: 1 | -1): void {
    const last = (this.rows.total ?? 0) - 1;
    const from = this.selected ?? (this.#chosen?.place ?? 0) - (by === 1 ? 1 : 0);
    if (last >= 0) this.selected = Math.min(last, Math.max(0, from + by));
  }

  /** While a cell is edited in place, its row must not move away: changes are read when that ends. */
  holdStill(isHeld: boolean): void {
    this.#heldStill = isHeld;
    if (!isHeld && this.#rereadIsDue) void this.#reread();
  }

  noteOn(position: number): string {
    return this.notes.value?.find((note) => note.position === position)?.text ?? '';
  }

  /** What the numbers of records in the file count; of a rejected one, which may be in a file within a folder. */
  numberedBy(rejected?: Pick<ListedRejection, 'data'>): NumberedBy {
    const file = this.file.value;
    return file ? numberedBy(file, rejected?.data) : 'line';
  }

  follow(signal: AbortSignal): void {
    signal.addEventListener('abort', () => {
      this.#isLeft = true;
      clearTimeout(this.#nextLook);
    });
    followChanges(['dataset'], () => void this.#refresh(), signal);
  }

  want(first: number, end: number): void {
    this.#range = { first, end };
    this.rows.want(first, end);
  }

  /** `undefined` removes a part of the filter. */
  filter(wanted: { [Part in keyof RowFilter]: RowFilter[Part] | undefined }): void {
    const entries = Object.entries({ ...this.#filter, ...wanted });
    // Blanks around the words stay in their box, where more may follow.
    const isSet = (value: unknown) => (typeof value === 'string' ? value.trim() !== '' : value !== undefined);
    this.#filter = Object.fromEntries(entries.filter(([, value]) => isSet(value)));
    this.selected = undefined;
    this.#range = { first: 0, end: 0 };
    void this.rows.reset();
  }

  showAll(): void {
    this.#filter = {};
    this.filter({});
  }

  /**
   * Changes a row; `content` computes what to store from the row as it reads by then. Throws DATASET_CHANGED if the row
   * is gone, or somebody else has changed the dataset meanwhile.
   */
  edit(
    row: Pick<ShownExample, 'id' | 'position'>,
    content: (now: Example) => Partial<RowContent>,
  ): Promise<TakeBack | undefined> {
    return this.change(async () => {
      const version = this.facts.value?.version;
      const now = await this.#present(row, version);
      return client.versions.editRow({ id: this.id, position: row.position, content: content(now), version });
    });
  }

  /**
   * Saves what was typed into a row's field or note. Throws TextChangedElsewhere if the row is gone, or its text is not
   * the one the edit started from.
   */
  async keep(typed: TypedText): Promise<TakeBack | undefined> {
    for (;;) {
      const version = this.facts.value?.version;
      try {
        return await this.#keep(typed);
      } catch (error) {
        const { code } = errorText(error);
        const isGone =
          code === 'DATASET_NOT_FOUND' ||
          (code === 'DATASET_CHANGED' && (await this.#ifThere(typed.row)) === undefined);
        if (isGone) throw new TextChangedElsewhere(typed, undefined);
        if (code !== 'DATASET_CHANGED') throw error;
        // Another window has changed something else: the text is saved in the version that is there now.
        this.facts.set(await client.datasets.get({ id: this.id }));
        if (this.facts.value?.version === version) throw error;
      }
    }
  }

  async #keep(typed: TypedText): Promise<TakeBack | undefined> {
    const { row, field, text, before } = typed;
    const { value: facts } = this.facts;
    if (facts === undefined) throw new Error('What a field is of is known once the facts are read.');
    const place = `${row.id} ${field}`;
    const refuseOver = (theirs: string) => {
      // A text saved by this window itself may not have been reread when the next edit began.
      if (![before, text, this.#keptTexts.get(place)].includes(theirs)) throw new TextChangedElsewhere(typed, theirs);
    };
    let takeBack: TakeBack | undefined;
    if (field === 'note') {
      const notes = await client.versions.notes({ id: this.id });
      refuseOver(notes.find(({ position }) => position === row.position)?.text ?? '');
      await this.setNote(row, text);
    } else {
      takeBack = await this.edit(row, (now) => {
        refuseOver(textOf(facts.task, now, field));
        return withPart(facts.task, now, field, text);
      });
    }
    this.#keptTexts.set(place, text);
    return takeBack;
  }

  /** Appends a row and opens it; if the filter hides it, all rows are shown. */
  async add(content: RowContent): Promise<{ row: Example; takeBack: TakeBack } | undefined> {
    const { id } = this;
    const takeBack = await this.change(() =>
      client.versions.addRow({ id, content, split: this.#filter.split ?? 'train' }),
    );
    const offset = (this.facts.value?.rows ?? 0) - 1;
    if (takeBack === undefined || offset < 0) return undefined;
    const [row] = (await client.datasets.rows({ id, filter: {}, offset, limit: 1 })).examples;
    if (row === undefined) return undefined;
    if (!(await this.#openLast(row))) {
      this.#filter = {};
      await this.rows.reset();
      await this.#openLast(row);
    }
    return { row, takeBack };
  }

  /** Opens the last row of the list if it is this one. */
  async #openLast({ id }: Example): Promise<boolean> {
    const last = Math.max(0, (this.rows.total ?? 0) - 1);
    await this.rows.again(last, last + 1);
    if (this.rows.at(last)?.id !== id) return false;
    this.selected = last;
    return true;
  }

  /** Deletes a row; if it is the open one, the next takes its place. */
  async remove(row: Pick<ShownExample, 'id' | 'position'>): Promise<TakeBack | undefined> {
    const before = this.#chosen;
    const place = this.selected;
    // At once: the studio announces the deletion before it answers, and the row would be gone with nothing in its
    // place.
    if (place !== undefined && this.open?.id === row.id) {
      this.selected = [place + 1, place - 1].find((each) => this.rows.at(each) !== undefined);
    }
    const after = this.#chosen;
    try {
      return await this.change(() => client.versions.deleteRows({ id: this.id, positions: [row.position] }));
    } catch (error) {
      if (this.#chosen?.row?.id === after?.row?.id) this.#chosen = before;
      throw error;
    }
  }

  moveTo(row: Pick<ShownExample, 'position'>, split: Split): Promise<TakeBack | undefined> {
    return this.change(() => client.versions.moveRows({ id: this.id, positions: [row.position], split }));
  }

  /** Returns the version whose rows are back; undefined if there was nothing to undo. */
  undo(): Promise<number | undefined> {
    return this.#step('undo');
  }

  /** As `undo`. */
  redo(): Promise<number | undefined> {
    return this.#step('redo');
  }

  async #step(way: 'undo' | 'redo'): Promise<number | undefined> {
    let to: number | null | undefined;
    const takeBack = await this.change(async () => {
      // `head` may be of before the last change: its keys are pressed faster than it is read.
      to = (await this.#newest())?.[`${way}To`];
      return client.versions[way]({ id: this.id });
    });
    return takeBack && (to ?? undefined);
  }

  async #newest(): Promise<DatasetVersion | undefined> {
    return (await client.versions.list({ id: this.id, offset: 0, limit: 1 })).versions[0];
  }

  restoreVersion(version: number): Promise<TakeBack | undefined> {
    return this.change(() => client.versions.restore({ id: this.id, version }));
  }

  /** Makes any change; the page follows it. Returns what undoes it; undefined if the rows stayed as they were. */
  async change(make: () => Promise<Changed>): Promise<TakeBack | undefined> {
    this.#changes++;
    const slow = setTimeout(() => {
      this.#isSlow = true;
    }, slowMs);
    try {
      const { id, made } = await this.#inTurn(make);
      if (made == null) return undefined;
      return async () => void (await this.change(() => client.versions.undo({ id, version: made })));
    } finally {
      clearTimeout(slow);
      if (--this.#changes === 0) this.#isSlow = false;
      // The studio announces the change as well, but the person is looking at this row.
      await this.#reread();
    }
  }

  /** Serialises changes, as the studio does anyway: the page shows the outcome of the last one. */
  #inTurn(make: () => Promise<Changed>): Promise<Changed> {
    const turn = this.#turn.then(async () => {
      const after = await make();
      this.facts.set(after);
      return after;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Throws DATASET_CHANGED if the row is gone. */
  async setNote(row: Pick<ShownExample, 'id' | 'position'>, text: string): Promise<void> {
    await this.#present(row);
    await client.versions.setNote({ id: this.id, position: row.position, text });
    await this.notes.load();
  }

  async rename(name: string): Promise<void> {
    this.facts.set(await client.datasets.rename({ id: this.id, name }));
  }

  async delete(): Promise<void> {
    await client.datasets.delete({ id: this.id });
  }

  async restore(): Promise<void> {
    await client.datasets.restore({ id: this.id });
  }

  /** The chunks of an exported file, to be saved by the browser. */
  async export(format: ExportFormat, version?: number): Promise<{ name: string; pieces: Blob[] }> {
    const file = await client.datasets.exportFile({ id: this.id, format, version });
    return { name: file.name, pieces: await piecesOf(file) };
  }

  async #refresh(): Promise<void> {
    const before = this.facts.value?.version;
    for (const part of [this.notes, this.findings.report]) void part.load();
    await this.facts.load();
    if (this.facts.value?.version !== before) await this.#reread();
  }

  /** The row as it reads now, or in a version. Throws DATASET_CHANGED if it is gone. */
  async #present({ id }: Pick<ShownExample, 'id'>, version?: number): Promise<Example> {
    const gone = () => new StudioError('DATASET_CHANGED', { dataset: this.facts.value?.name ?? '' });
    const row = await client.datasets.example({ datasetId: this.id, exampleId: id, version }).catch((error) => {
      throw isError(error, 'OPTION_INVALID') ? gone() : error;
    });
    // A file may have brought its own id that looks like this one.
    if (row.id !== id) throw gone();
    return row;
  }

  /** As `#present`; undefined if the row is gone, and the known row if that could not be determined. */
  async #ifThere<Row extends Pick<ShownExample, 'id'>>(row: Row): Promise<Example | Row | undefined> {
    try {
      return await this.#present(row);
    } catch (error) {
      return isError(error, 'DATASET_CHANGED') ? undefined : row;
    }
  }

  /** Rereads what is on screen, in place. */
  async #reread(): Promise<void> {
    if (this.#isLeft) return;
    void this.head.load();
    if (this.versions.total !== undefined) void this.versions.reset();
    this.#rereadIsDue = this.#heldStill;
    if (this.rows.total === undefined || this.#heldStill) return;
    const { open, selected } = this;
    if (open !== undefined && selected !== undefined) {
      this.#chosen = { place: selected, row: open.isCut ? undefined : open };
    }
    const place = this.#chosen?.place;
    // With its neighbours: a row before it may have been added or removed.
    const around = place === undefined ? [] : [{ first: place - 1, end: place + 2 }];
    await this.rows.reread([this.#range, ...around]);
    await this.#readOpen();
  }

  /** Rereads the open row, even if it has left the list; closes it if it is gone. */
  async #readOpen(): Promise<void> {
    const chosen = this.#chosen;
    if (chosen?.row === undefined) return;
    const { place, row } = chosen;
    const listed = this.#listed;
    const now = listed === undefined || listed.isCut ? await this.#ifThere(row) : listed;
    if (this.#chosen !== chosen) return;
    // A check's verdict on the row was about these texts.
    const reads = now !== undefined && now.context === row.context && now.target === row.target;
    this.#chosen = now && {
      place: this.selected ?? place,
      row: { ...row, findings: listed?.findings ?? (reads ? row.findings : []), ...now },
    };
  }

  /** A search continues only while asked: repeats the request shortly, for what is on screen. */
  #lookFurther(): void {
    clearTimeout(this.#nextLook);
    if (this.#isLeft) return;
    this.#nextLook = setTimeout(() => void this.rows.again(this.#range.first, this.#range.end), 30);
  }
}
