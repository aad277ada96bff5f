import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { errorMessage } from '../../src-contract/thrown.ts';
import { OverTime, withinTime } from '../async/within-time.ts';
import { checkTokenizer } from './check-tokenizer.ts';
import { keepAllLetters } from './decoders.ts';
import { quoting } from './quoted-tokens.ts';
import { keepSingleWords } from './single-words.ts';
import { keepSeparators } from './split-behaviours.ts';
import { limitGrowth, mayTakeForEver } from './tokenizer-limits.ts';
import { withUnicodeCuts } from './unicode-cuts.ts';

/** Converts text to token ids and back, as tokenizer.json says. */
export class Tokenizer {
  /** The content of tokenizer_config.json; an empty object if there is none. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly #tokenizer: HuggingFaceTokenizer;
  /** Ids that the model expects before every text: the start-of-text id, or none. */
  readonly #prefix: readonly number[];
  readonly #mayTakeForEver: boolean;
  readonly #mayGrowFrom: (letters: number) => void;
  /** A text for `encode`, in which the names of special tokens are read as letters. */
  readonly quoted: (text: string) => string;
  /** A long text is asked for again and again: to count it, to shorten it, to answer it. */
  #lastLong: { readonly text: string; readonly ids: readonly number[] } | undefined;

  private constructor(
    tokenizer: HuggingFaceTokenizer,
    { json, config }: { json: Record<string, unknown>; config: Readonly<Record<string, unknown>> },
  ) {
    this.#tokenizer = tokenizer;
    this.config = config;
    this.#mayTakeForEver = mayTakeForEver(json);
    this.#mayGrowFrom = limitGrowth(tokenizer);
    this.quoted = quoting(tokenizer);
    // A post-processor that also appends an end id would end the text before the target; only the prefix is kept.
    const around = this.#within(1, () => tokenizer.encode('a').ids);
    const bare = this.#within(1, () => tokenizer.encode('a', { add_special_tokens: false }).ids);
    this.#prefix = around.slice(0, Math.max(0, around.indexOf(bare[0] ?? -1)));
  }

  /**
   * Reads tokenizer.json of a model folder, and tokenizer_config.json and special_tokens_map.json if it has them. Throws
   * MODEL_FILE_INVALID.
   */
  static async read(folder: string): Promise<Tokenizer> {
    const json = await readJsonObject(join(folder, 'tokenizer.json'), 'tokenizer.json');
    const config = await readJsonObject(join(folder, 'tokenizer_config.json'), 'tokenizer_config.json', ifAny);
    // Before 2023, special tokens had a file of their own; transformers 5 still reads it unless the config has them all.
    const own = config.added_tokens_decoder === undefined ? 'special_tokens_map.json' : undefined;
    const named = own && (await readJsonObject(join(folder, own), own, ifAny));
    return Tokenizer.from(json, { ...config, ...named });
  }

  /** From the parsed content of the two files. Throws MODEL_FILE_INVALID. */
  static from(json: Record<string, unknown>, config: Readonly<Record<string, unknown>>): Tokenizer {
    checkTokenizer(json);
    try {
      const corrected = { ...json, pre_tokenizer: withUnicodeCuts(json.pre_tokenizer) };
      const tokenizer = new HuggingFaceTokenizer(corrected, config);
      completeModel(tokenizer, json.model as Readonly<Record<string, unknown>>);
      keepSingleWords(tokenizer);
      keepSeparators(tokenizer, corrected.pre_tokenizer);
      keepAllLetters(tokenizer);
      return new Tokenizer(tokenizer, { json, config });
    } catch (cause) {
      if (cause instanceof StudioError) throw cause;
      const why = because('TOKENIZER_UNREADABLE', { message: wordsOf(cause) });
      throw new StudioError('MODEL_FILE_INVALID', { file: 'tokenizer.json', ...why }, { cause });
    }
  }

  /** Whether every text is read with a start of text before it. */
  get beginsWithStart(): boolean {
    return this.#prefix.length > 0;
  }

  /** Whether a text is read as if it began with a blank, unless it does. */
  get beginsWithBlank(): boolean {
    return this.encode('a').join() === this.encode(' a').join();
  }

  /** `bos_token`, `eos_token` and the like, as text. */
  get specialTokens(): Record<string, string> {
    const tokens: Record<string, string> = {};
    for (const name of ['bos_token', 'eos_token', 'pad_token', 'unk_token']) {
      const value = this.config[name];
      const text = typeof value === 'object' && value !== null && 'content' in value ? value.content : value;
      if (typeof text === 'string') tokens[name] = text;
    }
    return tokens;
  }

  /** Ids of a text, without start and end of text. Throws MODEL_FILE_INVALID if it takes for ever, or grows without end. */
  encode(text: string): number[] {
    if (text === '') return [];
    if (text === this.#lastLong?.text) return [...this.#lastLong.ids];
    const ids = this.#idsOf(text);
    if (text.length > 10_000) this.#lastLong = { text, ids };
    return [...ids];
  }

  #idsOf(text: string): number[] {
    return this.#within(text.length, () => this.#tokenizer.encode(text, { add_special_tokens: false }).ids);
  }

  /** `letters` is the length of what is read. */
  #within<Result>(letters: number, read: () => Result): Result {
    this.#mayGrowFrom(letters);
    if (!this.#mayTakeForEver) return read();
    try {
      // Ten times what a long text takes on a busy machine.
      return withinTime(2_000 + letters / 20, read);
    } catch (cause) {
      if (!(cause instanceof OverTime)) throw cause;
      throw new StudioError('MODEL_FILE_INVALID', { file: 'tokenizer.json', ...because('TOKENIZER_SLOW') }, { cause });
    }
  }

  /** Ids of a text as the model expects it at the start. */
  encodeFromStart(text: string): number[] {
    return [...this.#prefix, ...this.encode(text)];
  }

  /** The text of some ids, without start, end and other special tokens. Throws as `encode` does. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return '';
    // Cleaning up spaces would change the text: an adapter's SQL must come out as it was written.
    const options = { skip_special_tokens: true, clean_up_tokenization_spaces: false };
    return this.#within(ids.length, () => this.#tokenizer.decode([...ids], options));
  }

  /** What the ids behind the first `known` add to the text of those; nothing while they end within a character. */
  decodeBehind(known: number, ids: readonly number[]): string {
    const before = this.decode(ids.slice(0, known));
    const text = this.decode(ids);
    return text.endsWith('\uFFFD') ? '' : text.slice(before.length);
  }

  idOf(token: string): number | undefined {
    return this.#tokenizer.token_to_id(token);
  }
}

/** What the library says; the engine's own words are about code. */
function wordsOf(cause: unknown): string {
  if (cause instanceof TypeError) return 'something in it or in the files beside it is of the wrong kind';
  return errorMessage(cause);
}

/**
 * Tokenizers that begin each text with a space restore it when they decode; an answer is shown and compared without it.
 */
export function withoutLeadingSpace(text: string): string {
  return text.startsWith(' ') ? text.slice(1) : text;
}

/**
 * Adds what @huggingface/tokenizers 0.2.0 leaves out of two kinds of models, and lets words be long. `json` is that part
 * of tokenizer.json.
 */
function completeModel({ model }: HuggingFaceTokenizer, json: Readonly<Record<string, unknown>>): void {
  if (model === null) return;
  const ids = model.tokens_to_ids;
  if (json.type === 'WordLevel' && typeof json.unk_token === 'string') model.unk_token_id = ids.get(json.unk_token);
  if (json.type === 'Unigram') {
    // Sound: there is one in every model of that type. `encode` hands all pieces of a word over as arguments, of which
    // there may be some hundred thousand.
    const { tokenize } = model as typeof model & { tokenize(this: typeof model, word: string): string[] };
    model.encode = (words) =>
      words
        .flatMap((word) => tokenize.call(model, word))
        .flatMap((piece) => {
          if (json.byte_fallback !== true || ids.has(piece)) return piece;
          const bytes = [...Buffer.from(piece)].map(
            (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
          );
          return bytes.every((byte) => ids.has(byte)) ? bytes : piece;
        });
  }
  fuseWithinWords(model);
}

/** Unknown letters in a row are one unknown token within a word only. The library fuses those of all words. */
function fuseWithinWords(model: NonNullable<HuggingFaceTokenizer['model']>): void {
  if (!model.fuse_unk) return;
  const encode = model.encode.bind(model);
  const isUnknown = (piece: string | undefined) =>
    piece !== undefined && (model.tokens_to_ids.get(piece) ?? model.unk_token_id) === model.unk_token_id;
  model.fuse_unk = false;
  model.encode = (words) =>
    words.flatMap((word) => {
      const pieces = encode([word]);
      return pieces.filter((piece, place) => !(isUnknown(piece) && isUnknown(pieces[place - 1])));
    });
}

const ifAny = { isOptional: true } as const;

/** An optional file that is not there counts as an empty object. */
async function readJsonObject(
  path: string,
  file: string,
  { isOptional = false } = {},
): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if (isOptional && cause instanceof Error && 'code' in cause) return {};
    const why = because(cause instanceof SyntaxError ? 'FILE_NOT_JSON' : 'FILE_NOT_READ');
    throw new StudioError('MODEL_FILE_INVALID', { file, ...why }, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StudioError('MODEL_FILE_INVALID', { file, ...because('FILE_NOT_JSON_OBJECT') });
  }
  return value as Record<string, unknown>;
}
