/** One value of a stream: its JSON text, and its number from 1: its line if there is one per line, else among its list. */
export interface JsonText {
  readonly text: string;
  readonly number: number;
  /** For a list within an object: the index of the list that contains it. */
  readonly list?: number;
  /** Set if a string, list or object in it is never closed: it contains everything behind it. */
  readonly isOpen?: boolean;
}

/** A list of objects within a top-level object: its key, and its number of values. */
export interface JsonList {
  readonly name: string;
  readonly values: number;
}

export type JsonLayout = 'lines' | 'array' | 'objects';

/** Between values; some programs write a record separator before each (RFC 7464). */
const between = {
  test: (sign: string) => sign === ',' || sign === ';' || sign === recordSeparator || sign.trim() === '',
};
const recordSeparator = String.fromCharCode(0x1e);

/** A value of 64 Mi characters is not a row of a table; it is given up along with everything after it. */
const longestValue = 64 * 1024 * 1024;

/**
 * Splits text, piece by piece, into the values of a list: one per line (JSON Lines), the elements of a top-level array,
 * those of the arrays of objects within a top-level object (`{"version": …, "data": [ … ]}`), or concatenated values
 * with nothing or a comma between them, over several lines or on one. A top-level array may be followed by further
 * arrays and values. Only the current value is held in memory. Anything that is not JSON is passed through for the
 * parser to reject.
 */
export class JsonValues {
  readonly #kind: JsonLayout;
  readonly #under: string | undefined;
  #text = '';
  #place = 0;
  /** How many lines have been read, or values that are not in a list within an object. */
  #count = 0;
  #isInside = false;
  #isObject = false;
  /** The list has ended. */
  #isBehind = false;
  #start = -1;
  #depth = 0;
  #isString = false;
  #ended = false;
  /** The last string outside a list: the key of the next list. */
  #name = '';
  readonly #lists: { name: string; values: number }[] = [];

  /** `under`: within a top-level object, only the lists under this key are read, however deep they are. */
  constructor(kind: JsonLayout, under?: string) {
    this.#kind = kind;
    this.#under = under;
    this.#isInside = kind === 'objects';
  }

  /** The lists started so far within an object. */
  get lists(): readonly JsonList[] {
    return this.#lists;
  }

  push(text: string): JsonText[] {
    this.#text = this.#start >= 0 ? this.#text.slice(this.#start) + text : this.#text.slice(this.#place) + text;
    this.#place -= this.#start >= 0 ? this.#start : this.#place;
    if (this.#start >= 0) this.#start = 0;
    const found = this.#kind === 'lines' ? this.#readLines() : this.#readArray();
    if (this.#text.length - Math.max(0, this.#start, this.#place * Number(this.#start < 0)) > longestValue) {
      found.push(this.#rest(this.#text.slice(Math.max(0, this.#start), 200)));
      this.#ended = true;
      this.#text = '';
    }
    return found;
  }

  /** What is left at the end of the text: a last line, or a truncated value. */
  end(): JsonText[] {
    const rest = (
      this.#kind === 'lines' ? this.#text.slice(this.#place) : this.#start >= 0 ? this.#text.slice(this.#start) : ''
    ).trim();
    return rest === '' ? [] : [this.#rest(rest)];
  }

  #rest(text: string): JsonText {
    return { text, number: this.#next, isOpen: this.#isString || this.#depth > 0 };
  }

  #readLines(): JsonText[] {
    const found: JsonText[] = [];
    while (!this.#ended) {
      const end = this.#text.indexOf('\n', this.#place);
      if (end < 0) return found;
      const text = this.#text.slice(this.#place, end).trim();
      if (text !== '') found.push({ text, number: this.#next });
      this.#count++;
      this.#place = end + 1;
    }
    return found;
  }

  #readArray(): JsonText[] {
    const found: JsonText[] = [];
    const text = this.#text;
    while (this.#place < text.length && !this.#ended) {
      if (this.#isString) {
        if (!this.#endString()) break;
        continue;
      }
      const sign = text[this.#place];
      if (!this.#isInside) {
        // A list is an array whose first element is an object; around it are only keys and plain values.
        if (sign === '"') {
          this.#isString = true;
          this.#name = '';
        } else if (sign === '[') {
          const first = /\S/.exec(text.slice(this.#place + 1, this.#place + 1000))?.[0];
          if (first === undefined && text.length < this.#place + 1000) break;
          const isWanted = this.#under === undefined || this.#name === this.#under;
          this.#isInside = !this.#isObject || (first === '{' && isWanted);
          if (this.#isInside && this.#isObject) this.#lists.push({ name: this.#name, values: 0 });
        } else if (sign === '{') this.#isObject = true;
        this.#place++;
        continue;
      }
      if (this.#start < 0) {
        if (sign === ']' && this.#kind === 'array' && !this.#isBehind) {
          // An object may contain further lists; a top-level list may be followed by another.
          if (this.#isObject) this.#isInside = false;
          else this.#isBehind = true;
        } else if (sign === '[' && this.#isBehind) this.#isBehind = false;
        else if (sign === ']' || sign === '}') {
          // An unmatched bracket; passed on as an invalid value.
          found.push(this.#value(sign));
        } else if (sign !== undefined && !between.test(sign)) {
          this.#start = this.#place;
          this.#depth = 0;
          continue;
        }
        this.#place++;
        continue;
      }
      if (sign === '"') this.#isString = true;
      else if (sign === '{' || sign === '[') this.#depth++;
      else if (sign === '}' || sign === ']' || sign === ',') {
        if (this.#depth === 0) {
          found.push(this.#value(text.slice(this.#start, this.#place)));
          this.#start = -1;
          continue;
        }
        if (sign !== ',' && --this.#depth === 0) {
          // A list or object ends itself, whatever follows.
          found.push(this.#value(text.slice(this.#start, this.#place + 1)));
          this.#start = -1;
        }
      }
      this.#place++;
    }
    return found;
  }

  #value(text: string): JsonText {
    const value = { text: text.trim(), number: this.#next };
    const list = this.#lists.at(-1);
    if (list) list.values++;
    else this.#count++;
    return list ? { ...value, list: this.#lists.length - 1 } : value;
  }

  get #next(): number {
    return (this.#lists.at(-1)?.values ?? this.#count) + 1;
  }

  /** Moves to the end of the open string; false if that is in the next piece. */
  #endString(): boolean {
    // The first character is the opening quote, or was already examined in an earlier piece.
    for (;;) {
      const end = this.#text.indexOf('"', this.#place);
      if (!this.#isInside && this.#name.length < 200)
        this.#name += this.#text.slice(this.#place, end < 0 ? undefined : end);
      if (end < 0) {
        this.#place = this.#text.length;
        return false;
      }
      let slashes = 0;
      while (this.#text[end - 1 - slashes] === '\\') slashes++;
      this.#place = end + 1;
      if (slashes % 2 === 0) {
        this.#isString = false;
        return true;
      }
    }
  }
}
