import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, inEnglish, type UnsupportedModel } from '../../../src-contract/failure-reason.ts';

/** A Hugging Face `config.json`: architectures read their values through `count`, `positive` and the like. */
export class ModelConfig {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly file: string;

  constructor(values: Readonly<Record<string, unknown>>, file: string) {
    this.#values = values;
    this.file = file;
  }

  get modelType(): string {
    return this.text('model_type', '');
  }

  /**
   * An integer from 1 to `most`. A limit far above any real model keeps a nonsense config from making us build or
   * allocate accordingly. Throws MODEL_FILE_INVALID where it is missing (without a default) or anything else.
   */
  count(key: string, most: number, fallback?: number): number {
    const value = this.#values[key] ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > most)
      throw this.invalid(because('KEY_NOT_COUNT', { key, most }));
    return value as number;
  }

  /** The same, or 0. */
  countOrZero(key: string, most: number, fallback?: number): number {
    return this.#values[key] === 0 ? 0 : this.count(key, most, fallback);
  }

  /** A number above 0. Throws MODEL_FILE_INVALID where it is missing and has no default. */
  positive(key: string, fallback?: number): number {
    const value = this.#values[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
      throw this.invalid(because('KEY_NOT_POSITIVE', { key }));
    return value;
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.#values[key] ?? fallback;
    if (typeof value !== 'boolean') throw this.invalid(because('KEY_NOT_FLAG', { key }));
    return value;
  }

  text(key: string, fallback: string): string {
    const value = this.#values[key] ?? fallback;
    if (typeof value !== 'string') throw this.invalid(because('KEY_NOT_TEXT', { key }));
    return value;
  }

  /** One id or a list of them, as `eos_token_id` may be, each within the vocabulary. */
  ids(key: string, vocabulary: number): number[] {
    const value = this.#values[key] ?? [];
    const ids = Array.isArray(value) ? value : [value];
    if (!ids.every((id) => Number.isSafeInteger(id) && id >= 0 && id < vocabulary))
      throw this.invalid(because('KEY_NOT_TOKEN_IDS', { key, vocabulary }));
    return ids;
  }

  /** A list of strings; undefined if there is none. */
  texts(key: string): readonly string[] | undefined {
    const value = this.#values[key] ?? undefined;
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw this.invalid(because('KEY_NOT_TEXTS', { key }));
  }

  /** Distinguishes null from absent, where a null switches something off. */
  isNull(key: string): boolean {
    return this.#values[key] === null;
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined && this.#values[key] !== null;
  }

  get isEmpty(): boolean {
    return Object.keys(this.#values).length === 0;
  }

  /** The same with the values of another config, which take precedence. */
  with(other: ModelConfig | undefined): ModelConfig {
    return new ModelConfig({ ...this.#values, ...(other === undefined ? {} : other.#values) }, this.file);
  }

  object(key: string): ModelConfig | undefined {
    const value = this.#values[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw this.invalid(because('KEY_NOT_OBJECT', { key }));
    return new ModelConfig(value as Record<string, unknown>, this.file);
  }

  unsupported(why: UnsupportedModel): StudioError {
    return new StudioError('MODEL_UNSUPPORTED', { file: this.file, ...why });
  }

  invalid(why: Because): StudioError {
    return new StudioError('MODEL_FILE_INVALID', { file: this.file, ...why });
  }
}

/** Reads a JSON file of a model folder. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID. */
export async function readModelConfig(folder: string, file = 'config.json'): Promise<ModelConfig> {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
    throw new StudioError('FILE_UNREADABLE', { file: path, ...inEnglish(cause.message) }, { cause });
  });
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (cause) {
    throw new StudioError('MODEL_FILE_INVALID', { file, ...because('FILE_NOT_JSON') }, { cause });
  }
  if (typeof values === 'object' && values !== null && !Array.isArray(values))
    return new ModelConfig(values as Record<string, unknown>, file);
  throw new StudioError('MODEL_FILE_INVALID', { file, ...because('FILE_NOT_JSON_OBJECT') });
}
