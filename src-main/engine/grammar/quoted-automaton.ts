import type { Automaton, Edge } from './automaton.ts';
import { ALL, intersection, type Ranges, union } from './expression.ts';
import type { CodePointAutomaton } from './expression-automaton.ts';

/** Code points from one to another, and the state they lead to. */
type Piece = readonly [first: number, last: number, target: number];

/** An automaton over the bytes of a JSON string, for one over the code points in it. */
export interface QuotedAutomaton extends Automaton {
  /** Whether a state stands between two code points; the first does not, nor do those within one. */
  readonly between: readonly boolean[];
}

/**
 * Puts code points into UTF-8 and a text into quotes. Each code point can be written in one way only: escaped where it
 * has to be, in the shortest form, and else as it is.
 */
export function quotedAutomaton(automaton: CodePointAutomaton): QuotedAutomaton {
  const count = automaton.edges.length;
  const edges: (readonly Edge[])[] = [[[QUOTE, QUOTE, 1]], ...automaton.edges.map(() => []), []];
  const closed = count + 1;
  const known = new Map<string, number>();
  const state = (row: readonly Edge[]): number => {
    const merged = mergedEdges(row);
    const key = merged.join(' ');
    const index = known.get(key) ?? edges.push(merged) - 1;
    known.set(key, index);
    return index;
  };
  automaton.edges.forEach((row, from) => {
    const end: readonly Edge[] = automaton.accepting[from] ? [[QUOTE, QUOTE, closed]] : [];
    const plain = pieces(row, PLAIN);
    const escaped = escapes(pieces(row, ESCAPED), state);
    const backslash: readonly Edge[] = escaped.length > 0 ? [[BACKSLASH, BACKSLASH, state(escaped)]] : [];
    edges[from + 1] = mergedEdges([...end, ...backslash, ...LENGTHS.flatMap((length) => utf8(plain, length, state))]);
  });
  return {
    edges,
    accepting: edges.map((_, index) => index === closed),
    between: edges.map((_, index) => index >= 1 && index <= count),
  };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPED: Ranges = [
  [0, 0x1f],
  [QUOTE, QUOTE],
  [BACKSLASH, BACKSLASH],
];
const PLAIN: Ranges = union([[0x20, 0x21], [0x23, 0x5b], [0x5d, 0xd7ff], ...ALL.slice(1)]);
const LETTERS = new Map(Object.entries({ 8: 'b', 9: 't', 10: 'n', 12: 'f', 13: 'r', 34: '"', 92: '\\' }));

/** Codes of so many bytes, each step of which stands for one 64th of what is left. */
const LENGTHS = [
  { first: 0, last: 0x7f, lead: 0, each: 1 },
  { first: 0x80, last: 0x7ff, lead: 0xc0, each: 64 },
  { first: 0x800, last: 0xffff, lead: 0xe0, each: 64 ** 2 },
  { first: 0x10000, last: 0x10ffff, lead: 0xf0, each: 64 ** 3 },
] as const;

type StateOf = (row: readonly Edge[]) => number;

/** What leads where, of the code points asked for. State 0 is in front of the quote, so the others come one later. */
function pieces(row: CodePointAutomaton['edges'][number], among: Ranges): readonly Piece[] {
  const found = row.flatMap(([target, ranges]) =>
    intersection(ranges, among).map(([first, last]): Piece => [first, last, target + 1]),
  );
  return found.sort(([a], [b]) => a - b);
}

function utf8(all: readonly Piece[], length: (typeof LENGTHS)[number], state: StateOf): readonly Edge[] {
  const within = clipped(all, length.first, length.last);
  return byteEdges(within, { from: 0, each: length.each, lead: length.lead }, state);
}

/** The edges of one byte, each value of which stands for `each` codes, the first for those from `from` on. */
function byteEdges(
  all: readonly Piece[],
  byte: { readonly from: number; readonly each: number; readonly lead: number },
  state: StateOf,
): readonly Edge[] {
  const { from, each, lead } = byte;
  const edges: Edge[] = [];
  const partly = new Map<number, Piece[]>();
  for (const [first, last, target] of all) {
    const firstWhole = Math.ceil((first - from) / each);
    const lastWhole = Math.floor((last + 1 - from) / each) - 1;
    if (firstWhole <= lastWhole) edges.push([lead + firstWhole, lead + lastWhole, wholeBlock(each, target, state)]);
    for (const index of new Set([Math.floor((first - from) / each), Math.floor((last - from) / each)])) {
      if (index >= firstWhole && index <= lastWhole) continue;
      const start = from + index * each;
      const part: Piece = [Math.max(first, start), Math.min(last, start + each - 1), target];
      partly.set(index, [...(partly.get(index) ?? []), part]);
    }
  }
  for (const [index, parts] of partly) {
    const row = byteEdges(parts, { from: from + index * each, each: each / 64, lead: 0x80 }, state);
    edges.push([lead + index, lead + index, state(row)]);
  }
  return edges;
}

function wholeBlock(size: number, target: number, state: StateOf): number {
  return size === 1 ? target : state([[0x80, 0xbf, wholeBlock(size / 64, target, state)]]);
}

function clipped(all: readonly Piece[], from: number, to: number): readonly Piece[] {
  return all.flatMap(([first, last, target]): readonly Piece[] =>
    first <= to && last >= from ? [[Math.max(first, from), Math.min(last, to), target]] : [],
  );
}

/** What may follow a backslash. */
function escapes(all: readonly Piece[], state: StateOf): readonly Edge[] {
  const edges: Edge[] = [];
  const digits: [Edge[], Edge[]] = [[], []];
  for (const [first, last, target] of all)
    for (let code = first; code <= last; code++) {
      const letter = LETTERS.get(String(code));
      if (letter !== undefined) edges.push(byteEdge(letter, target));
      else digits[code >> 4 ? 1 : 0].push(byteEdge((code & 15).toString(16), target));
    }
  const sixteens = digits.flatMap((row, digit) => (row.length > 0 ? [byteEdge(String(digit), state(row))] : []));
  if (sixteens.length === 0) return edges;
  const zero = (then: number) => state([byteEdge('0', then)]);
  return [...edges, byteEdge('u', zero(zero(state(sixteens))))];
}

function byteEdge(letter: string, target: number): Edge {
  return [letter.charCodeAt(0), letter.charCodeAt(0), target];
}

function mergedEdges(row: readonly Edge[]): readonly Edge[] {
  const merged: [number, number, number][] = [];
  for (const [first, last, target] of [...row].sort(([a], [b]) => a - b)) {
    const before = merged.at(-1);
    if (before !== undefined && before[2] === target && before[1] + 1 === first) before[1] = last;
    else merged.push([first, last, target]);
  }
  return merged;
}
