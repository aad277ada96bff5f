import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import type { LiveAdapter } from '../adapters/adaptation.ts';
import type { GenerateJob, TokenEvent } from '../engine.ts';
import { Random } from '../random.ts';
import type { AnswerGuide } from './answer-guide.ts';
import { Draft, type DraftMemory } from './draft.ts';
import { chooseToken } from './sampling.ts';
import { TokenQueue } from './token-queue.ts';

type Finish = 'end' | 'length' | 'stopped';

/** One answer being generated: what has been read and written of it, and what comes next. */
export class TokenStream {
  readonly adapter: LiveAdapter | null;
  readonly promptIds: readonly number[];
  /** Tokens of the prompt that were actually read, excluding those cached before. */
  readTokens = 0;
  readonly #job: GenerateJob;
  readonly #isRead: ((share: number) => void) | undefined;
  readonly #limit: number;
  readonly #signal: AbortSignal;
  readonly #started: number;
  readonly #switchMs: number;
  readonly #queue = new TokenQueue();
  readonly #draft: Draft | undefined;
  readonly #guide: AnswerGuide | undefined;
  readonly #random: Random;
  readonly #stopIds: ReadonlySet<number>;
  readonly #written: number[] = [];
  #guess: readonly number[] = [];
  #firstTokenMs = 0;
  #isOver = false;

  constructor(
    job: GenerateJob,
    options: {
      adapter: LiveAdapter | null;
      /** Draft memory of earlier output with the same weights. */
      memory: DraftMemory;
      costOfGuess: number;
      limit: number;
      started: number;
      signal: AbortSignal;
      /** Of a job with a form. */
      guide?: AnswerGuide | undefined;
      /** Called after each piece with the share of the prompt that has been read, from 0 to 1. */
      isRead?: ((share: number) => void) | undefined;
    },
  ) {
    this.adapter = options.adapter;
    this.promptIds = job.promptIds;
    this.#job = job;
    this.#isRead = options.isRead;
    this.#guide = options.guide;
    this.#limit = options.limit;
    this.#signal = options.signal;
    this.#started = options.started;
    this.#switchMs = performance.now() - options.started;
    this.#random = new Random(job.seed, 0x9e4);
    this.#stopIds = new Set(job.stopIds);
    const { memory, costOfGuess } = options;
    if (job.draft !== false) this.#draft = new Draft(job, memory, { stopIds: this.#stopIds, costOfGuess });
    this.#signal.addEventListener('abort', this.#stop, { once: true });
    if (this.#signal.aborted) this.#stop();
    else if (job.maxTokens < 1) this.finish('length');
  }

  /** Records that `tokens` more prompt tokens were read, which makes `known` in all. */
  hasRead(tokens: number, known: number): void {
    this.readTokens += tokens;
    this.#isRead?.(known / this.promptIds.length);
  }

  /** Nothing more is to be written. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get writtenTokens(): number {
    return this.#written.length;
  }

  /** Prompt and answer so far. */
  get ids(): readonly number[] {
    return [...this.promptIds, ...this.#written];
  }

  /** The last token, which is not read yet, and at most `most` guesses at those after it. */
  next(most: number): readonly number[] {
    const places = this.promptIds.length + this.#written.length;
    const room = Math.min(most, this.#job.maxTokens - this.#written.length, this.#limit - places);
    const guess = this.#draft?.guess(room) ?? [];
    this.#guess = this.#guide?.beginningOf(guess) ?? guess;
    return [this.#written.at(-1) as number, ...this.#guess];
  }

  /**
   * Takes the tokens chosen from the logits of the last positions, for as long as they match the guesses. Returns the
   * number of right guesses: as many positions after the token that was read are valid too.
   */
  take(logits: readonly Float32Array[]): number {
    const guess = this.#guess;
    this.#guess = [];
    let right = 0;
    for (let place = 0; place <= right && !this.#isOver; place++) {
      const id = this.#choose(logits[place] as Float32Array);
      if (id === undefined) break;
      if (this.#written.length === 0) this.#firstTokenMs = performance.now() - this.#started;
      this.#draft?.push(id);
      if (this.#stopIds.has(id)) {
        this.finish('end');
        break;
      }
      this.#written.push(id);
      this.#guide?.push(id);
      this.#queue.push({ kind: 'token', id });
      if (id === guess[place]) right++;
      if (this.#guide?.isComplete) this.finish('end');
      const places = this.promptIds.length + this.#written.length;
      if (this.#written.length >= this.#job.maxTokens || places > this.#limit) this.finish('length');
    }
    return right;
  }

  /** Undefined if it has failed. */
  #choose(logits: Float32Array): number | undefined {
    const chosen = chooseToken(logits, this.#job, this.#random);
    const isHeld = chosen !== undefined && this.#guide !== undefined;
    const id = isHeld ? this.#guide.fitting(chosen, logits, this.#job, this.#random) : chosen;
    if (id === undefined) {
      const { adapter, modelFolder } = this.#job;
      const model = basename(adapter?.folder ?? modelFolder);
      this.fail(new StudioError(chosen === undefined ? 'MODEL_WITHOUT_NUMBERS' : 'FORM_NOT_WRITABLE', { model }));
    }
    return id;
  }

  finish(finish: Finish): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#signal.removeEventListener('abort', this.#stop);
    this.#draft?.end();
    this.#queue.push({
      ...{ kind: 'finished', finish, firstTokenMs: this.#firstTokenMs, switchMs: this.#switchMs },
      ...{ seconds: (performance.now() - this.#started) / 1000, readTokens: this.readTokens },
      ...(finish === 'end' && this.#guide?.certainty !== undefined && { certainty: this.#guide.certainty }),
    });
  }

  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#signal.removeEventListener('abort', this.#stop);
    this.#queue.fail(error);
  }

  /** Nobody is listening any more. */
  leave(): void {
    this.#isOver = true;
    this.#signal.removeEventListener('abort', this.#stop);
  }

  events(): AsyncGenerator<TokenEvent> {
    return this.#queue.events();
  }

  /** Immediate: tokens queued ahead of the reader are dropped too. */
  readonly #stop = (): void => {
    if (this.#isOver) return;
    this.#queue.drop();
    this.finish('stopped');
  };
}
