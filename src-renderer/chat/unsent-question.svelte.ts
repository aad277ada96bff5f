import type { Message, PromptFit } from '../../src-contract/chat.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { client } from '../client.ts';
import type { Answerers } from './answerers.svelte.ts';
import type { ComposerState } from './composer-state.svelte.ts';

/** What the question would be asked in. */
interface Asking {
  readonly answerers: Answerers;
  readonly composer: ComposerState;
  readonly conversationId: string | undefined;
  readonly messages: readonly Message[];
  readonly task: TaskId;
  readonly writing: boolean;
  /** Several are asked at once, each without the previous turns. */
  readonly asksAlone: () => boolean;
}

/** The question that is being typed: how it fits the model's context, and what of it can be read meanwhile. */
export class UnsentQuestion {
  /** How the contents of the box would fit into the model's context. */
  fit = $state.raw<PromptFit | undefined>(undefined);
  readonly #chat: Asking;
  readonly #leaving: AbortSignal;
  #measured = 0;
  #reading: AbortController | undefined;
  #readAheadOf = '';

  /** `leaving` aborts when the panel is left. */
  constructor(chat: Asking, leaving: AbortSignal) {
    this.#chat = chat;
    this.#leaving = leaving;
  }

  /** The contents of the box, and where they would go in which conversation. Undefined if nothing could be asked. */
  get #question() {
    const { answerers, composer, conversationId } = this.#chat;
    const { baseModel, baseModelId, adapterId } = answerers;
    const { outgoing, editing } = composer;
    if (outgoing.text === '' || baseModel === undefined) return undefined;
    return {
      ...{ baseModelId, adapterId, ...outgoing },
      ...(conversationId !== undefined && { conversationId }),
      ...(editing !== undefined && { parentId: editing.parentId }),
    };
  }

  /** Asks how the contents of the box would fit. Only the newest request counts. */
  async measure(): Promise<void> {
    const asked = ++this.#measured;
    const question = this.#question;
    const asksAlone = this.#chat.asksAlone();
    const fit =
      question &&
      (await client.chat.measure({ ...question, ...(asksAlone && { parentId: null }) }).catch(() => undefined));
    if (asked === this.#measured) this.fit = fit;
  }

  /**
   * Prefills what precedes the question (the passage, the schema, the turns so far) while it is still being typed, once
   * per answerer and place, and per document. Errors are reported when the message is sent.
   */
  async readAhead(): Promise<void> {
    const { answerers, messages, task, writing } = this.#chat;
    const question = this.#question;
    if (question === undefined || writing) return;
    const { text, ...before } = question;
    const document = task === 'summarisation' ? [text] : [];
    const about = JSON.stringify([before, answerers.chosen, messages.at(-1)?.id, ...document]);
    if (about === this.#readAheadOf) return;
    this.#readAheadOf = about;
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    const signal = AbortSignal.any([reading.signal, this.#leaving]);
    await client.chat.readAhead({ ...question, ...answerers.chosen }, { signal }).catch(() => undefined);
  }
}
