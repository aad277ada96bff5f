import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { LiveAdapter } from '../adapters/adaptation.ts';
import { AdapterStack } from '../adapters/adapter-stack.ts';
import type { GenerateJob, TokenEvent } from '../engine.ts';
import { readTokenBytes } from '../formats/token-bytes.ts';
import { formGrammar } from '../grammar/form-grammar.ts';
import { Vocabulary } from '../grammar/vocabulary.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { checkTokenIds } from '../token-ids.ts';
import type { AnswerGuide } from './answer-guide.ts';
import { ChoiceGuide } from './choice-guide.ts';
import { costsOfGuess, DraftMemory } from './draft.ts';
import { GrammarGuide } from './grammar-guide.ts';
import { PrefixCache } from './prefix-cache.ts';
import { StreamBatch } from './stream-batch.ts';
import { TokenStream } from './token-stream.ts';

/** Memory limit for prefixes kept from earlier answers. */
const usualPrefixBytes = 256 * 2 ** 20;

/** Number of adapters whose output is remembered for drafting. */
const mostMemories = 8;

/**
 * Generates answers with one model. Concurrent answers run in one batch, whatever their adapters; adapter layers get
 * batches of their own, as do adapters whose weights are out of bounds.
 */
export class Decoder {
  readonly #model: LoadedModel;
  readonly #prefixes: PrefixCache;
  readonly #stack: AdapterStack;
  readonly #batch: StreamBatch;
  readonly #apart = new WeakMap<object, StreamBatch>();
  /** Draft memory of what was generated, keyed by the weights that generated it. */
  readonly #memories = new WeakMap<object, DraftMemory>();
  /** Most recently used first. */
  #recent: readonly DraftMemory[] = [];
  /** Read for the first answer of a given form. */
  #vocabulary: Promise<Vocabulary> | undefined;

  constructor(model: LoadedModel, { prefixBytes = usualPrefixBytes }: { prefixBytes?: number } = {}) {
    this.#model = model;
    this.#prefixes = new PrefixCache(prefixBytes);
    this.#stack = new AdapterStack(model.architecture);
    this.#batch = this.#newBatch();
  }

  /**
   * Streams the tokens the model generates after a prompt; `isRead` is called with the share of the prompt that has been
   * read, from 0 to 1. Throws OPTION_INVALID if the prompt is empty, CONTEXT_TOO_LONG if the prompt plus one token does
   * not fit, MODEL_FILE_INVALID for ids the model does not know or an unreadable vocabulary, FORM_REFUSED,
   * FORM_NOT_WRITABLE.
   */
  async *stream(
    chooseAdapter: () => Promise<LiveAdapter | null>,
    job: GenerateJob,
    signal: AbortSignal,
    isRead?: (share: number) => void,
  ): AsyncGenerator<TokenEvent> {
    const { architecture } = this.#model;
    const started = performance.now();
    const limit = architecture.contextLength;
    if (job.promptIds.length === 0)
      throw new StudioError('OPTION_INVALID', { option: 'prompt', ...because('PROMPT_EMPTY') });
    if (job.promptIds.length >= limit)
      throw new StudioError('CONTEXT_TOO_LONG', { tokens: job.promptIds.length, limit: limit - 1 });
    checkTokenIds(job.promptIds, architecture);
    const guide = await this.#guideOf(job);
    const adapter = await chooseAdapter();
    if (adapter?.weights.kind === 'lora') this.#stack.prepare(adapter.weights);
    const memory = this.#memoryOf(adapter?.weights ?? architecture);
    const costOfGuess = costsOfGuess[this.#model.hasKernels ? 'kernels' : 'graphs'];
    const stream = new TokenStream(job, { adapter, memory, costOfGuess, limit, started, signal, guide, isRead });
    try {
      this.#batchOf(adapter).join(stream);
      yield* stream.events();
    } finally {
      stream.leave();
    }
  }

  async #guideOf({ form, modelFolder, stopIds }: GenerateJob): Promise<AnswerGuide | undefined> {
    if (form === undefined) return undefined;
    const ends = new Set(stopIds);
    if (form.kind === 'choices') return new ChoiceGuide(form.texts, await this.#vocabularyOf(modelFolder), ends);
    return new GrammarGuide(formGrammar(form), await this.#vocabularyOf(modelFolder), ends);
  }

  async #vocabularyOf(modelFolder: string): Promise<Vocabulary> {
    this.#vocabulary ??= readTokenBytes(modelFolder).then((tokens) => new Vocabulary(tokens));
    try {
      return await this.#vocabulary;
    } catch (error) {
      // Its file may be back the next time.
      this.#vocabulary = undefined;
      throw error;
    }
  }

  #batchOf(adapter: LiveAdapter | null): StreamBatch {
    if (adapter === null) return this.#batch;
    const { weights, scale } = adapter;
    // All rows of a batch are multiplied by every adapter's A: a NaN stays NaN even when masked.
    if (weights.kind === 'lora' && this.#stack.packed.isBounded(weights)) return this.#batch;
    // A different strength means different numbers in the same layers.
    const key = weights.kind === 'lora' || scale === 1 ? weights : adapter;
    const batch = this.#apart.get(key) ?? this.#newBatch();
    this.#apart.set(key, batch);
    return batch;
  }

  #memoryOf(weights: object): DraftMemory {
    const memory = this.#memories.get(weights) ?? new DraftMemory();
    this.#memories.set(weights, memory);
    const recent = [memory, ...this.#recent.filter((each) => each !== memory)];
    for (const oldest of recent.slice(mostMemories)) oldest.forget();
    this.#recent = recent.slice(0, mostMemories);
    return memory;
  }

  #newBatch(): StreamBatch {
    return new StreamBatch(this.#model, this.#stack, this.#prefixes);
  }
}
