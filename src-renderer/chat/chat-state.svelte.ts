import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type {
  AwaitedEvent,
  ChatEvent,
  Conversation,
  Message,
  MixedAdapter,
  PromptFit,
} from '../../src-contract/chat.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import { titleFrom } from '../../src-contract/name.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { NamedList } from '../ui/named-list.svelte.ts';
import { mixName } from './answerer-name.ts';
import { ComposerState, type SentQuestion } from './composer-state.svelte.ts';
import { type Answerer, type KeptMessages, WaitingMessages } from './waiting-messages.svelte.ts';

/** An answer that is being written, or that was stopped and isn't stored yet. */
export interface Draft {
  readonly id: string | undefined;
  readonly text: string;
  readonly adapter: Adapter | undefined;
  /** Name of who answers; undefined is the base. */
  readonly name: string | undefined;
  readonly writing: boolean;
  /** The question it answers; later turns are hidden while it is written. */
  readonly questionId?: string | undefined;
}

export interface ChatChoice {
  readonly conversation?: string | undefined;
  readonly adapter?: string | undefined;
  readonly baseModel?: string | undefined;
  /** A dataset row to ask. */
  readonly dataset?: string | undefined;
  readonly row?: string | undefined;
}

/** More would fill the panel, and take seconds to draw. */
export const mostChips = 24;

/** The chat panel: one base model, one conversation, and the adapter that the next message goes to. */
export class ChatState {
  baseModels = $state.raw<readonly BaseModel[]>([]);
  allAdapters = $state.raw<readonly Adapter[]>([]);
  datasets = $state.raw<readonly Dataset[]>([]);
  conversations = $state.raw<readonly Conversation[]>([]);
  messages = $state.raw<readonly Message[]>([]);
  draft = $state.raw<Draft | undefined>(undefined);
  /** What was sent, as long as the studio has not answered that it is now a message. */
  sending = $state.raw<SentQuestion | undefined>(undefined);
  /** Progress of what the first word waits for, if that takes long. */
  awaited = $state.raw<AwaitedEvent | undefined>(undefined);
  /** Several answers are being written side by side. */
  comparing = $state(false);
  loading = $state(true);
  /** A conversation is being fetched. */
  opening = $state(false);
  error = $state.raw<unknown>(undefined);
  /** The last message's error; the conversation stays usable. */
  sendError = $state.raw<unknown>(undefined);
  /** The question itself was accepted, so it can be answered again; offered next to `sendError`. */
  canAnswerAgain = $state(false);

  conversationId = $state<string | undefined>(undefined);
  baseModelId = $state('');
  adapterId = $state<string | null>(null);
  strength = $state(1);
  /** Adapters added to the chosen one. */
  mix = $state.raw<readonly MixedAdapter[]>([]);
  readonly composer: ComposerState;
  /** Sent while an answer is being written. */
  readonly waiting: WaitingMessages;
  /** For a search among the chips. */
  readonly named = new NamedList(
    () => this.adapters,
    ({ name }) => name,
  );
  /** How the contents of the box would fit into the model's context. */
  fit = $state.raw<PromptFit | undefined>(undefined);

  /** The panel's task while the base alone is chosen. */
  baseTask = $state<TaskId>('custom');
  /** Which of the adapters asked at once shapes the panel if the adapter in use is not asked; set by the comparison. */
  askedInstead: () => Adapter | undefined = () => undefined;
  /** Several are asked at once, each without the previous turns; set by the comparison. */
  asksAlone: () => boolean = () => false;
  /** Asks several at once; set by the comparison. `giveBack` as in `#ask`. */
  askSeveral: (
    sent: SentQuestion,
    columns: readonly Answerer[],
    giveBack: (conversationId: string | undefined) => void,
  ) => Promise<void> = async () => {};

  /** A new conversation was asked for, maybe before the one that is opened first was there. */
  #isNewWanted = false;
  /** Settles when the conversation that was opened last is there. */
  #opened: Promise<void> = Promise.resolve();
  /** Who was chosen until an adapter of theirs was deleted, and what has been chosen since. */
  #lost: { readonly answerer: Answerer; readonly since: string } | undefined;
  readonly #leaving = new AbortController();
  #answering: AbortController | undefined;
  /** The turns as the studio last told them. */
  #read: { conversationId: string; messages: readonly Message[]; marks: string[] } | undefined;
  #measured = 0;
  #readingAhead: AbortController | undefined;
  #readAheadOf = '';

  constructor(choice: ChatChoice, unsent: Readonly<Record<string, string>> = {}, waiting: KeptMessages = {}) {
    this.composer = new ComposerState(() => this.#composerPlace, unsent);
    this.waiting = new WaitingMessages(() => this.conversationId, waiting);
    let read = () => this.load(choice);
    const changed = () => {
      void read();
      read = () => this.refresh();
    };
    followChanges(['adapter', 'base-model', 'dataset', 'conversation'], changed, this.#leaving.signal);
  }

  get baseModel(): BaseModel | undefined {
    return this.baseModels.find((model) => model.id === this.baseModelId);
  }

  /** Adapters that fit the base in use, whichever copy of it, oldest first, so that a chip keeps its place. */
  get adapters(): readonly Adapter[] {
    const base = this.baseModel?.sha256;
    return this.allAdapters
      .filter(({ baseSha256 }) => baseSha256 === base)
      .toSorted((a, b) => a.createdAt - b.createdAt);
  }

  /** Whether some adapters have no chip until their name is searched for. */
  get hasMoreThanChips(): boolean {
    return this.adapters.length > mostChips;
  }

  /** The adapters with chips: the newest of those found, and those that are chosen. */
  chips(isChosen: (id: string) => boolean): readonly Adapter[] {
    const newest = new Set(this.named.found.slice(-mostChips));
    return this.adapters.filter((adapter) => newest.has(adapter) || isChosen(adapter.id));
  }

  get adapter(): Adapter | undefined {
    return this.adapters.find((adapter) => adapter.id === this.adapterId);
  }

  get conversation(): Conversation | undefined {
    return this.conversations.find((conversation) => conversation.id === this.conversationId);
  }

  /**
   * Whose task shapes the panel and the message: the adapter in use, or one of those asked at once if it is not among
   * them.
   */
  get shapedBy(): Adapter | undefined {
    return this.askedInstead() ?? this.adapter;
  }

  get task(): TaskId {
    return this.shapedBy?.task ?? this.baseTask;
  }

  /** The turns read in sequence, without answers that were only compared with them. */
  get path(): readonly Message[] {
    return this.messages.filter((message) => message.onPath);
  }

  /** The dataset whose rows can be asked: that adapter's own, else one for the same task. */
  get dataset(): Dataset | undefined {
    // Once: each reading goes through all adapters.
    const { task, shapedBy } = this;
    const own = this.datasets.find((dataset) => dataset.id === shapedBy?.datasetId);
    return own ?? this.datasets.find((dataset) => dataset.task === task);
  }

  /** The dataset of the adapter that gave an answer. */
  datasetOf(answer: Message): Dataset | undefined {
    const adapter = this.allAdapters.find((known) => known.id === answer.adapterId);
    return this.datasets.find((dataset) => dataset.id === adapter?.datasetId);
  }

  get #composerPlace() {
    const asked = this.messages.findLast((message) => message.role === 'user')?.text;
    return { conversationId: this.conversationId, task: this.task, asked };
  }

  get writing(): boolean {
    return this.comparing || this.draft?.writing === true;
  }

  /** The open conversation is read-only: its base model was deleted. */
  get hasLostBase(): boolean {
    return !this.loading && this.conversationId !== undefined && this.baseModel === undefined;
  }

  get canSend(): boolean {
    return !this.writing && this.baseModel !== undefined && this.composer.outgoing.text !== '';
  }

  /** Whether what was typed can wait for the answer that is being written. */
  get canQueue(): boolean {
    if (!this.writing || this.conversationId === undefined || this.composer.editing !== undefined) return false;
    const { text } = this.composer.outgoing;
    // A document stays in the panel when it has been sent.
    const asked = this.waiting.here.at(-1)?.sent.text ?? this.sending?.text ?? this.lastQuestion?.text;
    return text !== '' && (this.composer.text.trim() !== '' || text !== asked);
  }

  get lastQuestion(): Message | undefined {
    return this.path.findLast((message) => message.role === 'user');
  }

  get lastAnswer(): Message | undefined {
    return this.path.findLast((message) => message.role === 'assistant');
  }

  /** The base takes over from an adapter, whose answers it will read: one often goes on in their style. */
  get readsAdapter(): boolean {
    if (this.adapterId !== null || this.asksAlone() || this.composer.editing !== undefined) return false;
    return this.baseModel?.hasChatTemplate === true && typeof this.lastAnswer?.adapterId === 'string';
  }

  /**
   * Who the next message should go to again. In a comparison without a vote the base is on the path because it is the
   * first column, though nobody chose it.
   */
  get #lastAnswerer(): Message | undefined {
    const last = this.lastAnswer;
    if (last?.comparisonId == null || last.isBest || last.adapterId !== null) return last;
    return this.messages.find(
      ({ comparisonId, adapterId }) => comparisonId === last.comparisonId && adapterId !== null,
    );
  }

  /** Who the next message goes to; undefined is the base. */
  get answererName(): string | undefined {
    return this.nameOf(this.answerer);
  }

  /** The adapter and those added to it; undefined for the base. */
  nameOf({ adapterId, mix = [] }: Answerer): string | undefined {
    const named = (id: string | null) => this.adapters.filter((adapter) => adapter.id === id);
    const [adapter] = named(adapterId);
    return (
      adapter &&
      mixName(
        adapter.name,
        mix.flatMap((added) => named(added.adapterId)),
      )
    );
  }

  /** The chosen adapter and those added to it. */
  get answerer(): Answerer {
    const { adapterId, strength, mix } = this;
    return { adapterId, strength, ...(adapterId !== null && mix.length > 0 && { mix: [...mix] }) };
  }

  async load(choice: ChatChoice): Promise<void> {
    try {
      await this.#loadLists();
      const adapter = this.allAdapters.find((known) => known.id === choice.adapter || known.name === choice.adapter);
      this.baseModelId = adapter?.baseModelId ?? choice.baseModel ?? '';
      this.#takeBase();
      const isFresh =
        [adapter, choice.baseModel, choice.row].some((wish) => wish !== undefined) || this.composer.hasBegun;
      const open = choice.conversation ?? (isFresh ? undefined : this.conversations[0]?.id);
      if (open !== undefined) await this.openConversation(open);
      if (adapter !== undefined) this.choose(adapter.id);
      else if (this.conversationId === undefined && !isFresh) this.#chooseNewest();
      if (this.#isNewWanted) this.startConversation();
      if (choice.dataset !== undefined && choice.row !== undefined) await this.#fillFrom(choice.dataset, choice.row);
    } catch (error) {
      if (!this.#leaving.signal.aborted) this.error = error;
    } finally {
      this.loading = false;
    }
  }

  async refresh(): Promise<void> {
    try {
      await this.#loadLists();
      if (!this.writing) await this.#loadMessages();
      this.error = undefined;
    } catch (error) {
      // Keep what is shown: the frame reports a lost connection, and the lists are fetched again once it is back.
      if (!this.#leaving.signal.aborted && this.baseModels.length === 0) this.error = error;
    }
  }

  /** Takes effect on the next message; nothing is loaded. */
  choose(adapterId: string | null): void {
    const task = this.task;
    this.#lost = undefined;
    this.adapterId = adapterId;
    this.mix = this.mix.filter((added) => added.adapterId !== adapterId);
    if (adapterId === null) {
      this.baseTask = task;
      this.mix = [];
    }
  }

  /** Adds an adapter to the chosen one at the given strength; undefined removes it. */
  add(adapterId: string, strength: number | undefined): void {
    const others = this.mix.filter((added) => added.adapterId !== adapterId);
    this.mix = strength === undefined ? others : [...others, { adapterId, strength }];
  }

  chooseBaseModel(id: string): void {
    if (id === this.baseModelId) return;
    this.#leaveConversation();
    this.baseModelId = id;
    this.adapterId = null;
    this.mix = [];
  }

  /** On the branch of this message, if one is given. */
  openConversation(id: string, messageId?: string): Promise<void> {
    const opening = this.#open(id, messageId);
    this.#opened = opening.catch(() => undefined);
    return opening;
  }

  async #open(id: string, messageId: string | undefined): Promise<void> {
    this.stop();
    this.composer.stopEditing();
    const conversation = this.conversations.find((known) => known.id === id);
    if (conversation === undefined) return this.startConversation();
    this.conversationId = id;
    this.messages = [];
    this.draft = undefined;
    this.sending = undefined;
    this.comparing = false;
    this.sendError = undefined;
    this.baseModelId = conversation.baseModelId;
    this.opening = true;
    const before = JSON.stringify(this.answerer);
    const { composer } = this;
    const { passage, schema } = composer;
    try {
      await this.#loadMessages();
      const isElsewhere = messageId !== undefined && !this.messages.some((message) => message.id === messageId);
      if (isElsewhere && this.conversationId === id) await this.chooseTurn(messageId);
    } finally {
      if (this.conversationId === id) this.opening = false;
    }
    // Another may have been opened meanwhile, and an adapter chosen in it.
    if (this.conversationId !== id) return;
    // Or chosen in this one.
    if (JSON.stringify(this.answerer) === before) this.#takeLastAnswerer();
    // What was put beside the box meanwhile is what is asked about next.
    if (composer.passage !== passage || composer.schema !== schema) return;
    this.baseTask = composer.recall(this.messages) ?? this.baseTask;
  }

  #takeLastAnswerer(): void {
    const last = this.#lastAnswerer;
    this.adapterId = this.adapters.find((adapter) => adapter.id === last?.adapterId)?.id ?? null;
    this.strength = this.adapterId === null ? 1 : (last?.strength ?? 1);
    const mix = this.adapterId === null ? [] : (last?.mix ?? []);
    this.mix = mix.map(({ adapterId, strength }) => ({ adapterId, strength }));
    this.#leaveOutDeleted();
  }

  /** An empty conversation, stored with its first message. The previous conversation's texts do not carry over. */
  startConversation(): void {
    this.#isNewWanted = true;
    this.composer.stopEditing();
    if (this.messages.length > 0) this.composer.forgetTexts();
    this.#leaveConversation();
    this.#takeBase();
  }

  /** A new conversation starts with a base that exists. */
  #takeBase(): void {
    if (this.conversationId !== undefined || this.baseModel !== undefined) return;
    this.baseModelId = (this.baseModels.find((model) => model.builtIn) ?? this.baseModels[0])?.id ?? '';
  }

  /** Someone who has never chatted wants to talk to what they trained, not to the base alone. */
  #chooseNewest(): void {
    const newest = this.allAdapters.reduce<Adapter | undefined>(
      (best, each) => (best === undefined || each.createdAt > best.createdAt ? each : best),
      undefined,
    );
    const base =
      this.baseModels.find(({ id }) => id === newest?.baseModelId) ??
      this.baseModels.find(({ sha256 }) => sha256 === newest?.baseSha256);
    if (newest === undefined || base === undefined) return;
    this.baseModelId = base.id;
    this.choose(newest.id);
  }

  #leaveConversation(): void {
    this.stop();
    this.composer.stopEditing();
    this.conversationId = undefined;
    this.opening = false;
    this.messages = [];
    this.draft = undefined;
    this.sending = undefined;
    this.comparing = false;
    this.sendError = undefined;
  }

  /** Switches to another of the alternative turns in one place. */
  async chooseTurn(messageId: string): Promise<void> {
    await this.#changeTurns(() => client.chat.chooseTurn({ messageId }));
  }

  async vote(message: Message): Promise<void> {
    await this.#changeTurns(() => client.chat.vote({ messageId: message.id, isBest: !message.isBest }));
  }

  /** Shows the turns after a change, unless another conversation has been opened meanwhile. */
  async #changeTurns(change: () => Promise<void>): Promise<void> {
    const { conversationId } = this;
    if (conversationId === undefined) return;
    await change();
    const messages = await this.#readTurns(conversationId);
    if (conversationId === this.conversationId) this.messages = messages;
  }

  /** Opens a new conversation with the turns up to and including this one. */
  async branch(messageId: string): Promise<void> {
    const { id } = await client.chat.branch({ messageId });
    await this.#loadLists();
    await this.openConversation(id);
  }

  /** The contents of the box, and where they would go in which conversation. */
  get #unsentQuestion() {
    const { baseModelId, adapterId, conversationId } = this;
    const { outgoing, editing } = this.composer;
    return {
      ...{ baseModelId, adapterId, ...outgoing },
      ...(conversationId !== undefined && { conversationId }),
      ...(editing !== undefined && { parentId: editing.parentId }),
    };
  }

  /** Asks how the contents of the box would fit. Only the newest request counts. */
  async measure(): Promise<void> {
    const asked = ++this.#measured;
    const question = { ...this.#unsentQuestion, ...(this.asksAlone() && { parentId: null }) };
    if (question.text === '' || this.baseModel === undefined) {
      this.fit = undefined;
      return;
    }
    const fit = await client.chat.measure(question).catch(() => undefined);
    if (asked === this.#measured) this.fit = fit;
  }

  /**
   * Prefills what precedes the question (the passage, the schema, the turns so far) while it is still being typed, once
   * per answerer and place, and per document. Errors are reported when the message is sent.
   */
  async readAhead(): Promise<void> {
    const question = this.#unsentQuestion;
    if (question.text === '' || this.baseModel === undefined || this.writing) return;
    const { text, ...before } = question;
    const isDocument = this.task === 'summarisation';
    const about = JSON.stringify([before, this.answerer, this.messages.at(-1)?.id, ...(isDocument ? [text] : [])]);
    if (about === this.#readAheadOf) return;
    this.#readAheadOf = about;
    this.#readingAhead?.abort();
    const reading = new AbortController();
    this.#readingAhead = reading;
    const signal = AbortSignal.any([reading.signal, this.#leaving.signal]);
    await client.chat.readAhead({ ...question, ...this.answerer }, { signal }).catch(() => undefined);
  }

  /** Returns a function that restores it, and reopens it if it was open and no other was started meanwhile. */
  async deleteConversation(id: string): Promise<() => Promise<void>> {
    await client.chat.deleteConversation({ id });
    const wasOpen = id === this.conversationId;
    if (wasOpen) this.startConversation();
    this.conversations = this.conversations.filter((conversation) => conversation.id !== id);
    return async () => {
      await client.chat.restoreConversation({ id });
      await this.#loadLists();
      if (wasOpen && this.conversationId === undefined) await this.openConversation(id);
    };
  }

  async renameConversation(id: string, title: string): Promise<void> {
    await client.chat.renameConversation({ id, title });
    await this.#loadLists();
  }

  /**
   * Waits for the conversation that is being opened: who answers in it, and the text it is about, come with it. False
   * if something else is typed or open by then.
   */
  async isOpened(): Promise<boolean> {
    const { conversationId, composer } = this;
    const { text } = composer;
    await this.#opened;
    return conversationId === this.conversationId && text === composer.text;
  }

  async send(): Promise<void> {
    if (!this.canSend || (this.opening && !(await this.isOpened())) || !this.canSend) return;
    const { composer } = this;
    const sent = composer.take();
    await this.#ask(sent, this.answerer, (conversationId) => composer.giveBack(sent, conversationId));
  }

  /** Lets what was typed wait for the answer that is being written. It goes to those who are chosen now. */
  queue(columns?: readonly Answerer[]): void {
    if (!this.canQueue) return;
    const { answerer } = this;
    this.waiting.add({ sent: this.composer.take(), answerer, ...(columns !== undefined && { columns }) });
  }

  /** Sends a message that has waited: the first, unless another is named. The rest follow when it is answered. */
  async sendWaiting(at = this.waiting.here[0]?.at): Promise<void> {
    const { conversationId } = this;
    if (at === undefined || conversationId === undefined || this.writing || this.baseModel === undefined) return;
    const message = this.waiting.take(at);
    if (message === undefined) return;
    this.waiting.isHeld = false;
    const giveBack = () => this.waiting.putBack(message, conversationId);
    if (message.columns !== undefined) await this.askSeveral(message.sent, message.columns, giveBack);
    else await this.#ask(message.sent, message.answerer, giveBack);
  }

  /** What has waited for an answer that is now finished is sent. */
  answered(): void {
    if (!this.waiting.isHeld) void this.sendWaiting();
  }

  /** Puts a waiting message back into the empty box, for whom it was meant. */
  editWaiting(at: number): void {
    if (this.composer.text !== '') return;
    const message = this.waiting.take(at);
    if (message === undefined) return;
    const { adapterId, strength, mix = [] } = message.answerer;
    if (message.columns === undefined && (adapterId === null || this.adapters.some(({ id }) => id === adapterId))) {
      this.choose(adapterId);
      this.strength = strength;
      this.mix = mix;
      this.#leaveOutDeleted();
    }
    this.composer.putBack(message.sent);
  }

  /** `giveBack` takes the question where not even that was accepted. */
  async #ask(
    sent: SentQuestion,
    answerer: Answerer,
    giveBack: (conversationId: string | undefined) => void,
  ): Promise<void> {
    let { conversationId } = this;
    await this.answering(
      async (signal) => {
        const question = await this.questionOf(sent);
        conversationId = question.conversationId;
        // Left while its conversation was being created: the studio never gets it.
        if (signal.aborted) giveBack(conversationId);
        return await client.chat.send({ ...question, ...answerer }, { signal });
      },
      { sent, answerer, onRefused: () => giveBack(conversationId) },
    );
  }

  /** Answers a question again with the currently chosen adapter: the last one, or that of `message`. */
  async regenerate(message?: Message): Promise<void> {
    const { conversationId, answerer } = this;
    if (conversationId === undefined || this.writing || this.hasLostBase) return;
    const questionId = message?.role === 'assistant' ? (message.parentId ?? undefined) : message?.id;
    await this.answering(
      (signal) =>
        client.chat.regenerate(
          { conversationId, ...answerer, ...(questionId !== undefined && { messageId: questionId }) },
          { signal },
        ),
      { questionId: questionId ?? this.lastQuestion?.id },
    );
  }

  /** Keeps what has been written. What waits for it goes on waiting. */
  stop(): void {
    this.waiting.isHeld = true;
    this.#answering?.abort();
  }

  leave(): void {
    this.composer.stopEditing();
    this.#leaving.abort();
    this.stop();
  }

  /** Starts something that can be stopped: an answer to what is being sent, or to an earlier question. */
  begin(sent?: SentQuestion): AbortController {
    const answering = new AbortController();
    this.#answering = answering;
    this.sending = sent;
    this.sendError = undefined;
    this.awaited = undefined;
    this.canAnswerAgain = false;
    return answering;
  }

  /** `onRefused` is called if not even the question was accepted, as soon as that is known. */
  async answering(
    ask: (signal: AbortSignal) => Promise<AsyncIterable<ChatEvent>>,
    {
      questionId,
      sent,
      answerer = this.answerer,
      onRefused,
    }: {
      questionId?: string | undefined;
      sent?: SentQuestion;
      answerer?: Answerer;
      onRefused?: () => void;
    },
  ): Promise<void> {
    const answering = this.begin(sent);
    const adapter = this.adapters.find(({ id }) => id === answerer.adapterId);
    this.draft = { id: undefined, text: '', adapter, name: this.nameOf(answerer), writing: true, questionId };
    let accepted = false;
    try {
      for await (const event of await ask(answering.signal)) {
        accepted = true;
        if (answering.signal.aborted) break;
        this.#receive(event);
      }
    } catch (error) {
      if (!answering.signal.aborted) {
        this.sendError = error;
        this.canAnswerAgain = accepted || questionId !== undefined;
        if (!accepted) onRefused?.();
      }
    }
    // Another conversation may have been opened meanwhile.
    if (this.#answering !== answering) return;
    if (this.sendError !== undefined) this.waiting.isHeld = true;
    if (this.draft === undefined) {
      if (!answering.signal.aborted) this.answered();
      return;
    }
    this.sending = undefined;
    this.draft = this.draft.text === '' ? undefined : { ...this.draft, writing: false };
    const isAsked = await this.findsAsked();
    if (!accepted && answering.signal.aborted && !isAsked) onRefused?.();
  }

  /** Refreshes. True if that shows another last question: one that was stopped at once may have been accepted. */
  async findsAsked(): Promise<boolean> {
    const before = this.lastQuestion?.id;
    await this.refresh();
    return this.lastQuestion?.id !== before;
  }

  #receive(event: ChatEvent): void {
    const draft = this.draft;
    switch (event.kind) {
      case 'started':
        this.receiveQuestion(event.user);
        if (draft !== undefined) this.draft = { ...draft, id: event.answerId, questionId: event.user.id };
        return;
      case 'loading':
      case 'reading':
        this.awaited = event;
        return;
      case 'text':
        if (draft !== undefined) this.draft = { ...draft, text: draft.text + event.delta };
        return;
      case 'finished':
        this.messages = [...this.#upTo(event.answer.parentId), event.answer];
        this.draft = undefined;
        return;
      default:
        event satisfies never;
    }
  }

  /** A question replaces whatever followed the turn that it follows. */
  receiveQuestion(user: Message): void {
    this.sending = undefined;
    this.messages = [...this.#upTo(user.parentId), user];
  }

  /** The turns up to and including `id`; none if it is null. */
  #upTo(id: string | null): readonly Message[] {
    if (id === null) return [];
    const place = this.messages.findLastIndex((message) => message.id === id || message.siblings.includes(id));
    return this.messages.slice(0, place + 1);
  }

  /**
   * What was sent, in the form that the studio's API takes: in the open conversation, or in a new one named after it.
   */
  async questionOf({ text, input, editing }: SentQuestion) {
    const conversationId = this.conversationId ?? (await this.#createConversation(text));
    const place = editing === undefined ? {} : { parentId: editing.parentId };
    return { conversationId, text, ...(Object.keys(input).length > 0 && { input }), ...place };
  }

  async #fillFrom(dataset: string, row: string): Promise<void> {
    const [example, { task }] = await Promise.all([
      client.datasets.example({ datasetId: dataset, exampleId: row }),
      client.datasets.get({ id: dataset }),
    ]);
    // Prefer an adapter trained on these rows, else one for the task.
    const own = this.adapters.find((adapter) => adapter.datasetId === dataset);
    if (this.adapterId === null)
      this.choose((own ?? this.adapters.find((adapter) => adapter.task === task))?.id ?? null);
    if (this.adapterId === null) this.baseTask = task;
    this.composer.fill(example);
  }

  async #createConversation(text: string): Promise<string> {
    const title = titleFrom(text, 60);
    const conversation = await client.chat.createConversation({
      baseModelId: this.baseModelId,
      ...(title !== '' && { title }),
    });
    this.conversations = [conversation, ...this.conversations];
    // Another one may have been opened meanwhile.
    if (this.conversationId === undefined) this.conversationId = conversation.id;
    return conversation.id;
  }

  async #loadLists(): Promise<void> {
    const [baseModels, adapters, datasets, conversations] = await Promise.all([
      client.baseModels.list(),
      client.adapters.list(),
      client.datasets.list(),
      client.chat.conversations(),
    ]);
    const { adapterId, task } = this;
    this.baseModels = baseModels;
    this.allAdapters = adapters;
    this.datasets = datasets;
    this.conversations = conversations.toSorted((a, b) => b.updatedAt - a.updatedAt);
    // Nothing is chosen yet on the first load.
    if (!this.loading) this.#takeBase();
    this.#followDeletions();
    // The panel keeps its shape.
    if (this.adapterId !== adapterId) this.baseTask = task;
  }

  /** A deleted adapter no longer answers. If its deletion is undone it does, unless something else has been chosen. */
  #followDeletions(): void {
    const chosen = () => JSON.stringify([this.conversationId, this.baseModelId, this.answerer]);
    if (this.#lost?.since === chosen()) Object.assign(this, { mix: [], ...this.#lost.answerer });
    const { answerer } = this;
    const before = chosen();
    this.#leaveOutDeleted();
    this.#lost = chosen() === before ? undefined : { answerer, since: chosen() };
  }

  /** Adapters deleted meanwhile, here or elsewhere, no longer answer, and could not be removed by hand. */
  #leaveOutDeleted(): void {
    const isThere = (adapterId: string) => this.adapters.some(({ id }) => id === adapterId);
    if (this.adapterId !== null && !isThere(this.adapterId)) this.choose(null);
    if (!this.mix.every((added) => isThere(added.adapterId)))
      this.mix = this.mix.filter((added) => isThere(added.adapterId));
  }

  async #loadMessages(): Promise<void> {
    const { conversationId } = this;
    if (conversationId === undefined) return;
    const messages = await this.#readTurns(conversationId);
    if (conversationId !== this.conversationId || this.writing) return;
    this.messages = messages;
    if (this.draft !== undefined && messages.some((message) => message.id === this.draft?.id)) this.draft = undefined;
  }

  /** Fetches the turns that were added or changed since the conversation was last read. */
  async #readTurns(conversationId: string): Promise<readonly Message[]> {
    const known = this.#read?.conversationId === conversationId ? this.#read : undefined;
    const { kept, messages: rest, marks } = await client.chat.messages({ conversationId, known: known?.marks });
    const messages = [...(known?.messages.slice(0, kept) ?? []), ...rest];
    this.#read = { conversationId, messages, marks };
    return messages;
  }
}
