import { join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { errorMessage } from '../../src-contract/thrown.ts';
import { OverTime, withinTime } from '../async/within-time.ts';
import { textIfThere } from '../files/text-if-there.ts';
import { Template } from './jinja/template.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Turns a conversation into the text format that an instruction-tuned base was trained on. */
export class ChatTemplate {
  /** As written by the model's makers; a run stores it. */
  readonly source: string;
  readonly #template: Template;
  readonly #tokens: Readonly<Record<string, string>>;
  readonly #file: string;

  /**
   * `specialTokens` are those that templates refer to by name, such as `bos_token`; `file` is where it was read from, for
   * errors. Throws MODEL_FILE_INVALID when it is no template, or takes too long to read.
   */
  constructor(source: string, specialTokens: Readonly<Record<string, string>>, file = configName) {
    this.source = source;
    this.#tokens = specialTokens;
    this.#file = file;
    try {
      this.#template = withinTime(mostSeconds * 1000, () => new Template(source));
    } catch (cause) {
      throw broken(file, cause);
    }
  }

  /**
   * The conversation's text, ending where the model's answer begins. Throws MODEL_FILE_INVALID when the template fails
   * or does not terminate.
   */
  render(turns: readonly Turn[], now: Date = new Date()): string {
    // A template tells `none` from what is not there at all.
    const given = { ...this.#tokens, messages: turns, tools: null, documents: null, add_generation_prompt: true };
    try {
      return withinTime(mostSeconds * 1000, () => this.#template.render(given, now));
    } catch (cause) {
      throw broken(this.#file, cause);
    }
  }
}

const [ownName, configName] = ['chat_template.jinja', 'tokenizer_config.json'];

/** About a thousand times what a template takes. */
const mostSeconds = 2;

/**
 * The template of a model folder, from a file of its own or from the tokenizer's config; undefined if it has none.
 * Throws MODEL_FILE_INVALID.
 */
export async function readChatTemplate(
  folder: string,
  { config, specialTokens }: Pick<Tokenizer, 'config' | 'specialTokens'>,
): Promise<ChatTemplate | undefined> {
  const own = await textIfThere(join(folder, ownName)).catch((cause: Error) => {
    throw new StudioError('MODEL_FILE_INVALID', { file: ownName, ...because('FILE_NOT_READ') }, { cause });
  });
  if (own !== undefined) return new ChatTemplate(own, specialTokens, ownName);
  const source = sourceIn(config.chat_template);
  return typeof source === 'string' ? new ChatTemplate(source, specialTokens) : undefined;
}

/** One of several has a name. */
function sourceIn(field: unknown): unknown {
  if (!Array.isArray(field)) return field;
  const named = field as { name?: unknown; template?: unknown }[];
  return (named.find(({ name }) => name === 'default') ?? named[0])?.template;
}

function broken(file: string, cause: unknown): StudioError {
  const why: Because =
    cause instanceof OverTime
      ? because('CHAT_TEMPLATE_SLOW', { seconds: mostSeconds })
      : because('CHAT_TEMPLATE_FAULT', { message: wordsOf(cause) });
  return new StudioError('MODEL_FILE_INVALID', { file, ...why }, { cause });
}

/** What is wrong with the template, or what it says itself; these two kinds are the engine's own words, about code. */
function wordsOf(cause: unknown): string {
  if (cause instanceof RangeError) return 'it is nested too deeply, or makes a text that is too long';
  if (cause instanceof TypeError) return 'it is cut off, or uses a value for what it is not';
  return errorMessage(cause);
}
