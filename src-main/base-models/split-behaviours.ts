import type { Tokenizer } from '@huggingface/tokenizers';
import { literally } from '../../src-contract/regexp-literally.ts';

/** What the library does not declare of a part that cuts texts, and those inside it. */
interface Cutter {
  readonly tokenizers?: readonly (Cutter | null)[];
  readonly pattern?: RegExp | null;
  pre_tokenize_text?: (text: string, ...options: unknown[]) => readonly string[];
}

/** The same part in tokenizer.json. */
interface Written {
  readonly type?: string;
  readonly pretokenizers?: readonly (Written | null)[];
  readonly behavior?: string;
  readonly invert?: boolean;
  readonly split?: boolean;
  readonly replacement?: string;
}

/**
 * What becomes of the separators at which a tokenizer cuts a text. @huggingface/tokenizers 0.2.0 knows `Removed` and
 * `Isolated` only, leaves out what is between them where the pattern is inverted, takes punctuation marks in a row for
 * one, and cuts no words where blanks become marks. `json` is the pre-tokenizer as tokenizer.json has it.
 */
export function keepSeparators({ pre_tokenizer }: Tokenizer, json: unknown): void {
  // Sound: they are there in every part of that version, which has read the same.
  correct(pre_tokenizer as Cutter | null, json as Written | null | undefined);
}

function correct(part: Cutter | null | undefined, json: Written | null | undefined): void {
  if (!part || !json) return;
  for (const [place, each] of (json.pretokenizers ?? []).entries()) correct(part.tokenizers?.[place], each);
  const { type, behavior = 'Isolated', invert = false, split = true, replacement = '▁' } = json;
  const { pattern } = part;
  const work = part.pre_tokenize_text?.bind(part);
  // The reference takes a mark of one letter only.
  if (type === 'Metaspace' && split && replacement.length <= 2 && work !== undefined) {
    const mark = new RegExp(literally(replacement), 'g');
    part.pre_tokenize_text = (text, ...options) =>
      work(text, ...options).flatMap((marked) => cut(marked, mark, { behavior: 'MergedWithNext', invert: false }));
  } else if (type === 'Punctuation' && behavior !== 'Contiguous') {
    part.pre_tokenize_text = (text) => cut(text, punctuation, { behavior, invert });
  } else if (type === 'Split' && behavior !== 'Removed' && (behavior !== 'Isolated' || invert) && pattern) {
    part.pre_tokenize_text = (text) => cut(text, pattern, { behavior, invert });
  }
}

/** One mark, as the reference takes it: those of Unicode, and ASCII's signs. */
const punctuation = /[\p{P}$+<=>^`|~]/gu;

interface Piece {
  readonly text: string;
  readonly isSeparator: boolean;
}

function cut(text: string, pattern: RegExp, { behavior, invert }: { behavior: string; invert: boolean }): string[] {
  return joined(pieces(text, pattern, invert), behavior).map((piece) => piece.text);
}

function pieces(text: string, pattern: RegExp, invert: boolean): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    found.push({ text: text.slice(end, index), isSeparator: invert }, { text: match, isSeparator: !invert });
    end = index + match.length;
  }
  found.push({ text: text.slice(end), isSeparator: invert });
  return found.filter((piece) => piece.text !== '');
}

function joined(all: readonly Piece[], behavior: string): readonly Piece[] {
  switch (behavior) {
    case 'Removed':
      return all.filter(({ isSeparator }) => !isSeparator);
    case 'Contiguous':
      return glued(all, (piece, last) => piece.isSeparator === last.isSeparator);
    case 'MergedWithPrevious':
      return glued(all, (piece, last) => piece.isSeparator && !last.isSeparator);
    case 'MergedWithNext':
      return glued(all, (piece, last) => last.isSeparator && !piece.isSeparator);
    default:
      return all;
  }
}

/** Each piece with the last one where the two belong together: what matters is how that ended. */
function glued(all: readonly Piece[], belong: (piece: Piece, last: Piece) => boolean): Piece[] {
  const made: Piece[] = [];
  for (const [place, piece] of all.entries()) {
    const last = all[place - 1];
    const before = last !== undefined && belong(piece, last) ? (made.pop()?.text ?? '') : '';
    made.push({ text: before + piece.text, isSeparator: piece.isSeparator });
  }
  return made;
}
