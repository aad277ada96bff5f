/**
 * Pre-tokenizers cut by what Unicode calls a digit or a blank; @huggingface/tokenizers 0.2.0 has cuts of its own in two places. The
 * same cuts are written as a `Split` here, which it does as the reference does.
 * - `Digits` cuts at every character that Unicode calls numeric (½, ①, ١), there at decimal digits only.
 * - For `ByteLevel` a blank is `White_Space`; there it is JavaScript's `\s`, to which a byte order mark belongs (U+FEFF, as files saved by
 *   spreadsheets begin) and the next-line character (U+0085) does not.
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
    default:
      return preTokenizer;
  }
}

/** The words of GPT-2 (Radford et al. 2019), as the reference cuts them where the file does not say otherwise. */
const words = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

function byteLevel(given: object): object {
  const { use_regex: cuts = true, add_prefix_space: begins = false } = given as Record<string, unknown>;
  if (cuts !== true) return given;
  // The blank that a text begins with belongs to its first word, so it is put there before the cut.
  const blank = { type: 'Metaspace', replacement: ' ', prepend_scheme: 'always', split: false };
  const bytes = { ...given, add_prefix_space: false, use_regex: false };
  return { type: 'Sequence', pretokenizers: [...(begins === true ? [blank] : []), split(words), bytes] };
}

function split(regex: string): object {
  return { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false };
}
