/** Where within a record: at the start of a cell, within a plain or a quoted one, or in a line whose quotes don't count. */
export type Skipping = 'cell start' | 'plain' | 'quoted' | 'line';

/** Finds the end of a record that is too long to be kept, from a text that comes in pieces. */
export class RecordSkipper {
  readonly #delimiter: string;
  readonly #quote: string;
  readonly #closing: string;
  readonly #signs: RegExp;
  readonly #longestSign: number;

  constructor(dialect: { delimiter: string; quote: string; closing?: string; escape: string }) {
    this.#delimiter = dialect.delimiter;
    this.#quote = dialect.quote;
    this.#closing = dialect.closing ?? dialect.quote;
    const quotes = [this.#closing.repeat(2), this.#closing, this.#quote].map(inRegExp);
    const signs = [
      ...(dialect.escape === '\\' ? ['\\\\[^]'] : []),
      '\r\n?|\n',
      // Between two letters it is an apostrophe.
      ...(this.#closing === "'" ? ["\\p{L}'(?=\\p{L})"] : []),
      ...(this.#quote === '' ? [] : quotes),
      inRegExp(this.#delimiter),
    ];
    this.#signs = new RegExp(signs.join('|'), 'gu');
    this.#longestSign = Math.max(4, this.#delimiter.length);
  }

  /**
   * The position after the record and its line end, and the number of line ends up to there. If the record does not end
   * in this text, `skipping` says where in it the returned position is.
   */
  skip(
    text: string,
    from: number,
    { skipping, isEnd }: { skipping: Skipping; isEnd: boolean },
  ): { end: number; lines: number; skipping: Skipping | undefined } {
    // The rest of a sign at the end of the text may be in the next piece.
    const decided = isEnd ? text.length : Math.max(from, text.length - this.#longestSign + 1);
    const signs = this.#signs;
    let place = from;
    let state = skipping;
    let lines = 0;
    for (;;) {
      signs.lastIndex = place;
      const found = signs.exec(text);
      if (!found || found.index >= decided) break;
      const [sign] = found;
      if (state === 'cell start' && (found.index > place || !this.#opens(sign))) state = 'plain';
      place = signs.lastIndex;
      if (/[\r\n]$/.test(sign)) {
        lines++;
        if (state === 'line' || (state === 'plain' && !sign.startsWith('\\')))
          return { end: place, lines, skipping: undefined };
      } else if (state === 'cell start') {
        state = 'quoted';
        place = found.index + this.#quote.length;
      } else if (state === 'quoted') {
        if (sign === this.#closing) state = 'plain';
      } else if (state === 'plain' && sign === this.#delimiter) state = 'cell start';
    }
    if (state === 'cell start' && place < decided) state = 'plain';
    return { end: Math.max(place, decided), lines, skipping: isEnd ? undefined : state };
  }

  #opens(sign: string): boolean {
    return this.#quote !== '' && sign.startsWith(this.#quote);
  }
}

function inRegExp(sign: string): string {
  return [...sign].map((letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`).join('');
}
