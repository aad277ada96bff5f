/** Everything is vector-aligned, with spare room for a vector that starts at the last number. */
const alignment = 64;

interface Piece {
  start: number;
  end: number;
}

/** A first-fit allocator over a stretch of memory. */
export class Arena {
  readonly #free: Piece[];
  readonly #given = new Map<number, number>();
  /** The end of the furthest allocation ever made. */
  #reach: number;

  constructor(start = 0, end = Number.MAX_SAFE_INTEGER) {
    this.#free = [{ start, end }];
    this.#reach = start;
  }

  get reach(): number {
    return this.#reach;
  }

  /** What is still free, possibly in several pieces. */
  get free(): number {
    return this.#free.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** Undefined if no piece is large enough. */
  take(bytes: number): number | undefined {
    const size = alignment * Math.ceil((bytes + 16) / alignment);
    const place = this.#free.findIndex(({ start, end }) => end - start >= size);
    const piece = this.#free[place];
    if (piece === undefined) return undefined;
    const { start } = piece;
    piece.start += size;
    if (piece.start === piece.end) this.#free.splice(place, 1);
    this.#given.set(start, size);
    this.#reach = Math.max(this.#reach, start + size);
    return start;
  }

  give(start: number): void {
    const size = this.#given.get(start);
    if (size === undefined) throw new Error(`Nothing was taken at ${start}`);
    this.#given.delete(start);
    const next = this.#free.findIndex((piece) => piece.start > start);
    const place = next === -1 ? this.#free.length : next;
    this.#free.splice(place, 0, { start, end: start + size });
    const [before, own, behind] = [this.#free[place - 1], this.#free[place] as Piece, this.#free[place + 1]];
    if (behind !== undefined && behind.start === own.end) {
      own.end = behind.end;
      this.#free.splice(place + 1, 1);
    }
    if (before !== undefined && before.end === own.start) {
      before.end = own.end;
      this.#free.splice(place, 1);
    }
  }
}
