import { ALL, complement, intersection, type Ranges, union } from './expression.ts';

/** A regular expression as it is written. */
export type PatternNode =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'sequence' | 'either'; readonly of: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly of: PatternNode; readonly fewest: number; readonly most: number }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'ahead'; readonly of: PatternNode; readonly negative: boolean };

/** Thrown for what is no regular expression, or not one that is understood here. */
export class UnsupportedPattern extends Error {}

/** Characters of a pattern, and levels of groups in it. */
const MOST_CHARACTERS = 2000;
const MOST_DEPTH = 50;

/**
 * Reads a regular expression of ECMA-262 as far as Python and Rust mean the same by it: sets, groups, alternatives,
 * quantifiers, anchors and looking ahead. Neither looking behind nor back, no `\b`, no properties, no flags.
 */
export function parsePattern(pattern: string): PatternNode {
  const characters = Array.from(pattern, (character) => character.codePointAt(0) as number);
  if (characters.length > MOST_CHARACTERS) throw new UnsupportedPattern();
  const parser = new PatternParser(characters);
  return parser.whole();
}

const code = (character: string) => character.codePointAt(0) as number;
const range = (first: string, last = first) => [code(first), code(last)] as const;

const DIGITS: Ranges = [range('0', '9')];
const WORD: Ranges = [range('0', '9'), range('A', 'Z'), range('_'), range('a', 'z')];
/** ECMA-262, WhiteSpace and LineTerminator. */
const SPACE: Ranges = union([
  ...[range('\t', '\r'), range(' '), range('\u00a0'), range('\u1680'), range('\u2000', '\u200a')],
  ...[range('\u2028', '\u2029'), range('\u202f'), range('\u205f'), range('\u3000'), range('\ufeff')],
]);
const NO_LINE_BREAK = complement([range('\n'), range('\r'), range('\u2028', '\u2029')]);
const CLASSES = new Map<string, Ranges>([
  ['d', DIGITS],
  ['D', complement(DIGITS)],
  ['w', WORD],
  ['W', complement(WORD)],
  ['s', SPACE],
  ['S', complement(SPACE)],
]);
const CONTROLS = new Map([
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
  ['0', 0],
]);

class PatternParser {
  readonly #characters: readonly number[];
  #at = 0;
  #depth = 0;

  constructor(characters: readonly number[]) {
    this.#characters = characters;
  }

  whole(): PatternNode {
    const node = this.#alternatives();
    if (this.#at < this.#characters.length) throw new UnsupportedPattern();
    return node;
  }

  #alternatives(): PatternNode {
    if (++this.#depth > MOST_DEPTH) throw new UnsupportedPattern();
    const of = [this.#sequence()];
    while (this.#takes('|')) of.push(this.#sequence());
    this.#depth--;
    return of.length === 1 ? (of[0] as PatternNode) : { kind: 'either', of };
  }

  #sequence(): PatternNode {
    const of: PatternNode[] = [];
    while (this.#at < this.#characters.length && !this.#sees('|') && !this.#sees(')')) of.push(this.#quantified());
    return { kind: 'sequence', of };
  }

  #quantified(): PatternNode {
    const node = this.#atom();
    const bounds = this.#quantifier();
    if (bounds === undefined) return node;
    if (node.kind === 'start' || node.kind === 'end' || node.kind === 'ahead') throw new UnsupportedPattern();
    this.#takes('?'); // As few as possible: the same texts.
    if (['*', '+', '{'].some((next) => this.#sees(next))) throw new UnsupportedPattern();
    return { kind: 'repeat', of: node, ...bounds };
  }

  #quantifier(): { readonly fewest: number; readonly most: number } | undefined {
    if (this.#takes('*')) return { fewest: 0, most: Number.POSITIVE_INFINITY };
    if (this.#takes('+')) return { fewest: 1, most: Number.POSITIVE_INFINITY };
    if (this.#takes('?')) return { fewest: 0, most: 1 };
    if (!this.#takes('{')) return undefined;
    const fewest = this.#number();
    const most = this.#takes(',') ? (this.#sees('}') ? Number.POSITIVE_INFINITY : this.#number()) : fewest;
    if (!this.#takes('}') || fewest > most) throw new UnsupportedPattern();
    return { fewest, most };
  }

  #number(): number {
    let digits = '';
    while (this.#at < this.#characters.length && /\d/.test(this.#character())) digits += this.#next();
    if (digits === '' || digits.length > 6) throw new UnsupportedPattern();
    return Number(digits);
  }

  #atom(): PatternNode {
    const character = this.#next();
    switch (character) {
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '.':
        return { kind: 'set', ranges: NO_LINE_BREAK };
      case '(':
        return this.#group();
      case '[':
        return { kind: 'set', ranges: this.#class() };
      case '\\':
        return { kind: 'set', ranges: this.#escape() };
      case '*':
      case '+':
      case '?':
      case '{':
        throw new UnsupportedPattern();
      default:
        return { kind: 'set', ranges: one(code(character)) };
    }
  }

  #group(): PatternNode {
    const ahead = this.#takes('?=') ? { negative: false } : this.#takes('?!') ? { negative: true } : undefined;
    if (ahead === undefined && this.#sees('?') && !this.#takes('?:')) this.#name();
    const of = this.#alternatives();
    if (!this.#takes(')')) throw new UnsupportedPattern();
    return ahead === undefined ? of : { kind: 'ahead', of, ...ahead };
  }

  #name(): void {
    if (!(this.#takes('?P<') || this.#takes('?<')) || this.#sees('=') || this.#sees('!'))
      throw new UnsupportedPattern();
    while (!this.#takes('>')) if (!/\w/.test(this.#next())) throw new UnsupportedPattern();
  }

  #class(): Ranges {
    const negative = this.#takes('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.#takes(']')) {
      const first = this.#classPart();
      const single = first.length === 1 && first[0]?.[0] === first[0]?.[1] ? first[0]?.[0] : undefined;
      if (!this.#sees('-') || this.#sees('-]')) {
        ranges.push(...first);
        continue;
      }
      this.#next();
      const last = this.#classPart();
      const end = last[0];
      if (single === undefined || last.length !== 1 || end === undefined || end[0] !== end[1] || single > end[0])
        throw new UnsupportedPattern();
      ranges.push([single, end[0]]);
    }
    return negative ? complement(union(ranges)) : intersection(union(ranges), ALL);
  }

  #classPart(): Ranges {
    // Rust has operations on sets: [[a-z]&&[^b]].
    if (this.#sees('[') || this.#sees('&&')) throw new UnsupportedPattern();
    const character = this.#next();
    if (character !== '\\') return one(code(character));
    return this.#takes('b') ? one(8) : this.#escape();
  }

  #escape(): Ranges {
    const letter = this.#next();
    const named = CLASSES.get(letter);
    if (named !== undefined) return named;
    if (letter === 'x') return one(this.#hex(2));
    if (letter === 'u') return one(this.#unicode());
    const control = CONTROLS.get(letter);
    if (control !== undefined && !(letter === '0' && /^\d/.test(this.#rest()))) return one(control);
    if (/[\p{L}\p{N}]/u.test(letter)) throw new UnsupportedPattern();
    return one(code(letter));
  }

  #unicode(): number {
    if (this.#takes('{')) {
      let digits = '';
      while (!this.#takes('}')) digits += this.#next();
      if (!/^[0-9a-f]{1,6}$/i.test(digits)) throw new UnsupportedPattern();
      return codePoint(Number.parseInt(digits, 16));
    }
    const first = this.#hex(4);
    if (first < 0xd800 || first > 0xdfff) return first;
    if (first > 0xdbff || !this.#takes('\\u')) throw new UnsupportedPattern();
    const second = this.#hex(4);
    if (second < 0xdc00 || second > 0xdfff) throw new UnsupportedPattern();
    return 0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff);
  }

  #hex(length: number): number {
    const digits = Array.from({ length }, () => this.#next()).join('');
    if (!/^[0-9a-f]+$/i.test(digits)) throw new UnsupportedPattern();
    return Number.parseInt(digits, 16);
  }

  #next(): string {
    const character = this.#character();
    this.#at++;
    return character;
  }

  #character(): string {
    const character = this.#characters[this.#at];
    if (character === undefined) throw new UnsupportedPattern();
    return String.fromCodePoint(character);
  }

  #rest(): string {
    const character = this.#characters[this.#at];
    return character === undefined ? '' : String.fromCodePoint(character);
  }

  #sees(text: string): boolean {
    return Array.from(text).every((character, i) => this.#characters[this.#at + i] === code(character));
  }

  #takes(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }
}

function one(code: number): Ranges {
  const found = codePoint(code);
  return [[found, found]];
}

function codePoint(code: number): number {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new UnsupportedPattern();
  return code;
}
