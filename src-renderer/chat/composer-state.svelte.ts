import type { Message } from '../../src-contract/chat.ts';
import type { Example } from '../../src-contract/dataset.ts';
import type { TaskId, TaskInput } from '../../src-contract/task.ts';
import { askedFrom } from './asked-from.ts';
import { readTaskFields } from './task-fields.ts';

/** Where what is typed would stand. */
export interface ComposerPlace {
  readonly conversationId: string | undefined;
  readonly task: TaskId;
  /** The question that was asked last. */
  readonly asked: string | undefined;
}

/** What was asked, as it was typed too, and the question in whose place it is asked. */
export interface SentQuestion {
  readonly text: string;
  readonly input: TaskInput;
  readonly typed: string;
  readonly editing: Message | undefined;
}

/** What is asked next: what is in the message box, for each conversation, and what stands beside it. */
export class ComposerState {
  /** What is in the message box, for each conversation; under '' for one that has not begun. */
  unsent = $state.raw<Readonly<Record<string, string>>>({});
  /** What stands beside the message box. It is kept when the adapter changes. */
  passage = $state('');
  schema = $state('');
  document = $state('');
  /** The question that is being written anew; the box holds its text. */
  editing = $state.raw<Message | undefined>(undefined);
  /** What stood in the box and beside it before a question was put there to be asked otherwise. */
  #before: Pick<ComposerState, 'text' | 'passage' | 'schema' | 'document'> | undefined;
  #picked = $state.raw<{ task: TaskId; text: string; target: string } | undefined>(undefined);
  /** The targets of all rows that were picked, by what was to be asked. */
  #targets = $state.raw<Readonly<Record<string, string>>>({});
  readonly #place: () => ComposerPlace;

  constructor(place: () => ComposerPlace, unsent: Readonly<Record<string, string>>) {
    this.#place = place;
    this.unsent = unsent;
  }

  /** What is typed stays with its conversation. */
  get text(): string {
    return this.unsent[this.#place().conversationId ?? ''] ?? '';
  }

  set text(text: string) {
    const { conversationId = '' } = this.#place();
    const { [conversationId]: _, ...others } = this.unsent;
    this.unsent = text === '' ? others : { ...others, [conversationId]: text };
  }

  /** Whether something was typed for a conversation that has yet to begin. */
  get hasBegun(): boolean {
    return this.unsent[''] !== undefined;
  }

  /** What will be sent. A summary is asked for by giving the document, from the box or from the panel. */
  get outgoing(): { text: string; input: TaskInput } {
    const { task } = this.#place();
    const text = this.text.trim();
    if (task === 'summarisation') return { text: text === '' ? this.document.trim() : text, input: {} };
    if (task === 'mrc' && this.passage.trim() !== '') return { text, input: { passage: this.passage } };
    if (task === 'nl2sql' && this.schema.trim() !== '') return { text, input: { schema: this.schema } };
    return { text, input: {} };
  }

  /** What the task needs beside the message, and what is asked lacks: a question without it is answered by a guess. */
  get lacks(): 'passage' | 'schema' | undefined {
    if (this.text.trim() === '') return undefined;
    const { task } = this.#place();
    if (task === 'mrc' && this.passage.trim() === '') return 'passage';
    return task === 'nl2sql' && this.schema.trim() === '' ? 'schema' : undefined;
  }

  /** The target of the row that was picked, for as long as that row is what is asked, under its own task. */
  get pickedTarget(): string | undefined {
    const { task, asked } = this.#place();
    const picked = this.#picked;
    if (picked === undefined || picked.task !== task) return undefined;
    return this.outgoing.text === picked.text || asked === picked.text ? picked.target : undefined;
  }

  /** The target of a picked row, where this is the question that asks it, about the same text. */
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

  /** Puts a question back into the box, to be asked otherwise; what followed it stays on a branch of its own. */
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

  /** Takes what is asked out of the box; the draft that gave way to an earlier question is there again. */
  take(): SentQuestion {
    const { outgoing, text: typed, editing } = this;
    this.text = '';
    this.editing = undefined;
    if (editing !== undefined) this.#putDraft(editing);
    return { ...outgoing, typed, editing };
  }

  /** What was sent and not taken comes back into the box of its conversation, where nothing else is typed. */
  giveBack({ text, input, typed, editing }: SentQuestion, conversationId: string | undefined): void {
    const box = conversationId ?? '';
    const isHere = conversationId === this.#place().conversationId;
    if (editing !== undefined && isHere && (this.text === '' || this.text === this.#before?.text)) {
      this.edit({ ...editing, text, input });
      this.text = typed;
    } else if (!this.unsent[box]) this.unsent = { ...this.unsent, [box]: typed };
  }

  /** Puts the passage or schema of the last question back beside the box, and gives the task that it tells. */
  recall(messages: readonly Message[]): TaskId | undefined {
    const asked = messages.findLast((message) => message.role === 'user' && message.input !== null);
    this.#putBeside(asked?.input);
    if (asked?.input?.schema) return 'nl2sql';
    return asked?.input?.passage ? 'mrc' : undefined;
  }

  /** What stood beside the conversation before is not about the next one; a schema may be. */
  forgetTexts(): void {
    this.passage = '';
    this.document = '';
    this.#picked = undefined;
  }

  /**
   * A draft comes back with what stood beside it. Beside an empty box stays what was asked about, as what is asked next is
   * about it too; only a document other than the one that was asked about is a draft by itself.
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
