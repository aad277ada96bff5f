import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { OverTime, withinTime } from '../within-time.ts';
import { PythonTemplate } from './python-template.ts';

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Turns a conversation into the text format that an instruction-tuned base was trained on. */
export class ChatTemplate {
  /** As written by the model's makers; a run stores it. */
  readonly source: string;
  readonly #template: PythonTemplate;
  readonly #tokens: Readonly<Record<string, string>>;

  /** `specialTokens` are those that templates refer to by name, such as `bos_token`. Throws MODEL_FILE_INVALID. */
  constructor(source: string, specialTokens: Readonly<Record<string, string>>) {
    this.source = source;
    this.#tokens = specialTokens;
    try {
      this.#template = new PythonTemplate(source);
    } catch (cause) {
      throw broken(cause);
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
      throw broken(cause);
    }
  }
}

/** About a thousand times what a template takes. */
const mostSeconds = 2;

/** The template of a model folder, from chat_template.jinja or tokenizer_config.json; undefined if it has none. */
export async function readChatTemplateSource(
  folder: string,
  tokenizerConfig: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const own = await readFile(join(folder, 'chat_template.jinja'), 'utf8').catch(() => undefined);
  if (own !== undefined) return own;
  const field = tokenizerConfig.chat_template;
  if (typeof field === 'string') return field;
  if (!Array.isArray(field)) return undefined;
  const named = field as { name?: unknown; template?: unknown }[];
  const template = (named.find(({ name }) => name === 'default') ?? named[0])?.template;
  return typeof template === 'string' ? template : undefined;
}

function broken(cause: unknown): StudioError {
  const why: Because =
    cause instanceof OverTime
      ? because('CHAT_TEMPLATE_SLOW', { seconds: mostSeconds })
      : because('CHAT_TEMPLATE_FAULT', { message: cause instanceof Error ? cause.message : String(cause) });
  return new StudioError('MODEL_FILE_INVALID', { file: 'tokenizer_config.json', ...why }, { cause });
}
