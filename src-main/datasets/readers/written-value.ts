import { parseJson } from './json-parse.ts';

/**
 * Parses a list or object written out in a cell: as JSON, or as printed by Python (`{'text': ['a'], 'start': array([1],
 * dtype=int32)}`), which is what pandas saves to CSV. Undefined for anything else. Nothing is executed.
 */
export function writtenValue(cell: string): object | undefined {
  const text = cell.trim();
  if (!/^[[{(]/.test(text)) return undefined;
  const value = parseJson(text) ?? parsePython(text);
  return typeof value === 'object' && value !== null ? value : undefined;
}

function parsePython(text: string): unknown {
  const literal = new PythonLiteral(text);
  try {
    return literal.whole();
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class NoLiteral extends Error {}

/** Deeper than any table's cell; each level is a call. */
const deepest = 100;

/** Source: The Python Language Reference, §2.4 (literals) and §6.2 (displays); `array(…)` as in NumPy's repr. */
class PythonLiteral {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const value = this.#value(0);
    this.#blanks();
    if (this.#at < this.#text.length) throw new NoLiteral();
    return value;
  }

  #value(depth: number): unknown {
    if (depth > deepest) throw new NoLiteral();
    if (this.#takes(/\[/y)) return this.#items(']', depth);
    if (this.#takes(/\(/y)) return this.#items(')', depth);
    if (this.#takes(/\{/y)) return this.#pairs(depth);
    if (this.#takes(/array\(/y)) return this.#array(depth);
    const word = this.#takes(/True|False|None|nan/y);
    if (word) return words[word[0] as keyof typeof words];
    const number = this.#takes(/[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy);
    if (number) return Number(number[0]);
    return this.#string();
  }

  #items(end: string, depth: number): unknown[] {
    const items: unknown[] = [];
    while (!this.#ends(end)) {
      items.push(this.#value(depth + 1));
      if (!this.#takes(/,/y) && !this.#isBefore(end)) throw new NoLiteral();
    }
    return items;
  }

  #pairs(depth: number): Record<string, unknown> {
    const pairs: [string, unknown][] = [];
    while (!this.#ends('}')) {
      const key = this.#string();
      if (!this.#takes(/:/y)) throw new NoLiteral();
      pairs.push([key, this.#value(depth + 1)]);
      if (!this.#takes(/,/y) && !this.#isBefore('}')) throw new NoLiteral();
    }
    return Object.fromEntries(pairs);
  }

  /** Its first argument; the dtype that follows is irrelevant. */
  #array(depth: number): unknown {
    const value = this.#value(depth + 1);
    if (!this.#takes(/,\s*dtype=[\w'<>.]+\s*\)/y) && !this.#takes(/\)/y)) throw new NoLiteral();
    return value;
  }

  #string(): string {
    const quoted = this.#takes(/'([^'\\]*(?:\\.[^'\\]*)*)'|"([^"\\]*(?:\\.[^"\\]*)*)"/sy);
    if (!quoted) throw new NoLiteral();
    return (quoted[1] ?? quoted[2] ?? '').replace(
      /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs,
      (whole, x: string | undefined, u: string | undefined, long: string | undefined, sign: string | undefined) => {
        const code = Number.parseInt(x ?? u ?? long ?? '', 16);
        if (sign === undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
        return escapes[sign] ?? whole;
      },
    );
  }

  #ends(end: string): boolean {
    if (!this.#isBefore(end)) return false;
    this.#at++;
    return true;
  }

  #isBefore(sign: string): boolean {
    this.#blanks();
    return this.#text[this.#at] === sign;
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  /** Matches a sticky pattern here, after skipping blanks. */
  #takes(pattern: RegExp): RegExpExecArray | null {
    this.#blanks();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found;
  }
}

const words = { True: true, False: false, None: null, nan: null } as const;
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  "'": "'",
  '"': '"',
  '\\': '\\',
  '\n': '',
};
