import { setImmediate } from 'node:timers/promises';
import type { AdapterStack } from './adapter-stack.ts';
import { DecodePass } from './decode-pass.ts';
import { type KeptText, KeyValueCache, type TextInPlace } from './key-value-cache.ts';
import { countParameters, type LoadedModel } from './loaded-model.ts';
import { type Known, leastShared, type PrefixCache, sharedLength } from './prefix-cache.ts';
import type { TokenStream } from './token-stream.ts';

/**
 * A prompt is read in pieces of about so many tokens: of what lies ahead of a piece nothing is computed, and others get their turn between them. They are as
 * many as come to some multiplications, 0.3 s of two cores, but a few at least. A graph's many kernels each cost their start, so it reads longer ones.
 */
const tokensOfPieces = { kernels: { fewest: 16, most: 128 }, graph: { fewest: 128, most: 256 } } as const;
const mostMultiplications = 4e10;
/** Caches have room for so many tokens of an answer from the first on. */
const usualAnswer = 64;
/** Rows of a batch: more take turns, as a processor has no more to give. */
const mostRows = 16;
/** Guesses for each row: a pass over a few positions costs little more than one over one; the more rows, the fewer. */
const mostGuesses = [8, 3, 0] as const;

interface Reading {
  readonly stream: TokenStream;
  readonly cache: KeyValueCache;
  read: number;
}

/** Where what was read of an answer's text lies. */
interface Slot {
  readonly stream: TokenStream;
  readonly cache: KeyValueCache;
  readonly row: number;
}

/** Tokens of the prompt that are still to be read. */
function leftOf({ stream, read }: Reading): number {
  return stream.promptIds.length - read;
}

/** About so many tokens of a prompt are read at a time. */
export function tokensOfPiece(by: keyof typeof tokensOfPieces, parameters: number): number {
  const tokens = 2 ** Math.floor(Math.log2(mostMultiplications / parameters));
  const { fewest, most } = tokensOfPieces[by];
  return Math.max(fewest, Math.min(most, tokens));
}

/** How much of what is left is read next: pieces are of one length, as a short one at the end would cost nearly what a long one does. */
export function nextPiece(left: number, usual: number): number {
  return Math.ceil(left / Math.max(1, Math.round(left / usual)));
}

/** The most that is read at a time. */
export const longestPiece = Math.ceil(1.5 * tokensOfPieces.graph.most) - 1;

/** The text of a row, for as long as its cache does not change. */
function textOf(cache: KeyValueCache, row: number): KeptText {
  return cache.rows === 1 ? cache.inPlace() : cache.read(row);
}

/** What is kept of a row that nothing else reads any more: what is alone in its cache stays where it lies, unless most of that is empty. */
function lastOf(cache: KeyValueCache, row: number, length: number): KeptText {
  const fills = cache.rows === 1 && 4 * length >= cache.room;
  return fills ? cache.handOver(length) : cache.read(row, length);
}

/**
 * Writes several answers at once, a token of each in one pass, whatever their adapters. Answers join when their prompt is read
 * and leave when they are done, while the others go on; each writes what it would write alone, but for the last digit of sums
 * over columns that others have filled (decision 0022).
 */
export class StreamBatch {
  readonly #model: LoadedModel;
  readonly #pass: DecodePass;
  readonly #prefixes: PrefixCache;
  readonly #parameters: number;
  readonly #waiting: TokenStream[] = [];
  #reading: Reading[] = [];
  /** Those that were being read when the first of the others was to be written. */
  #beginners: ReadonlySet<Reading> = new Set();
  /** The answers that are being written, by their row of the cache. */
  #rows: (TokenStream | undefined)[] = [];
  #cache: KeyValueCache | undefined;
  /** All that are not released yet. */
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
        // Between passes, messages get their turn: a stop, another answer, a training.
        await setImmediate();
        this.#letGo();
        this.#letIn();
        if (this.#reading.length === 0 && this.#writing === 0) break;
        if (this.#reading.length > 0) {
          await this.#readPieces();
          // The first token is on its way before the second is written; and who heard enough may say so.
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

  /** With room for so many places, and those of an answer; or where a text lies. */
  #newCache(rows: number, places: number, text?: TextInPlace): KeyValueCache {
    const { architecture, cacheMemory } = this.#model;
    // The kernels are gone: what lies with them would hold all of their memory.
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

  /** Whether a short prompt is left that came with all that are written: they go on with it, as a pass over some rows costs nearly what one over all does. */
  get #isBeginning(): boolean {
    const [next] = this.#reading;
    if (next === undefined || !this.#beginners.has(next) || leftOf(next) > this.#pieceLength) return false;
    return this.#rows.every((stream) => stream === undefined || stream.writtenTokens === 1);
  }

  /** Rows of answers that are over are free. */
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
    // Half of the rows idle would cost what they cost when they write.
    if (this.#waiting.length + this.#reading.length === 0 && this.#rows.length > 1 && this.#writing > 0) {
      if (2 * this.#writing <= this.#rows.length) this.#resize(Math.floor(this.#rows.length / 2));
    }
  }

  /** Whose beginning another one is just reading waits for it: it is read once. */
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

  /** A cache that holds what is known of a prompt. Where that is a whole text that is over, as a conversation's past, it goes on where that lies. */
  #cacheFor({ promptIds }: TokenStream, known: Known | undefined): KeyValueCache {
    const isWhole = known !== undefined && known.length === known.text.length;
    const text = isWhole ? this.#prefixes.take(known.text) : undefined;
    const cache = this.#newCache(1, promptIds.length, text);
    if (known !== undefined && text === undefined) cache.write(0, known.text, known.length);
    return cache;
  }

  /** The longest beginning of a prompt that was read before, or for another answer that is not over; `soon` where that one is still reading it. */
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

  /** The texts of all answers that are not over. */
  *#slots(): Generator<Slot> {
    for (const { stream, cache } of this.#reading) yield { stream, cache, row: 0 };
    const cache = this.#cache;
    for (const [row, stream] of this.#rows.entries())
      if (stream !== undefined && cache !== undefined) yield { stream, cache, row };
  }

  /** A piece of the prompt that came first, or the ends of several; behind the end, the first token is written. */
  async #readPieces(): Promise<void> {
    const together = this.#nextReadings();
    // Asked for where something is being read.
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

  /** The prompt that came first, and those whose ends fit beside its own: a pass over few positions costs little less than one over more. */
  #nextReadings(): readonly Reading[] {
    const together: Reading[] = [];
    let longest = 0;
    for (const reading of this.#reading) {
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
    // What was guessed wrongly, and all behind it, was never written: it goes, and is read again if it comes.
    const kept = await this.#pass.run(cache, rows, 'decode', (logits) =>
      streams.map((stream, row) => {
        if (stream === undefined) return 0;
        return stream.isOver ? 1 : 1 + stream.take(logits[row] as readonly Float32Array[]);
      }),
    );
    cache.keep(kept);
  }

  /** A row for an answer whose prompt was read into a row of `cache`, which is taken as it is where nothing is being written. */
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

  /** Moves the answers to a cache of another number of rows. */
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

  /** Of an answer that is over: its row is another's, who is to find nothing there. */
  #freeRow(stream: TokenStream, cache: KeyValueCache, row: number): void {
    this.#remember(stream, cache, row);
    cache.clear(row);
  }

  /** Keeps what was read of an answer that is over; nothing else reads its row any more. */
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
