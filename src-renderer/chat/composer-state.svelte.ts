import type { Message } from '../../src-contract/chat.ts';
import { withoutBegun } from '../../src-contract/column-groups.ts';
import type { Example } from '../../src-contract/dataset.ts';
import type { TaskId, TaskInput } from '../../src-contract/task.ts';
import { askedFrom } from './asked-from.ts';
import { readTaskFields } from './task-fields.ts';

/** Where the typed text would go. */
export interface ComposerPlace {
  readonly conversationId: string | undefined;
  readonly task: TaskId;
  /** The last question asked. */
  readonly asked: string | undefined;
}

/** A sent question, also as it was typed, and the question that it replaces. */
export interface SentQuestion {
  readonly text: string;
  readonly input: TaskInput;
  readonly typed: string;
  readonly editing: Message | undefined;
}

/** The next question: the contents of the message box, per conversation, and of the panel beside it. */
export class ComposerState {
  /** The contents of the message box by conversation; '' for one that has not started. */
  unsent = $state.raw<Readonly<Record<string, string>>>({});
  /** The panel beside the message box. It is kept when the adapter changes. */
  passage = $state('');
  schema = $state('');
  document = $state('');
  /** What the columns of a message are called, if who answers learned from several. */
  columns = $state.raw<readonly string[]>([]);
  /** The question being edited; the box holds its text. */
  editing = $state.raw<Message | undefined>(undefined);
  /** The contents of the box and the panel before a question was put there to be edited. */
  #before: Pick<ComposerState, 'text' | 'passage' | 'schema' | 'document'> | undefined;
  #picked = $state.raw<{ task: TaskId; text: string; target: string } | undefined>(undefined);
  /** The targets of all picked rows, by question key. */
  #targets = $state.raw<Readonly<Record<string, string>>>({});
  readonly #place: () => ComposerPlace;

  constructor(place: () => ComposerPlace, unsent: Readonly<Record<string, string>>) {
    this.#place = place;
    this.unsent = unsent;
  }

  /** Typed text stays with its conversation. */
  get text(): string {
    return this.unsent[this.#place().conversationId ?? ''] ?? '';
  }

  set text(text: string) {
    const { conversationId = '' } = this.#place();
    const { [conversationId]: _, ...others } = this.unsent;
    this.unsent = text === '' ? others : { ...others, [conversationId]: text };
  }

  /** Whether something was typed for a conversation that has not started. */
  get hasBegun(): boolean {
    return this.unsent[''] !== undefined;
  }

  /** What will be sent. A summary is requested by giving the document, in the box or in the panel. */
  get outgoing(): { text: string; input: TaskInput } {
    const { task } = this.#place();
    const text = withoutBegun(this.text, this.columns).trim();
    if (task === 'summarisation') return { text: text === '' ? this.document.trim() : text, input: {} };
    if (task === 'mrc' && this.passage.trim() !== '') return { text, input: { passage: this.passage } };
    if (task === 'nl2sql' && this.schema.trim() !== '') return { text, input: { schema: this.schema } };
    return { text, input: {} };
  }

  /** What the task needs beside the message but is missing: a question without it is answered by a guess. */
  get lacks(): 'passage' | 'schema' | undefined {
    if (this.text.trim() === '') return undefined;
    const { task } = this.#place();
    if (task === 'mrc' && this.passage.trim() === '') return 'passage';
    return task === 'nl2sql' && this.schema.trim() === '' ? 'schema' : undefined;
  }

  /** The picked row's target, as long as that row is what is asked, under its own task. */
  get pickedTarget(): string | undefined {
    const { task, asked } = this.#place();
    const picked = this.#picked;
    if (picked === undefined || picked.task !== task) return undefined;
    return this.outgoing.text === picked.text || asked === picked.text ? picked.target : undefined;
  }

  /** A picked row's target, if this question asks that row about the same text. */
  pickedTargetOf(question: Message): string | undefined {
    return this.#targets[askedFrom(question)];
  }

  /** Puts a dataset row into the box and the panel. */
  fill(row: Example): void {
    const { task } = this.#place();
    const { text, input } = readTaskFields(task, row.context);
    this.#picked = { task, text: text.trim(), target: row.target };
    this.#targets = { ...this.#targets, [askedFrom({ text, input })]: row.target };
    if (task === 'summarisation') {
      this.document = text;
      this.text = '';
      return;
    }
    this.text = text;
    this.#putBeside(input);
  }

  /** Puts a document where the task wants its long text. */
  takeDocument(text: string): void {
    const { task } = this.#place();
    if (task === 'mrc') this.passage = text;
    else if (task === 'summarisation') this.document = text;
    else if (task === 'nl2sql') this.schema = text;
    else this.text = text;
  }

  /** Puts a question back into the box for editing; what followed it stays on its own branch. */
  edit(message: Message): void {
    this.stopEditing();
    const isDocument = this.#place().task === 'summarisation';
    const { text, passage, schema, document } = this;
    this.#before = { text, passage, schema, document };
    this.editing = message;
    if (isDocument) this.document = message.text;
    this.text = isDocument ? '' : message.text;
    this.#putBeside(message.input);
  }

  stopEditing(): void {
    if (this.editing === undefined) return;
    this.editing = undefined;
    Object.assign(this, this.#before);
  }

  /** Takes the question out of the box and restores the draft that gave way to an edited question. */
  take(): SentQuestion {
    const { outgoing, text: typed, editing } = this;
    this.text = '';
    this.editing = undefined;
    if (editing !== undefined) this.#putDraft(editing);
    return { ...outgoing, typed, editing };
  }

  /** Returns a question that was not accepted to its conversation's box, unless something else is typed there. */
  giveBack({ text, input, typed, editing }: SentQuestion, conversationId: string | undefined): void {
    const box = conversationId ?? '';
    const isHere = conversationId === this.#place().conversationId;
    if (editing !== undefined && isHere && (this.text === '' || this.text === this.#before?.text)) {
      this.edit({ ...editing, text, input });
      this.text = typed;
    } else if (!this.unsent[box]) this.unsent = { ...this.unsent, [box]: typed };
  }

  /** Puts a question that has waited back into the box and the panel. */
  putBack({ text, input, typed }: SentQuestion): void {
    this.text = typed;
    // Nothing is typed for a document that is in the panel.
    if (typed === '') this.document = text;
    this.#putBeside(input);
  }

  /** Puts the last question's passage or schema back into the panel and returns the task it implies. */
  recall(messages: readonly Message[]): TaskId | undefined {
    const asked = messages.findLast((message) => message.role === 'user' && message.input !== null);
    this.#putBeside(asked?.input);
    if (asked?.input?.schema) return 'nl2sql';
    return asked?.input?.passage ? 'mrc' : undefined;
  }

  /** The previous conversation's texts do not apply to the next one; a schema may. */
  forgetTexts(): void {
    this.passage = '';
    this.document = '';
    this.#picked = undefined;
  }

  /**
   * Restores a draft and its panel. With an empty box the panel keeps the edited question's texts, since the next
   * question is about them too; only a different document is a draft in itself.
   */
  #putDraft(asked: Message): void {
    if (this.#before === undefined) return;
    const { text, document } = this.#before;
    if (text !== '') Object.assign(this, this.#before);
    else if (document !== '' && document !== asked.text) this.document = document;
  }

  #putBeside(input: TaskInput | null | undefined): void {
    this.passage = input?.passage ?? this.passage;
    this.schema = input?.schema ?? this.schema;
  }
}
