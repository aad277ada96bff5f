import type { BaseModel } from '../../src-contract/base-model.ts';
import type { TokenLengths } from '../../src-contract/token-lengths.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';

/** Row lengths for a base model, and the effect of a limit. */
export class TokenLengthsState {
  readonly baseModels = new Loaded(() => client.baseModels.list());
  #base = $state<string | undefined>();
  #lengths = $state.raw<TokenLengths | undefined>();
  #progress = $state.raw<{ done: number; total: number } | undefined>();
  #error = $state.raw<unknown>();
  #limit = $state<number | undefined>();
  #counting: AbortController | undefined;
  /** The base that rows are being, or were, counted for. */
  #countedFor: string | undefined;
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  get base(): BaseModel | undefined {
    const all = this.baseModels.value ?? [];
    return all.find(({ id }) => id === this.#base) ?? all.find(({ builtIn }) => !builtIn) ?? all[0];
  }

  get lengths(): TokenLengths | undefined {
    return this.#lengths;
  }

  get progress(): { done: number; total: number } | undefined {
    return this.#progress;
  }

  get error(): unknown {
    return this.#error;
  }

  /** The longest sensible limit: the model's context, or the longest row if that is less. */
  get longest(): number {
    const row = this.#lengths?.whole.at(-1)?.length ?? 1;
    return Math.max(16, Math.min(this.#lengths?.contextLength ?? row, Math.ceil(row / 16) * 16));
  }

  get limit(): number {
    return Math.min(this.#limit ?? this.longest, this.longest);
  }

  set limit(limit: number) {
    this.#limit = Math.max(8, Math.round(limit));
  }

  choose(base: string): void {
    this.#base = base;
    void this.count();
  }

  /** Until `signal` is aborted. */
  follow(signal: AbortSignal): void {
    followChanges(['base-model'], () => void this.load(), signal);
    signal.addEventListener('abort', () => this.#counting?.abort(), { once: true });
  }

  async load(): Promise<void> {
    await this.baseModels.load();
    // What was proposed stays, whatever another window adds.
    this.#base ??= this.base?.id;
    if (this.base?.id !== this.#countedFor) await this.count();
  }

  /** Starts over for another base or changed rows; the studio caches what was counted. */
  async count(): Promise<void> {
    this.#counting?.abort();
    const { base } = this;
    this.#countedFor = base?.id;
    if (base === undefined) return;
    const abort = new AbortController();
    this.#counting = abort;
    this.#error = undefined;
    try {
      const about = { datasetId: this.#id, baseModelId: base.id, split: 'train' as const };
      for await (const event of await client.runs.tokenLengths(about, { signal: abort.signal })) {
        if (event.kind === 'progress') this.#progress = { done: event.done, total: event.total };
        else this.#lengths = event.lengths;
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#error = error;
      this.#countedFor = undefined;
    } finally {
      if (this.#counting === abort) this.#progress = undefined;
    }
  }
}
