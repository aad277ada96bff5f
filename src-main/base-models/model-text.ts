import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { Respelled } from '../engine/engine.ts';
import type { PromptLayout } from '../tasks/prompt-layout.ts';
import { type ChatTemplate, readChatTemplate, type Turn } from './chat-template.ts';
import { RespelledWords } from './respelled-words.ts';
import { templateLayout } from './template-layout.ts';
import { Tokenizer } from './tokenizer.ts';

/** An example as the engine takes it, and whether its context had to be shortened. */
export interface ExampleIds {
  /** The prompt, then the target, then the end-of-text id. */
  readonly ids: readonly number[];
  readonly targetStart: number;
  readonly cut: boolean;
}

export interface RowLengths {
  readonly context: number;
  readonly target: number;
}

/** The latest turns of a conversation in ids, and how many of the earliest are left out. */
export interface TurnsWithin {
  readonly ids: readonly number[];
  readonly leftOut: number;
}

/** The fewest ids an example takes: those of its target, and eight of its context, or all if it has fewer. */
export function shortestLength(contextLength: number, targetLength: number): number {
  return targetLength + Math.min(contextLength, 8);
}

/**
 * How a base model represents text in ids: its tokenizer, its chat template if it has one, and the ids that end a text.
 * Reading it and long texts take seconds, so the studio asks a thread for it (`ModelTexts`).
 */
export class ModelText {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate | undefined;
  /** Written after every target; the model learns to write it when it is done. */
  readonly endId: number;
  /** Ids at which an answer ends. */
  readonly stopIds: readonly number[];
  readonly #words: RespelledWords;

  constructor(parts: { tokenizer: Tokenizer; template: ChatTemplate | undefined; endIds: readonly number[] }) {
    this.tokenizer = parts.tokenizer;
    this.#words = new RespelledWords(parts.tokenizer);
    this.template = parts.template;
    const named = parts.tokenizer.specialTokens.eos_token;
    const endId = (named === undefined ? undefined : parts.tokenizer.idOf(named)) ?? parts.endIds[0];
    if (endId === undefined) {
      throw new StudioError('MODEL_FILE_INVALID', { file: 'config.json', ...because('END_TOKEN_MISSING') });
    }
    this.endId = endId;
    this.stopIds = [...new Set([endId, ...parts.endIds])];
  }

  /** Reads the text side of a model folder. Throws MODEL_FILE_INVALID. */
  static async read(folder: string, endIds: readonly number[]): Promise<ModelText> {
    const tokenizer = await Tokenizer.read(folder);
    return new ModelText({ tokenizer, template: await readChatTemplate(folder, tokenizer), endIds });
  }

  /**
   * What a prompt has around what is said, without the start of a text where programs put that first by themselves:
   * where every text begins with it, or the template names it.
   */
  layout(): PromptLayout {
    const { template, tokenizer } = this;
    if (template === undefined) return { before: tokenizer.beginsWithBlank ? ' ' : '', after: '', turns: undefined };
    const start = tokenizer.specialTokens.bos_token ?? '';
    const isPut = tokenizer.beginsWithStart || template.source.includes('bos_token');
    return templateLayout((turns) => {
      const rendered = template.render(turns);
      return isPut && rendered.startsWith(start) ? rendered.slice(start.length) : rendered;
    });
  }

  /** A context alone: as it is for a base without a chat template, as the user's turn for one with it. */
  promptIds(context: string): number[] {
    return this.conversationIds([{ role: 'user', content: context }]);
  }

  /**
   * A conversation up to the answer to be given, in which only the chat template writes special tokens. A base without
   * one reads the last turn alone, as it is.
   */
  conversationIds(turns: readonly Turn[]): number[] {
    const ids =
      this.template === undefined
        ? this.tokenizer.encodeFromStart(turns.at(-1)?.content ?? '')
        : this.tokenizer.encode(this.template.render(turns.map((turn) => this.#quoted(turn))));
    // A model needs something to start from; after an end of text, anything may come.
    return ids.length === 0 ? [this.endId] : ids;
  }

  /**
   * The latest of these turns that fit into `room` ids, beginning with one of the user's; undefined if not even the
   * last does. Never reads much more than fits: of hundreds of turns, reading all takes a moment each time.
   */
  conversationWithin(turns: readonly Turn[], room: number): TurnsWithin | undefined {
    const begins = turns.flatMap(({ role }, place) => (role === 'user' ? [place] : [])).reverse();
    let last: TurnsWithin | undefined;
    let [fitting, tooMany] = [0, begins.length + 1];
    while (tooMany - fitting > 1) {
      // Twice as many until it is too much, then halfway.
      const doubled = Math.min(begins.length, Math.max(1, fitting * 2));
      const count = tooMany > begins.length ? doubled : (fitting + tooMany) >> 1;
      const leftOut = begins[count - 1] as number;
      const ids = this.conversationIds(turns.slice(leftOut));
      if (ids.length > room) tooMany = count;
      else [fitting, last] = [count, { ids, leftOut }];
    }
    return last;
  }

  /** A text as it is, whatever the base's chat template. */
  rawIds(text: string): number[] {
    const ids = this.tokenizer.encodeFromStart(text);
    return ids.length === 0 ? [this.endId] : ids;
  }

  targetIds(target: string): number[] {
    return [...this.tokenizer.encode(target), this.endId];
  }

  /**
   * A context and its target in at most `maxLength` ids. A longer context loses ids before its last paragraph, so that
   * a question at its end stays. Undefined when not even `shortestLength` fits.
   */
  exampleIds(context: string, target: string, maxLength: number): ExampleIds | undefined {
    const targetIds = this.targetIds(target);
    const prompt = this.promptIds(context);
    if (maxLength < shortestLength(prompt.length, targetIds.length)) return undefined;
    const room = maxLength - targetIds.length;
    const cut = prompt.length > room;
    const kept = cut ? this.shorten(context, prompt, room) : prompt;
    return { ids: [...kept, ...targetIds], targetStart: kept.length, cut };
  }

  /** A prompt in at most `maxLength` ids, shortened as `exampleIds` does. */
  promptIdsWithin(context: string, maxLength: number): number[] {
    const prompt = this.promptIds(context);
    return prompt.length > maxLength ? this.shorten(context, prompt, maxLength) : prompt;
  }

  /** Tokens of each row's context and target. */
  lengths(rows: readonly { readonly context: string; readonly target: string }[]): RowLengths[] {
    return rows.map(({ context, target }) => ({
      context: this.promptIds(context).length,
      target: this.targetIds(target).length,
    }));
  }

  /** The text of some ids, without start, end and other special tokens. */
  decode(ids: readonly number[]): string {
    return this.tokenizer.decode(ids);
  }

  /** See `Tokenizer`. */
  decodeBehind(known: number, ids: readonly number[]): string {
    return this.tokenizer.decodeBehind(known, ids);
  }

  /** Words of a prompt as an answer would begin with them, for guesses. */
  respelled(promptIds: readonly number[]): readonly Respelled[] {
    return this.#words.of(promptIds);
  }

  /** The ids of a prompt that is too long, without what there is no room for. */
  protected shorten(context: string, prompt: readonly number[], room: number): number[] {
    const tail = Math.min(this.#tailLength(context), Math.floor(room / 2));
    return [...prompt.slice(0, room - tail), ...prompt.slice(prompt.length - tail)];
  }

  #quoted({ role, content }: Turn): Turn {
    return { role, content: this.tokenizer.quoted(content) };
  }

  /** Ids of the last paragraph and of what the chat template puts after it. */
  #tailLength(context: string): number {
    const paragraph = context.lastIndexOf('\n\n');
    const last = paragraph < 0 ? '' : context.slice(paragraph);
    if (this.template === undefined) return this.tokenizer.encode(last).length;
    const rendered = this.template.render([{ role: 'user', content: context }]);
    const end = rendered.lastIndexOf(context.trim()) + context.trim().length;
    return this.tokenizer.encode(last + rendered.slice(end)).length;
  }
}
