import type { Adapter } from '../../src-contract/adapter.ts';
import type { Message } from '../../src-contract/chat.ts';
import { client } from '../client.ts';
import type { ChatState } from './chat-state.svelte.ts';
import type { SentQuestion } from './composer-state.svelte.ts';
import type { Answerer } from './waiting-messages.svelte.ts';

export const mostColumns = 5;

/** A column that is being written. */
export interface ColumnDraft {
  readonly adapter: Adapter | undefined;
  /** Name of who answers; undefined is the base. */
  readonly name: string | undefined;
  readonly text: string;
  /** It is a query that cannot be run: others are being tried. */
  readonly retrying?: boolean;
  readonly answer: Message | undefined;
}

/** A comparison as it is kept for the next visit. */
export interface KeptComparison {
  /** The conversation, or who was chosen for a new one. */
  readonly place: string;
  readonly chosen: readonly (string | null)[];
}

/** Asking several at once: who is asked, and what each has written so far. */
export class ComparisonState {
  /** The composer asks several at once. */
  on = $state(false);
  /** Ids of adapters, in column order; null is the base. */
  chosen = $state.raw<readonly (string | null)[]>([null]);
  columns = $state.raw<readonly ColumnDraft[] | undefined>(undefined);
  /** The last comparison, and how long its columns took together. */
  lastId = $state<string | undefined>(undefined);
  seconds = $state<number | undefined>(undefined);
  readonly #chat: ChatState;
  #running: AbortController | undefined;

  constructor(chat: ChatState) {
    this.#chat = chat;
    chat.askedInstead = () => this.#askedInstead;
    chat.asksAlone = () => this.on;
    chat.askSeveral = (...asked) => this.#ask(...asked);
  }

  get canSend(): boolean {
    return this.#chat.canSend && this.#asked.length >= 2;
  }

  get canQueue(): boolean {
    return this.#chat.canQueue && this.#asked.length >= 2;
  }

  /** Who is asked: the chosen ones that still fit the base in use. */
  get #asked(): readonly (string | null)[] {
    return this.chosen.filter(
      (id) => id === null || this.#chat.answerers.adapters.some((adapter) => adapter.id === id),
    );
  }

  get #askedAdapters(): readonly Adapter[] {
    return this.chosen.flatMap((id) => this.#chat.answerers.adapters.filter((adapter) => adapter.id === id));
  }

  /** The adapter in use answers with its settings and mix; the others as they were trained. */
  answererOf(adapterId: string | null): Answerer {
    return adapterId === this.#chat.answerers.adapterId ? this.#chat.answerers.chosen : { adapterId, strength: 1 };
  }

  nameOf(adapter: Adapter | undefined): string | undefined {
    return adapter !== undefined && adapter.id === this.#chat.answerers.adapterId
      ? this.#chat.answerers.name
      : adapter?.name;
  }

  /** Starts with the base and the adapter in use, or the first ones that fit. */
  begin(): void {
    const { answerers, task } = this.#chat;
    const { adapterId, adapters } = answerers;
    const ofTask = adapters.filter((adapter) => adapter.task === task);
    const first = [adapterId, ...ofTask.map(({ id }) => id), ...adapters.map(({ id }) => id)];
    this.chosen = [null, ...new Set(first.filter((id) => id !== null))].slice(0, 3);
    this.on = true;
    this.#takeShape();
  }

  /** Undefined while one at a time is asked. */
  get kept(): KeptComparison | undefined {
    return this.on ? { place: this.#place, chosen: this.chosen } : undefined;
  }

  /** Goes on where the page was left, unless another conversation is open now. */
  takeUp(kept: KeptComparison | undefined): void {
    if (kept === undefined || kept.place !== this.#place) return;
    this.chosen = kept.chosen;
    this.on = true;
    this.#takeShape();
  }

  get #place(): string {
    const { conversationId, answerers } = this.#chat;
    const { adapterId, baseModelId } = answerers;
    return conversationId ?? adapterId ?? baseModelId;
  }

  toggle(id: string | null): void {
    if (this.chosen.includes(id)) this.chosen = this.chosen.filter((chosen) => chosen !== id);
    else if (this.chosen.length < mostColumns) this.chosen = [...this.chosen, id];
    this.#takeShape();
  }

  /** When the adapter in use was taken out: one of its task, so that nothing moves, else the first of those asked. */
  get #askedInstead(): Adapter | undefined {
    const { adapter: inUse } = this.#chat.answerers;
    if (!this.on || inUse === undefined || this.chosen.includes(inUse.id)) return undefined;
    const asked = this.#askedAdapters;
    return asked.find(({ task }) => task === inUse.task) ?? asked[0];
  }

  /** With the base in use, the panel follows the first chosen adapter, unless its task already fits one of them. */
  #takeShape(): void {
    const chat = this.#chat;
    const tasks = this.#askedAdapters.map(({ task }) => task);
    if (chat.answerers.adapterId === null && !tasks.includes(chat.baseTask)) chat.baseTask = tasks[0] ?? chat.baseTask;
  }

  async send(): Promise<void> {
    const chat = this.#chat;
    if (!this.canSend || (chat.opening && !(await chat.isOpened())) || !this.canSend) return;
    const { composer } = chat;
    const columns = this.#asked.map((id) => this.answererOf(id));
    const sent = composer.take();
    await this.#ask(sent, columns, (conversationId) => composer.giveBack(sent, conversationId));
  }

  queue(): void {
    if (this.canQueue) this.#chat.queue(this.#asked.map((id) => this.answererOf(id)));
  }

  /** `giveBack` takes the question where not even that was accepted. */
  async #ask(
    sent: SentQuestion,
    columns: readonly Answerer[],
    giveBack: (conversationId: string | undefined) => void,
  ): Promise<void> {
    const chat = this.#chat;
    let { conversationId } = chat;
    const answering = chat.begin(sent);
    this.#running = answering;
    chat.comparing = true;
    this.columns = columns.map((answerer) => {
      const adapter = chat.answerers.adapters.find(({ id }) => id === answerer.adapterId);
      return { adapter, name: chat.answerers.nameOf(answerer), text: '', answer: undefined };
    });
    this.seconds = undefined;
    const startMs = performance.now();
    let accepted = false;
    try {
      const question = await chat.questionOf(sent);
      conversationId = question.conversationId;
      const events = await client.chat.compare({ ...question, columns: [...columns] }, { signal: answering.signal });
      for await (const event of events) {
        if (answering.signal.aborted) break;
        if (event.kind === 'started') {
          accepted = true;
          this.lastId = event.comparisonId;
          chat.receiveQuestion(event.user);
        } else if ('share' in event) {
          chat.awaited = event;
        } else if (event.kind === 'text') {
          chat.awaited = undefined;
          this.#change(event.column, (column) => ({ ...column, text: column.text + event.delta }));
        } else if (event.kind === 'retrying') {
          this.#change(event.column, (column) => ({ ...column, retrying: true }));
        } else this.#change(event.column, (column) => ({ ...column, text: event.answer.text, answer: event.answer }));
      }
      this.seconds = (performance.now() - startMs) / 1000;
    } catch (error) {
      if (!answering.signal.aborted) {
        chat.sendError = error;
        if (!accepted) giveBack(conversationId);
      }
    }
    // Another conversation may have been opened meanwhile, and a comparison started there.
    if (this.#running === answering) {
      this.columns = undefined;
      chat.sending = undefined;
      chat.comparing = false;
    }
    const isAsked = await chat.findsAsked();
    if (!accepted && answering.signal.aborted && !isAsked) giveBack(conversationId);
    if (this.#running !== answering || answering.signal.aborted) return;
    if (chat.sendError === undefined) chat.answered();
    else chat.waiting.isHeld = true;
  }

  #change(place: number, change: (column: ColumnDraft) => ColumnDraft): void {
    this.columns = this.columns?.map((column, at) => (at === place ? change(column) : column));
  }
}
