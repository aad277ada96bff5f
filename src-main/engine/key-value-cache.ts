import type { Architecture } from './architectures/architecture.ts';
import { float32, type Tensor } from './tensor.ts';

/** Room grows by at least so many columns at a time. */
const roomStep = 128;
/** Lowers the score of a position that may not be seen. */
const masked = -1e30;
/** Marks a column in which a row holds nothing. */
const nothing = -1;

/** Keys and values of a text, position by position: one array [positions, key heads · size] for each layer, with room behind it. */
export interface KeptText {
  readonly length: number;
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  /** Memory that it takes. */
  readonly bytes: number;
  /** Gives that back: nothing reads it any more. */
  release(): void;
}

/** A text in the memory of the cache that read it, which another may go on with. */
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

/** Where the numbers of caches lie. */
export interface CacheMemory {
  /** So many floats: whatever lay there before. */
  take(count: number): Float32Array;
  give(numbers: Float32Array): void;
}

/** The garbage collector sees to it. */
const leave = () => {};
const javascriptMemory: CacheMemory = { take: (count) => new Float32Array(count), give: leave };

/** A pass over new positions: `mask`, and where the model has a window `local_mask`; and what lies in memory, in either of two forms. */
export interface CachePass {
  readonly masks: ReadonlyMap<string, Tensor>;
  readonly kept: KeptColumns;
  /** What a graph is fed of the cache, and the memory that its outputs are written into. */
  tensors(): { readonly feeds: ReadonlyMap<string, Tensor>; readonly into: ReadonlyMap<string, Tensor> };
}

/** Keys and values in memory, an array for each layer: [columns, rows, key heads · size]. */
export interface KeptColumns {
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  readonly rows: number;
  /** Columns that are filled, and with those that the pass fills. */
  readonly before: number;
  readonly all: number;
  /** Columns that are as they were behind the last pass that called `written`: so far a copy that was made before is good. */
  readonly same: number;
  /** Says that the new columns are in the cache, and in the copy if there is one. */
  written(): void;
}

interface CacheOptions {
  readonly memory?: CacheMemory | undefined;
  readonly room?: number;
  readonly text?: TextInPlace | undefined;
}

/**
 * Keys and values of what was read so far, of one text or of several beside each other, in memory where onnxruntime reads
 * them in place and writes those of new positions behind them: nothing is copied. So does what writes tokens, where that memory is its own; else it has
 * a copy, of which what has changed is copied anew (`KeptColumns.same`). Memory is column by column,
 * [columns, rows, key heads · size]; a column holds a position of some of the texts, and what each holds there is told by the mask.
 * It is to be released.
 */
export class KeyValueCache {
  readonly rows: number;
  readonly #architecture: Architecture;
  /** Numbers of one row in a column. */
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

  /** With room for so many columns from the beginning on: to get more is to copy what is there. Of one row, it may go on with a text where that lies. */
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

  /** Columns that there is memory for. */
  get room(): number {
    return this.#room;
  }

  /** Places held of a row's text. */
  held(row: number): number {
    return this.#held[row] as number;
  }

  /** Numbers held in memory, in bytes. */
  get bytes(): number {
    return 2 * 4 * this.#architecture.layers * this.#room * this.rows * this.#width;
  }

  /**
   * A pass over `tokens` new positions of every row, of which `counts[row]` belong to its text: the first ones. The mask is
   * [streams, tokens · group, keys], or [1, …] where there is one row.
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
    // What is behind is written anew.
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

  /** Keeps of the last pass the first `counts[row]` positions of each row; what lies behind them is forgotten. */
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

  /** Gives its memory back: nothing is kept any more. */
  release(): void {
    if (this.#numbers !== undefined) this.#memory.give(this.#numbers);
    this.#leave();
  }

  /** The first `length` positions of the text of a cache of one row where they lie, until it is released or changes. */
  inPlace(length = this.held(0)): KeptText {
    return { length, keys: this.#keys, values: this.#values, bytes: this.bytes, release: leave };
  }

  /** The same, with the memory: nothing is kept here any more. */
  handOver(length: number): TextInPlace {
    const memory = this.#memory;
    // Sound for all but a cache that was left already, which nobody asks.
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

  /** Gives an empty row the first `length` positions of a text. */
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
   * Blanks what a text of a row leaves: its places behind it up to the last column, and those of the other rows where there were no columns yet. They are
   * masked, which is added to scores, so that what lies there must be numbers, and not those of a text that went.
   */
  #blankBeside(row: number, length: number): void {
    const [width, column] = [this.#width, this.rows * this.#width];
    for (const numbers of [...this.#keys, ...this.#values]) {
      if (this.rows > 1) numbers.fill(0, this.#columns * column, length * column);
      for (let at = length * column + row * width; at < this.#columns * column; at += column)
        numbers.fill(0, at, at + width);
    }
  }

  /** Stretches of a row that lie side by side in memory, and where they begin in a copy of it alone. */
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

  /** The columns in which a row's text lies, in its order. */
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

  /** Lays the texts together where many columns are empty, and else takes more memory. */
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
