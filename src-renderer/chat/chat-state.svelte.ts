import type { Adapter } from '../../src-contract/adapter.ts';
import type { AwaitedEvent, ChatEvent, Conversation, Message } from '../../src-contract/chat.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import { titleFrom } from '../../src-contract/name.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Answerers } from './answerers.svelte.ts';
import { ComposerState, type SentQuestion } from './composer-state.svelte.ts';
import { UnsentQuestion } from './unsent-question.svelte.ts';
import { type Answerer, type KeptMessages, WaitingMessages } from './waiting-messages.svelte.ts';

/** An answer that is being written, or that was stopped and isn't stored yet. */
export interface Draft {
  readonly id: string | undefined;
  readonly text: string;
  readonly adapter: Adapter | undefined;
  /** Name of who answers; undefined is the base. */
  readonly name: string | undefined;
  readonly writing: boolean;
  /** It is a query that cannot be run: others are being tried. */
  readonly retrying?: boolean;
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
  /** Set in the address of a new conversation in which several are asked at once. */
  readonly compare?: string | undefined;
}

/** The chat panel: one base model, one conversation, and the adapter that the next message goes to. */
export class ChatState {
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
  readonly answerers = new Answerers();
  readonly composer: ComposerState;
  /** Sent while an answer is being written. */
  readonly waiting: WaitingMessages;

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
  readonly #leaving = new AbortController();
  readonly unsentQuestion = new UnsentQuestion(this, this.#leaving.signal);
  #answering: AbortController | undefined;
  /** The turns as the studio last told them. */
  #read: { conversationId: string; messages: readonly Message[]; marks: string[] } | undefined;

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

  get conversation(): Conversation | undefined {
    return this.conversations.find((conversation) => conversation.id === this.conversationId);
  }

  /**
   * Whose task shapes the panel and the message: the adapter in use, or one of those asked at once if it is not among
   * them.
   */
  get shapedBy(): Adapter | undefined {
    return this.askedInstead() ?? this.answerers.adapter;
  }

  get task(): TaskId {
    return this.shapedBy?.task ?? this.baseTask;
  }

  /** The turns read in sequence, without answers that were only compared with them. */
  get path(): readonly Message[] {
    return this.messages.filter((message) => message.onPath);
  }

  /** The dataset whose rows can be asked: that adapter's own, else one that asks alike. */
  get dataset(): Dataset | undefined {
    // Once: each reading goes through all adapters.
    const { task, shapedBy } = this;
    const own = this.datasetOfAdapter(shapedBy);
    // What the rows of another dataset ask has nothing to do with an adapter for any texts.
    const asksAlike = shapedBy === undefined || (task !== 'custom' && task !== 'conversation');
    return own ?? (asksAlike ? this.datasets.find((dataset) => dataset.task === task) : undefined);
  }

  /** The one that it was trained on, if it is there. */
  datasetOfAdapter(adapter: Adapter | undefined): Dataset | undefined {
    return this.datasets.find((dataset) => dataset.id === adapter?.datasetId);
  }

  /** The dataset of the adapter that gave an answer. */
  datasetOf(answer: Message): Dataset | undefined {
    return this.datasetOfAdapter(this.answerers.allAdapters.find((known) => known.id === answer.adapterId));
  }

  get #composerPlace() {
    const asked = this.messages.findLast((message) => message.role === 'user')?.text;
    return { conversationId: this.conversationId, task: this.task, asked };
  }

  get writing(): boolean {
    return this.comparing || this.draft?.writing === true;
  }

  /** Another window gets an answer in the open conversation. */
  get isAnsweredElsewhere(): boolean {
    return !this.writing && this.conversation?.answering === true;
  }

  /** The open conversation is read-only: its base model was deleted. */
  get hasLostBase(): boolean {
    return !this.loading && this.conversationId !== undefined && this.answerers.baseModel === undefined;
  }

  get canSend(): boolean {
    return !this.writing && this.answerers.baseModel !== undefined && this.composer.outgoing.text !== '';
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
    if (this.answerers.adapterId !== null || this.asksAlone() || this.composer.editing !== undefined) return false;
    return this.answerers.baseModel?.hasChatTemplate === true && typeof this.lastAnswer?.adapterId === 'string';
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

  async load(choice: ChatChoice): Promise<void> {
    try {
      await this.#loadLists();
      const adapter = this.answerers.allAdapters.find(
        (known) => known.id === choice.adapter || known.name === choice.adapter,
      );
      this.answerers.baseModelId = adapter?.baseModelId ?? choice.baseModel ?? '';
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
      if (!this.#leaving.signal.aborted && this.answerers.baseModels.length === 0) this.error = error;
    }
  }

  /** Takes effect on the next message; nothing is loaded. */
  choose(adapterId: string | null): void {
    const { task } = this;
    this.answerers.choose(adapterId);
    // The panel keeps its shape.
    if (adapterId === null) this.baseTask = task;
  }

  chooseBaseModel(id: string): void {
    if (id === this.answerers.baseModelId) return;
    this.#leaveConversation();
    this.answerers.chooseBase(id);
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
    this.answerers.baseModelId = conversation.baseModelId;
    this.opening = true;
    const before = JSON.stringify(this.answerers.chosen);
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
    if (JSON.stringify(this.answerers.chosen) === before) this.answerers.takeThoseOf(this.#lastAnswerer);
    // What was put beside the box meanwhile is what is asked about next.
    if (composer.passage !== passage || composer.schema !== schema) return;
    this.baseTask = composer.recall(this.messages) ?? this.baseTask;
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
    if (this.conversationId === undefined) this.answerers.takeBase();
  }

  /** Someone who has never chatted wants to talk to what they trained, not to the base alone. */
  #chooseNewest(): void {
    const { newest } = this.answerers;
    if (newest === undefined) return;
    this.answerers.baseModelId = newest.base.id;
    this.choose(newest.adapter.id);
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
    await this.#ask(sent, this.answerers.chosen, (conversationId) => composer.giveBack(sent, conversationId));
  }

  /** Lets what was typed wait for the answer that is being written. It goes to those who are chosen now. */
  queue(columns?: readonly Answerer[]): void {
    if (!this.canQueue) return;
    const { chosen: answerer } = this.answerers;
    this.waiting.add({ sent: this.composer.take(), answerer, ...(columns !== undefined && { columns }) });
  }

  /** Sends a message that has waited: the first, unless another is named. The rest follow when it is answered. */
  async sendWaiting(at = this.waiting.here[0]?.at): Promise<void> {
    const { conversationId } = this;
    if (at === undefined || conversationId === undefined || this.writing || this.answerers.baseModel === undefined)
      return;
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
    if (
      message.columns === undefined &&
      (adapterId === null || this.answerers.adapters.some(({ id }) => id === adapterId))
    ) {
      this.choose(adapterId);
      this.answerers.strength = strength;
      this.answerers.mix = mix;
      this.answerers.leaveOutDeleted();
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
    const { conversationId } = this;
    if (conversationId === undefined || this.writing || this.hasLostBase) return;
    const questionId = message?.role === 'assistant' ? (message.parentId ?? undefined) : message?.id;
    await this.answering(
      (signal) =>
        client.chat.regenerate(
          { conversationId, ...this.answerers.chosen, ...(questionId !== undefined && { messageId: questionId }) },
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
      answerer = this.answerers.chosen,
      onRefused,
    }: {
      questionId?: string | undefined;
      sent?: SentQuestion;
      answerer?: Answerer;
      onRefused?: () => void;
    },
  ): Promise<void> {
    const answering = this.begin(sent);
    const adapter = this.answerers.adapters.find(({ id }) => id === answerer.adapterId);
    this.draft = { id: undefined, text: '', adapter, name: this.answerers.nameOf(answerer), writing: true, questionId };
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
    this.draft = this.draft.text === '' ? undefined : { ...this.draft, writing: false, retrying: false };
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
      case 'retrying':
        if (draft !== undefined) this.draft = { ...draft, retrying: true };
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
    const own = this.answerers.adapters.find((adapter) => adapter.datasetId === dataset);
    if (this.answerers.adapterId === null)
      this.choose((own ?? this.answerers.adapters.find((adapter) => adapter.task === task))?.id ?? null);
    if (this.answerers.adapterId === null) this.baseTask = task;
    this.composer.fill(example);
  }

  async #createConversation(text: string): Promise<string> {
    const title = titleFrom(text, 60);
    const conversation = await client.chat.createConversation({
      baseModelId: this.answerers.baseModelId,
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
    const { answerers, task } = this;
    const { adapterId } = answerers;
    answerers.baseModels = baseModels;
    answerers.allAdapters = adapters;
    this.datasets = datasets;
    this.conversations = conversations.toSorted((a, b) => b.updatedAt - a.updatedAt);
    // Nothing is chosen yet on the first load.
    if (!this.loading) this.#takeBase();
    answerers.followDeletions(this.conversationId);
    // The panel keeps its shape.
    if (answerers.adapterId !== adapterId) this.baseTask = task;
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
