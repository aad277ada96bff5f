import type { ChatDialect, ChatMessage } from './chat-dialects.ts';

/**
 * Names that have in them what comes between a name and its text, such as `Dr: Who` or `Anna Weber`: everything that
 * such a person says seems to begin with the rest of the name.
 */
export class SenderNames {
  readonly #between: string | undefined;
  readonly #people = new Map<string, { messages: number; rest: readonly string[] }>();

  constructor({ afterName }: Pick<ChatDialect, 'afterName'>) {
    this.#between = afterName;
  }

  see({ sender, text }: ChatMessage): void {
    if (sender === '' || this.#between === undefined) return;
    // There is something to say behind a name.
    const words = text.split(this.#between, mostWords).slice(0, -1);
    const known = this.#people.get(sender);
    const rest = known?.rest ?? words;
    const differs = rest.findIndex((word, place) => word !== words[place]);
    this.#people.set(sender, {
      messages: (known?.messages ?? 0) + 1,
      rest: differs < 0 ? rest : rest.slice(0, differs),
    });
  }

  /** The message with its whole name. */
  corrected(message: ChatMessage): ChatMessage {
    const { messages = 0, rest = [] } = this.#people.get(message.sender) ?? {};
    const more = rest.map((word) => `${word}${this.#between}`).join('');
    if (messages < leastMessages || more === '' || !message.text.startsWith(more)) return message;
    const sender = [message.sender, ...rest].join(this.#between);
    return { ...message, sender, text: message.text.slice(more.length) };
  }
}

/** Few people begin so many messages with the same word, and none else. */
const leastMessages = 4;
const mostWords = 5;
