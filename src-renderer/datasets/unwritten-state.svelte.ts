import type { ChangedDataset, UnwrittenRow } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { errorText } from '../i18n/error-text.ts';
import { draftOf, keepDraft } from '../ui/draft.ts';
import { Loaded } from '../ui/loaded.svelte.ts';

/** Who drafts, by ids and by name. */
interface Drafter {
  readonly baseModelId: string;
  readonly adapterId: string | null;
  readonly name: string;
}

/** A target that is not in the dataset yet. */
interface Unkept {
  readonly text: string;
  /** Who drafted it, and as what; absent if the person wrote it. */
  readonly draft?: { readonly by: string; readonly text: string };
}

/** As many tokens as a summary of a page takes. */
const maxTokens = 256;

/**
 * The rows of a dataset's file that lack only their target. What a model drafts, or a person types, stays in this window
 * until the person keeps it, which makes it a row.
 */
export class UnwrittenState {
  readonly id: string;
  readonly waiting: Loaded<number[]>;
  readonly row: Loaded<UnwrittenRow>;
  #place = $state(0);
  /** The row at that place, since the person came to it or typed in it. */
  #shown = $state<number | undefined>();
  #unkept = $state.raw<Readonly<Record<number, Unkept>>>({});
  /** Why rows could not be drafted. */
  #failed = $state.raw<Readonly<Record<number, unknown>>>({});
  #drafting = $state.raw<{ readonly number: number; readonly done: number; readonly total: number } | undefined>();
  #stop = new AbortController();

  constructor(id: string) {
    this.id = id;
    this.waiting = new Loaded((signal) => client.datasets.unwritten({ id }, { signal }));
    this.row = new Loaded((signal) => client.datasets.unwrittenRow({ id, number: this.number ?? 0 }, { signal }));
    this.#unkept = draftOf(this.#key) ?? {};
  }

  get count(): number {
    return this.waiting.value?.length ?? 0;
  }

  /** Index among the waiting rows of the one on screen. */
  get place(): number {
    // Another window may keep rows before it.
    const found = this.#shown === undefined ? -1 : (this.waiting.value ?? []).indexOf(this.#shown);
    return found >= 0 ? found : Math.min(this.#place, Math.max(0, this.count - 1));
  }

  /** Undefined if no row is waiting. */
  get number(): number | undefined {
    return this.waiting.value?.[this.place];
  }

  get unkept(): Unkept | undefined {
    return this.number === undefined ? undefined : this.#unkept[this.number];
  }

  get failed(): unknown {
    return this.number === undefined ? undefined : this.#failed[this.number];
  }

  get drafting(): { readonly number: number; readonly done: number; readonly total: number } | undefined {
    return this.#drafting;
  }

  /** The waiting rows without any text yet. */
  get undrafted(): readonly number[] {
    return (this.waiting.value ?? []).filter((number) => this.#isBlank(number));
  }

  show(place: number): void {
    this.#place = Math.max(0, Math.min(place, this.count - 1));
    this.#shown = this.waiting.value?.[this.#place];
  }

  type(text: string): void {
    const { number } = this;
    if (number === undefined) return;
    this.show(this.place);
    this.#set(number, { ...this.#unkept[number], text });
    this.#remember();
  }

  /**
   * Keeps the text on screen as the row's target; the next waiting row takes its place. The text stays here, for when
   * that is undone.
   */
  async keep(): Promise<ChangedDataset> {
    const { number, unkept } = this;
    if (number === undefined || unkept === undefined) throw new Error('there is nothing to keep');
    const { text, draft } = unkept;
    this.show(this.place);
    const after = await client.datasets.writeRow({
      ...{ id: this.id, number, target: text },
      draft: draft && { by: draft.by, isEdited: draft.text !== text },
    });
    this.waiting.set((this.waiting.value ?? []).filter((each) => each !== number));
    return after;
  }

  /** Drafts these rows one after another; those with a text keep it. Throws what stops all of them. */
  async draft(numbers: readonly number[], drafter: Drafter, instruction: string): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      for (const [done, number] of numbers.entries()) {
        if (!this.#isBlank(number)) continue;
        this.#drafting = { number, done, total: numbers.length };
        this.#fail(number, undefined);
        try {
          await this.#draftOne(number, drafter, instruction, signal);
        } catch (error) {
          // What was written of it is no draft of the whole.
          this.#set(number, undefined);
          if (signal.aborted) return;
          const { code } = errorText(error);
          // Another document may be shorter, or still be there.
          if (code !== 'CONTEXT_TOO_LONG' && code !== 'DATASET_CHANGED') throw error;
          this.#fail(number, error);
        }
      }
    } finally {
      this.#remember();
      if (this.#stop.signal === signal) this.#drafting = undefined;
    }
  }

  /** Discards the text on screen, so that it can be drafted again. */
  clear(): void {
    if (this.number !== undefined) this.#set(this.number, undefined);
  }

  /** Finished drafts stay. */
  stop(): void {
    this.#stop.abort();
  }

  async #draftOne(
    number: number,
    { baseModelId, adapterId, name }: Drafter,
    instruction: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { context } = await client.datasets.unwrittenRow({ id: this.id, number }, { signal });
    const asked = instruction.trim() === '' ? context : `${instruction.trim()}\n\n${context}`;
    const events = await client.chat.generate(
      {
        ...{ baseModelId, adapterId, precision: 'auto', sampling: { maxTokens } },
        prompt: { kind: 'text', text: asked },
      },
      { signal },
    );
    let text = '';
    for await (const event of events) {
      if (event.kind === 'text') text += event.delta;
      signal.throwIfAborted();
      this.#set(number, { text, draft: { by: name, text } });
    }
    text = text.trim();
    this.#set(number, { text, draft: { by: name, text } });
    this.#remember();
  }

  #isBlank(number: number): boolean {
    return (this.#unkept[number]?.text ?? '').trim() === '';
  }

  #set(number: number, unkept: Unkept | undefined): void {
    const { [number]: _, ...others } = this.#unkept;
    this.#unkept = unkept === undefined ? others : { ...others, [number]: unkept };
  }

  /** For when the window is loaded again. */
  #remember(): void {
    keepDraft(this.#key, this.#unkept);
  }

  #fail(number: number, error: unknown): void {
    this.#failed = { ...this.#failed, [number]: error };
  }

  get #key(): string {
    return `unwritten.${this.id}`;
  }
}
