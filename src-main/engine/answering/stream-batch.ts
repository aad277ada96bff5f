import { setImmediate } from 'node:timers/promises';
import type { AdapterStack } from '../adapters/adapter-stack.ts';
import { countParameters } from '../architectures/architecture.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { DecodePass } from './decode-pass.ts';
import { type KeptText, KeyValueCache, type TextInPlace } from './key-value-cache.ts';
import { type Known, leastShared, type PrefixCache, sharedLength } from './prefix-cache.ts';
import type { TokenStream } from './token-stream.ts';

/**
 * A prompt is read in pieces of roughly this many tokens: nothing is computed for tokens ahead of a piece, and other
 * work gets its turn in between. A piece amounts to a fixed number of multiplications (0.3 s on two cores), with a
 * minimum length. A graph launches many kernels, each with a start-up cost, so it reads longer pieces.
 */
const tokensOfPieces = { kernels: { fewest: 16, most: 128 }, graph: { fewest: 128, most: 256 } } as const;
const mostMultiplications = 4e10;
/** Caches start with room for this many tokens of the answer. */
const usualAnswer = 64;
/** Maximum rows in a batch; further answers wait, as the processor has no more to give. */
const mostRows = 16;
/** Guesses per row, by number of rows: a pass over a few positions costs little more than over one; more rows, fewer. */
const mostGuesses = [8, 3, 0] as const;

interface Reading {
  readonly stream: TokenStream;
  readonly cache: KeyValueCache;
  read: number;
}

/** Where the KV entries of an answer's text are. */
interface Slot {
  readonly stream: TokenStream;
  readonly cache: KeyValueCache;
  readonly row: number;
}

/** Prompt tokens still to be read. */
function leftOf({ stream, read }: Reading): number {
  return stream.promptIds.length - read;
}

/** The approximate number of prompt tokens read at a time. */
export function tokensOfPiece(by: keyof typeof tokensOfPieces, parameters: number): number {
  const tokens = 2 ** Math.floor(Math.log2(mostMultiplications / parameters));
  const { fewest, most } = tokensOfPieces[by];
  return Math.max(fewest, Math.min(most, tokens));
}

/**
 * How many of the remaining tokens to read next: pieces have equal length, as a short one at the end would cost nearly
 * as much as a long one.
 */
export function nextPiece(left: number, usual: number): number {
  return Math.ceil(left / Math.max(1, Math.round(left / usual)));
}

/** The most tokens ever read at a time. */
export const longestPiece = Math.ceil(1.5 * tokensOfPieces.graph.most) - 1;

/** A row's text, valid until its cache changes. */
function textOf(cache: KeyValueCache, row: number): KeptText {
  return cache.rows === 1 ? cache.inPlace() : cache.read(row);
}

/**
 * What to keep of a row that nothing reads any more: a text alone in its cache stays in place, unless that is mostly
 * empty.
 */
function lastOf(cache: KeyValueCache, row: number, length: number): KeptText {
  const fills = cache.rows === 1 && 4 * length >= cache.room;
  return fills ? cache.handOver(length) : cache.read(row, length);
}

/**
 * Generates several answers at once, one token of each per pass, whatever their adapters. Answers join once their
 * prompt is read and leave when done, while the others continue. Each gets the same output as alone, except for the
 * last digit of sums over columns that other rows have filled (decision 0022).
 */
export class StreamBatch {
  readonly #model: LoadedModel;
  readonly #pass: DecodePass;
  readonly #prefixes: PrefixCache;
  readonly #parameters: number;
  readonly #waiting: TokenStream[] = [];
  #reading: Reading[] = [];
  /** Prompts that were still being read when the first of the current answers began decoding. */
  #beginners: ReadonlySet<Reading> = new Set();
  /** The answers being generated, by cache row. */
  #rows: (TokenStream | undefined)[] = [];
  #cache: KeyValueCache | undefined;
  /** All caches not yet released. */
  readonly #caches = new Set<KeyValueCache>();
  #hadKernels = false;
  #isRunning = false;

  constructor(model: LoadedModel, stack: AdapterStack, prefixes: PrefixCache) {
    this.#model = model;
    this.#pass = new DecodePass(model, stack);
    this.#prefixes = prefixes;
    this.#parameters = countParameters(model.architecture);
  }

  join(stream: TokenStream): void {
    this.#waiting.push(stream);
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      for (;;) {
        // Yield to the event loop between passes: a stop, another answer, a training.
        await setImmediate();
        this.#letGo();
        this.#letIn();
        if (this.#reading.length === 0 && this.#writing === 0) break;
        if (this.#reading.length > 0) {
          await this.#readPieces();
          // Send the first token before computing the second, so that a caller who has enough can stop.
          await setImmediate();
          this.#letGo();
        }
        if (this.#writing > 0 && !this.#isBeginning) await this.#writeTokens();
      }
    } catch (error) {
      for (const stream of [...this.#waiting, ...this.#reading.map((each) => each.stream), ...this.#rows])
        stream?.fail(error);
      this.#waiting.length = 0;
      this.#reading = [];
      this.#rows = [];
    } finally {
      this.#pass.forget();
      this.#beginners = new Set();
      for (const cache of this.#caches) this.#release(cache);
      this.#cache = undefined;
      this.#rows = [];
      this.#isRunning = false;
    }
  }

  /** With room for `places` positions plus those of an answer, or taking over a text in place. */
  #newCache(rows: number, places: number, text?: TextInPlace): KeyValueCache {
    const { architecture, cacheMemory } = this.#model;
    // The kernels are gone: prefixes in their memory would keep all of it alive.
    if (this.#hadKernels && cacheMemory === undefined) this.#prefixes.clear();
    this.#hadKernels = cacheMemory !== undefined;
    const cache = new KeyValueCache(architecture, rows, { memory: cacheMemory, room: places + usualAnswer, text });
    this.#caches.add(cache);
    return cache;
  }

  #release(cache: KeyValueCache): void {
    cache.release();
    this.#caches.delete(cache);
  }

  get #pieceLength(): number {
    return tokensOfPiece(this.#model.prefillsByKernels ? 'kernels' : 'graph', this.#parameters);
  }

  get #writing(): number {
    return this.#rows.filter((stream) => stream !== undefined).length;
  }

  /**
   * Whether a short prompt remains that arrived with all those being generated: they wait for it, as a pass over some
   * rows costs nearly as much as over all.
   */
  get #isBeginning(): boolean {
    const [next] = this.#reading;
    if (next === undefined || !this.#beginners.has(next) || leftOf(next) > this.#pieceLength) return false;
    return this.#rows.every((stream) => stream === undefined || stream.writtenTokens === 1);
  }

  /** Frees the rows of finished answers. */
  #letGo(): void {
    this.#rows.forEach((stream, row) => {
      if (!stream?.isOver) return;
      this.#freeRow(stream, this.#cache as KeyValueCache, row);
      this.#rows[row] = undefined;
    });
    for (const { stream, cache } of this.#reading) {
      if (!stream.isOver) continue;
      this.#remember(stream, cache, 0);
      this.#release(cache);
    }
    this.#reading = this.#reading.filter(({ stream }) => !stream.isOver);
    const left = this.#waiting.filter((stream) => !stream.isOver);
    this.#waiting.splice(0, this.#waiting.length, ...left);
    // With half of the rows idle, shrink: idle rows cost as much as busy ones.
    if (this.#waiting.length + this.#reading.length === 0 && this.#rows.length > 1 && this.#writing > 0) {
      if (2 * this.#writing <= this.#rows.length) this.#resize(Math.floor(this.#rows.length / 2));
    }
  }

  /** A prompt whose prefix another one is still reading waits for it, so that the prefix is read once. */
  #letIn(): void {
    for (const stream of [...this.#waiting]) {
      if (this.#reading.length + this.#writing >= mostRows) break;
      const known = this.#knownOf(stream);
      if (known === 'soon') continue;
      const cache = this.#cacheFor(stream, known);
      this.#reading.push({ stream, cache, read: known?.length ?? 0 });
      this.#waiting.splice(this.#waiting.indexOf(stream), 1);
    }
  }

  /**
   * A cache holding the known prefix of a prompt. Where that is an entire finished text, such as a conversation so far,
   * the cache takes it over in place.
   */
  #cacheFor({ promptIds }: TokenStream, known: Known | undefined): KeyValueCache {
    const isWhole = known !== undefined && known.length === known.text.length;
    const text = isWhole ? this.#prefixes.take(known.text) : undefined;
    const cache = this.#newCache(1, promptIds.length, text);
    if (known !== undefined && text === undefined) cache.write(0, known.text, known.length);
    return cache;
  }

  /**
   * The longest known prefix of a prompt, read earlier or by another running answer; `soon` if that one is still
   * reading it.
   */
  #knownOf(stream: TokenStream): Known | 'soon' | undefined {
    const [owner, scale] = this.#ownerOf(stream);
    const kept = this.#prefixes.find(owner, scale, stream.promptIds);
    if (!this.#prefixes.isOn) return kept;
    let longest = kept?.length ?? 0;
    let best: Slot | undefined;
    for (const slot of this.#slots()) {
      const [otherOwner, otherScale] = this.#ownerOf(slot.stream);
      if (otherOwner !== owner || otherScale !== scale) continue;
      const shared = Math.min(sharedLength(slot.stream.ids, stream.promptIds), stream.promptIds.length - 1);
      if (shared >= longest + leastShared) [best, longest] = [slot, shared];
    }
    if (best === undefined) return kept;
    const { cache, row } = best;
    return cache.held(row) < longest ? 'soon' : { text: cache.read(row, longest), length: longest };
  }

  /** The texts of all unfinished answers. */
  *#slots(): Generator<Slot> {
    for (const { stream, cache } of this.#reading) yield { stream, cache, row: 0 };
    const cache = this.#cache;
    for (const [row, stream] of this.#rows.entries())
      if (stream !== undefined && cache !== undefined) yield { stream, cache, row };
  }

  /** Reads a piece of the oldest prompt, or the ends of several; at a prompt's end, its first token is generated. */
  async #readPieces(): Promise<void> {
    const together = this.#nextReadings();
    // Only called while something is being read, so not empty.
    const [first] = together as readonly [Reading, ...Reading[]];
    const cache = together.length === 1 ? first.cache : this.#sideBySide(together);
    const rows = together.map((reading) => {
      const { stream, read } = reading;
      const ids = stream.promptIds.slice(read, read + nextPiece(leftOf(reading), this.#pieceLength));
      return { ids, adapter: stream.adapter, asked: read + ids.length === stream.promptIds.length ? 1 : 0 };
    });
    const logits = await this.#pass.run(cache, rows);
    cache.keep(rows.map(({ ids }) => ids.length));
    together.forEach((reading, row) => {
      const count = rows[row]?.ids.length as number;
      reading.read += count;
      reading.stream.hasRead(count, reading.read);
    });
    if (leftOf(first) > 0) return;
    this.#reading = this.#reading.filter((reading) => !together.includes(reading));
    together.forEach(({ stream }, row) => {
      if (!stream.isOver) stream.take(logits[row] as readonly Float32Array[]);
      if (!stream.isOver) this.#place(stream, cache, row);
      else this.#freeRow(stream, cache, row);
    });
    if (cache !== this.#cache) this.#release(cache);
  }

  /**
   * The oldest prompt, plus those whose ends fit beside its own: a pass costs little less with fewer positions. For
   * onnxruntime only those of which as much is known: a gap behind a shorter text would change the order of its sums.
   */
  #nextReadings(): readonly Reading[] {
    const together: Reading[] = [];
    let longest = 0;
    for (const reading of this.#reading) {
      const leavesGap = reading.read !== this.#reading[0]?.read;
      if (leavesGap && !this.#model.prefillsByKernels) continue;
      const width = Math.max(longest, leftOf(reading));
      if (together.length > 0 && width * (together.length + 1) > this.#pieceLength) continue;
      together.push(reading);
      longest = width;
    }
    return together;
  }

  #sideBySide(readings: readonly Reading[]): KeyValueCache {
    const longest = Math.max(...readings.map(({ stream }) => stream.promptIds.length));
    const cache = this.#newCache(readings.length, longest);
    readings.forEach((reading, row) => {
      cache.write(row, textOf(reading.cache, 0));
      this.#release(reading.cache);
    });
    return cache;
  }

  async #writeTokens(): Promise<void> {
    const cache = this.#cache as KeyValueCache;
    const most = mostGuesses[Math.min(this.#rows.length, mostGuesses.length) - 1] as number;
    const streams = [...this.#rows];
    const rows = streams.map((stream) => {
      if (stream === undefined) return undefined;
      const ids = stream.next(most);
      return { ids, adapter: stream.adapter, asked: ids.length };
    });
    // Wrong guesses and everything after them were never generated: their entries are dropped, and read again if
    // needed.
    const kept = await this.#pass.run(cache, rows, 'decode', (logits) =>
      streams.map((stream, row) => {
        if (stream === undefined) return 0;
        return stream.isOver ? 1 : 1 + stream.take(logits[row] as readonly Float32Array[]);
      }),
    );
    cache.keep(kept);
  }

  /**
   * Gives a row to an answer whose prompt was read into a row of `cache`; that cache is adopted as is when nothing else
   * is being generated.
   */
  #place(stream: TokenStream, cache: KeyValueCache, row: number): void {
    if (this.#writing === 0) {
      this.#beginners = new Set(this.#reading);
      if (this.#cache !== undefined) this.#release(this.#cache);
      this.#cache = cache;
      this.#rows = Array.from({ length: cache.rows }, () => undefined);
    }
    if (cache === this.#cache) {
      this.#rows[row] = stream;
      return;
    }
    if (!this.#rows.includes(undefined)) this.#resize(2 * this.#rows.length);
    const free = this.#rows.indexOf(undefined);
    this.#rows[free] = stream;
    this.#cache?.write(free, textOf(cache, row));
  }

  /** Moves the answers to a cache with another number of rows. */
  #resize(rows: number): void {
    const from = this.#cache as KeyValueCache;
    const into = this.#newCache(rows, from.columns);
    const moved: (TokenStream | undefined)[] = Array.from({ length: rows }, () => undefined);
    let next = 0;
    this.#rows.forEach((stream, row) => {
      if (stream === undefined) return;
      into.write(next, textOf(from, row));
      moved[next++] = stream;
    });
    this.#release(from);
    this.#cache = into;
    this.#rows = moved;
  }

  /** For a finished answer: clears its row, so that the next occupant finds nothing there. */
  #freeRow(stream: TokenStream, cache: KeyValueCache, row: number): void {
    this.#remember(stream, cache, row);
    cache.clear(row);
  }

  /** Keeps what was read for a finished answer; nothing else reads its row any more. */
  #remember(stream: TokenStream, cache: KeyValueCache, row: number): void {
    const [owner, scale] = this.#ownerOf(stream);
    const ids = stream.ids.slice(0, cache.held(row));
    if (!this.#prefixes.isOn || this.#prefixes.holds(owner, scale, ids)) return;
    this.#prefixes.keep(owner, scale, ids, lastOf(cache, row, ids.length));
  }

  #ownerOf({ adapter }: TokenStream): readonly [owner: object, scale: number] {
    return adapter === null ? [this.#model.architecture, 1] : [adapter.weights, adapter.scale];
  }
}
