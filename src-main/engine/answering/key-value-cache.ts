import type { Architecture } from '../architectures/architecture.ts';
import { float32, type Tensor } from '../tensor.ts';

/** Columns are allocated in multiples of this. */
const roomStep = 128;
/** Added to the score of a masked position. */
const masked = -1e30;
/** Marks a column in which a row holds nothing. */
const nothing = -1;

/** Keys and values of a text, by position: one array [positions, key heads · size] per layer, with spare room. */
export interface KeptText {
  readonly length: number;
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  /** Memory it takes. */
  readonly bytes: number;
  /** Frees that memory; nothing may read it afterwards. */
  release(): void;
}

/** A text still in the memory of the cache that read it, which another cache can take over. */
export interface TextInPlace extends KeptText {
  readonly memory: CacheMemory;
  readonly numbers: Float32Array;
  readonly room: number;
  /** See `KeptColumns.same`. */
  readonly same: number;
}

export function isInPlace(text: KeptText): text is TextInPlace {
  return 'numbers' in text;
}

/** Allocates the numbers of caches. */
export interface CacheMemory {
  /** Allocates this many floats, uninitialised. */
  take(count: number): Float32Array;
  give(numbers: Float32Array): void;
}

/** Left to the garbage collector. */
const leave = () => {};
const javascriptMemory: CacheMemory = { take: (count) => new Float32Array(count), give: leave };

/**
 * A pass over new positions: `mask`, with a window also `local_mask`, and the cache contents in either of two forms.
 */
export interface CachePass {
  readonly masks: ReadonlyMap<string, Tensor>;
  readonly kept: KeptColumns;
  /** The cache tensors a graph is fed, and the memory its outputs are written into. */
  tensors(): { readonly feeds: ReadonlyMap<string, Tensor>; readonly into: ReadonlyMap<string, Tensor> };
}

/** Keys and values in memory, one array per layer: [columns, rows, key heads · size]. */
export interface KeptColumns {
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  readonly rows: number;
  /** Filled columns: before the pass, and including those it fills. */
  readonly before: number;
  readonly all: number;
  /** Columns unchanged since the last pass that called `written`: up to here an earlier copy is still valid. */
  readonly same: number;
  /** Declares that the new columns are in the cache, and in the copy if there is one. */
  written(): void;
}

interface CacheOptions {
  readonly memory?: CacheMemory | undefined;
  readonly room?: number;
  readonly text?: TextInPlace | undefined;
}

/**
 * The KV cache of one text, or of several side by side, in memory where onnxruntime reads it in place and appends new
 * positions without copying. So does the token generator where that memory is its own; otherwise it holds a copy, of
 * which only the changed part is refreshed (`KeptColumns.same`). Memory is laid out by column,
 * [columns, rows, key heads · size]; a column holds one position of some of the texts, and the mask tells which
 * position each holds there. Must be released.
 */
export class KeyValueCache {
  readonly rows: number;
  readonly #architecture: Architecture;
  /** Numbers per row in a column. */
  readonly #width: number;
  readonly #memory: CacheMemory;
  #numbers: Float32Array | undefined;
  #room = 0;
  #columns = 0;
  /** See `KeptColumns.same`. */
  #same = 0;
  #keys: readonly Float32Array[] = [];
  #values: readonly Float32Array[] = [];
  /** For each row and column, the position in the row's text, or `nothing`. */
  #positions: Int32Array[];
  readonly #held: number[];

  /**
   * With room for this many columns; growing copies what is there. A single-row cache may take over a text in place.
   */
  constructor(architecture: Architecture, rows = 1, { memory = javascriptMemory, room = 1, text }: CacheOptions = {}) {
    this.#architecture = architecture;
    this.#memory = text?.memory ?? memory;
    this.rows = rows;
    this.#width = architecture.keyValueHeads * architecture.headSize;
    this.#positions = Array.from({ length: rows }, () => new Int32Array());
    this.#held = new Array<number>(rows).fill(0);
    if (text === undefined) this.#grow(room);
    else this.#goOn(text);
  }

  get columns(): number {
    return this.#columns;
  }

  /** Allocated columns. */
  get room(): number {
    return this.#room;
  }

  /** Positions held of a row's text. */
  held(row: number): number {
    return this.#held[row] as number;
  }

  /** Allocated memory, in bytes. */
  get bytes(): number {
    return 2 * 4 * this.#architecture.layers * this.#room * this.rows * this.#width;
  }

  /**
   * Prepares a pass over `tokens` new positions of every row, the first `counts[row]` of which belong to its text. The
   * mask is [streams, tokens · group, keys], or [1, …] with a single row.
   */
  pass(tokens: number, counts: readonly number[]): CachePass {
    if (this.#columns + tokens > this.#room) this.#makeRoom(tokens);
    const { window } = this.#architecture;
    counts.forEach((count, row) => {
      const positions = this.#positions[row] as Int32Array;
      for (let i = 0; i < tokens; i++) positions[this.#columns + i] = i < count ? this.held(row) + i : nothing;
    });
    const masks = new Map<string, Tensor>([['mask', this.#mask(tokens)]]);
    if (window !== undefined) masks.set('local_mask', this.#mask(tokens, window));
    // Everything from here on gets overwritten.
    this.#same = Math.min(this.#same, this.#columns);
    const [before, all] = [this.#columns, this.#columns + tokens];
    const written = () => {
      this.#same = all;
    };
    const kept = {
      ...{ keys: this.#keys, values: this.#values, rows: this.rows },
      ...{ before, all, same: this.#same, written },
    };
    return { masks, kept, tensors: () => this.#tensors(kept, masks) };
  }

  #tensors({ keys, values, before, all }: KeptColumns, masks: CachePass['masks']): ReturnType<CachePass['tensors']> {
    const { keyValueHeads, headSize } = this.#architecture;
    const column = this.rows * this.#width;
    const feeds = new Map(masks);
    const into = new Map<string, Tensor>();
    for (const [kind, layers] of Object.entries({ keys, values }))
      for (const [layer, data] of layers.entries()) {
        const dims = [all, this.rows * keyValueHeads, headSize];
        feeds.set(`kept_${kind}.${layer}`, float32(dims, data.subarray(0, all * column)));
        const fresh = data.subarray(before * column, all * column);
        into.set(`${kind}.${layer}`, float32([(all - before) * this.rows, this.#width], fresh));
      }
    return { feeds, into };
  }

  /** Keeps the first `counts[row]` positions of the last pass in each row; the rest is forgotten. */
  keep(counts: readonly number[]): void {
    counts.forEach((count, row) => {
      (this.#positions[row] as Int32Array).fill(nothing, this.#columns + count);
      this.#held[row] = this.held(row) + count;
    });
    this.#columns += Math.max(0, ...counts);
  }

  /** Forgets a row's text. */
  clear(row: number): void {
    (this.#positions[row] as Int32Array).fill(nothing);
    this.#held[row] = 0;
    if (this.#held.every((held) => held === 0)) this.#columns = 0;
  }

  /** Frees the memory; the cache is empty afterwards. */
  release(): void {
    if (this.#numbers !== undefined) this.#memory.give(this.#numbers);
    this.#leave();
  }

  /** The first `length` positions of a single-row cache's text, in place; valid until it is released or changes. */
  inPlace(length = this.held(0)): KeptText {
    return { length, keys: this.#keys, values: this.#values, bytes: this.bytes, release: leave };
  }

  /** The same, handing over the memory; the cache is empty afterwards. */
  handOver(length: number): TextInPlace {
    const memory = this.#memory;
    // Defined unless the cache was already released or handed over, in which case this is never called.
    const numbers = this.#numbers as Float32Array;
    const text = {
      ...this.inPlace(length),
      ...{ numbers, memory, room: this.#room, same: Math.min(this.#same, length) },
      release: () => memory.give(numbers),
    };
    this.#leave();
    return text;
  }

  #goOn({ length, keys, values, numbers, room, same }: TextInPlace): void {
    this.#numbers = numbers;
    this.#keys = keys;
    this.#values = values;
    this.#room = room;
    this.#same = same;
    this.#columns = length;
    this.#held.fill(length);
    this.#positions = [Int32Array.from({ length: room }, (_, column) => (column < length ? column : nothing))];
  }

  #leave(): void {
    this.#numbers = undefined;
    this.#keys = [];
    this.#values = [];
    this.#room = 0;
    this.#columns = 0;
    this.#held.fill(0);
  }

  /** A copy of the first `length` positions of a row's text. */
  read(row: number, length = this.held(row)): KeptText {
    const columns = this.#columnsOf(row).slice(0, length);
    const copy = (all: readonly Float32Array[]) =>
      all.map((from) => {
        const into = new Float32Array(length * this.#width);
        this.#eachRun(row, columns, (start, end, at) => into.set(from.subarray(start, end), at));
        return into;
      });
    const bytes = 2 * 4 * this.#architecture.layers * length * this.#width;
    return { length, keys: copy(this.#keys), values: copy(this.#values), bytes, release: leave };
  }

  /** Writes the first `length` positions of a text into an empty row. */
  write(row: number, text: KeptText, length = text.length): void {
    if (length > this.#room) this.#grow(length);
    this.#same = 0;
    this.#blankBeside(row, length);
    const columns = Int32Array.from({ length }, (_, column) => column);
    const copy = (from: readonly Float32Array[], all: readonly Float32Array[]) =>
      all.forEach((into, layer) => {
        const source = from[layer] as Float32Array;
        this.#eachRun(row, columns, (start, end, at) => into.set(source.subarray(at, at + end - start), start));
      });
    copy(text.keys, this.#keys);
    copy(text.values, this.#values);
    const positions = this.#positions[row] as Int32Array;
    positions.fill(nothing);
    positions.set(columns);
    this.#held[row] = length;
    this.#columns = Math.max(this.#columns, length);
  }

  /**
   * Zeroes what a row's text does not cover: its columns after the text, up to the last, and those of the other rows in
   * new columns. They are masked, but masks are added to scores, so these must hold finite numbers, and not those of a
   * removed text.
   */
  #blankBeside(row: number, length: number): void {
    const [width, column] = [this.#width, this.rows * this.#width];
    for (const numbers of [...this.#keys, ...this.#values]) {
      if (this.rows > 1) numbers.fill(0, this.#columns * column, length * column);
      for (let at = length * column + row * width; at < this.#columns * column; at += column)
        numbers.fill(0, at, at + width);
    }
  }

  /** Visits the stretches of a row that are contiguous in memory, with their offset in a copy of the row alone. */
  #eachRun(row: number, columns: Int32Array, see: (start: number, end: number, at: number) => void): void {
    const [width, column] = [this.#width, this.rows * this.#width];
    if (this.rows === 1 && columns.length > 0 && columns[columns.length - 1] === columns.length - 1) {
      see(0, columns.length * width, 0);
      return;
    }
    for (let i = 0; i < columns.length; i++) {
      const start = (columns[i] as number) * column + row * width;
      see(start, start + width, i * width);
    }
  }

  /** The columns that hold a row's text, in text order. */
  #columnsOf(row: number): Int32Array {
    const positions = this.#positions[row] as Int32Array;
    const columns = new Int32Array(this.held(row));
    for (let column = 0; column < this.#columns; column++) {
      const position = positions[column] as number;
      if (position !== nothing) columns[position] = column;
    }
    return columns;
  }

  #mask(tokens: number, window = Number.POSITIVE_INFINITY): Tensor<'float32'> {
    const { keyValueHeads, heads } = this.#architecture;
    const keys = this.#columns + tokens;
    const group = heads / keyValueHeads;
    const streams = this.rows === 1 ? 1 : this.rows * keyValueHeads;
    const perToken = this.rows === 1 && tokens === 1 ? 1 : group;
    const mask = float32([streams, tokens * perToken, keys]);
    const { data } = mask;
    const perRow = (streams / this.rows) * tokens * perToken * keys;
    for (let row = 0; row < this.rows; row++) {
      const positions = this.#positions[row] as Int32Array;
      for (let token = 0; token < tokens; token++) {
        const own = positions[this.#columns + token] as number;
        const start = row * perRow + token * perToken * keys;
        for (let key = 0; key < keys; key++) {
          const position = positions[key] as number;
          if (position === nothing || position > own || own - position >= window) data[start + key] = masked;
        }
        // The same for every head of the group.
        for (let member = 1; member < perToken; member++) data.copyWithin(start + member * keys, start, start + keys);
      }
      const block = tokens * perToken * keys;
      for (let head = 1; head < streams / this.rows; head++)
        data.copyWithin(row * perRow + head * block, row * perRow, row * perRow + block);
    }
    return mask;
  }

  /** Compacts the texts if many columns are empty; otherwise allocates more. */
  #makeRoom(tokens: number): void {
    const longest = Math.max(...this.#held);
    if (4 * (longest + tokens) < 3 * this.#columns) this.#compact();
    const needed = this.#columns + tokens;
    if (needed > this.#room) this.#grow(Math.max(needed, Math.ceil(1.5 * this.#room)));
  }

  #compact(): void {
    const texts = Array.from({ length: this.rows }, (_, row) => this.read(row));
    this.#columns = 0;
    texts.forEach((text, row) => {
      this.write(row, text);
    });
  }

  #grow(needed: number): void {
    const room = Math.ceil(needed / roomStep) * roomStep;
    const { layers } = this.#architecture;
    const size = room * this.rows * this.#width;
    const used = this.#columns * this.rows * this.#width;
    const before = this.#numbers;
    const numbers = this.#memory.take(2 * layers * size);
    const grown = (all: readonly Float32Array[], start: number) =>
      Array.from({ length: layers }, (_, layer) => {
        const data = numbers.subarray((start + layer) * size, (start + layer + 1) * size);
        if (all[layer]) data.set((all[layer] as Float32Array).subarray(0, used));
        return data;
      });
    this.#keys = grown(this.#keys, 0);
    this.#values = grown(this.#values, layers);
    this.#numbers = numbers;
    if (before !== undefined) this.#memory.give(before);
    this.#positions = this.#positions.map((positions) => {
      const longer = new Int32Array(room).fill(nothing);
      longer.set(positions.subarray(0, this.#columns));
      return longer;
    });
    this.#room = room;
  }
}
