import { literally } from '../../src-contract/regexp-literally.ts';

/**
 * Pre-tokenizers split by what Unicode calls a digit or white space; @huggingface/tokenizers 0.2.0 deviates in some
 * places. Here the same cuts are written as a `Split`, for which it agrees with the reference.
 * - `Digits` cuts at every character that Unicode calls numeric (½, ①, ١); the library's cuts at decimal digits only.
 * - For `ByteLevel`, `Whitespace` and `WhitespaceSplit`, white space is `White_Space`; in the library it is JavaScript's
 *   `\s`, which includes a byte order mark (U+FEFF, with which files saved by spreadsheets begin) but not the next-line
 *   character (U+0085).
 * - A `Split` of the library never removes a pattern that is given as plain text. (`split-behaviours.ts` sees to what
 *   else a `Split` may do with what it finds.)
 */
export function withUnicodeCuts(preTokenizer: unknown): unknown {
  if (typeof preTokenizer !== 'object' || preTokenizer === null || !('type' in preTokenizer)) return preTokenizer;
  switch (preTokenizer.type) {
    case 'Sequence': {
      const { pretokenizers: parts } = preTokenizer as { pretokenizers?: unknown };
      return Array.isArray(parts) ? { ...preTokenizer, pretokenizers: parts.map(withUnicodeCuts) } : preTokenizer;
    }
    case 'Digits': {
      const isEach = 'individual_digits' in preTokenizer && preTokenizer.individual_digits === true;
      return split(isEach ? '\\p{N}' : '\\p{N}+');
    }
    case 'ByteLevel':
      return byteLevel(preTokenizer);
    case 'Whitespace':
      return pieces(`[${wordCharacters}]+|[^${wordCharacters}\\s]+`);
    case 'WhitespaceSplit':
      return pieces('\\S+');
    case 'Split':
      return removing(preTokenizer);
    default:
      return preTokenizer;
  }
}

/** What the reference's own expressions call `\w` (Unicode Technical Standard 18, annex C). */
export const wordCharacters = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';

/** The words of GPT-2 (Radford et al. 2019), as the reference cuts them unless the file says otherwise. */
const words = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

function byteLevel(given: object): object {
  const { use_regex: cuts = true, add_prefix_space: begins = false } = given as Record<string, unknown>;
  if (cuts !== true) return given;
  // The leading blank belongs to the first word, so it is added before the cut.
  const blank = { type: 'Metaspace', replacement: ' ', prepend_scheme: 'always', split: false };
  const bytes = { ...given, add_prefix_space: false, use_regex: false };
  return { type: 'Sequence', pretokenizers: [...(begins === true ? [blank] : []), split(words), bytes] };
}

function removing(given: object): object {
  const { pattern, behavior, invert } = given as Record<string, unknown>;
  if (typeof pattern !== 'object' || pattern === null || invert === true || behavior !== 'Removed') return given;
  const { String: text } = pattern as Record<string, unknown>;
  return typeof text === 'string' && text !== '' ? { ...given, pattern: { Regex: literally(text) } } : given;
}

/** What a pattern finds, and nothing between. */
function pieces(regex: string): object {
  return { type: 'Split', pattern: { Regex: regex }, behavior: 'Removed', invert: true };
}

function split(regex: string): object {
  return { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false };
}
