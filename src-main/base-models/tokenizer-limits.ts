// A tokenizer.json comes from elsewhere, and a small one can take for ever on a text, or make one of any length of it:
// the arrays of one beyond a hundred million letters end the whole process.
import type { Tokenizer } from '@huggingface/tokenizers';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';

/**
 * Whether some text may take far longer than its length says. Tokenizers of common models do not, and need no time
 * limit, which costs more than most of their texts.
 */
export function mayTakeForEver(json: Readonly<Record<string, unknown>>): boolean {
  const parts = partsOf(json);
  if (parts.length > mostParts || parts.some(({ Regex }) => typeof Regex === 'string' && mayBacktrack(Regex)))
    return true;
  const { type, vocab, max_input_chars_per_word: longestWord = 0 } = json.model as Readonly<Record<string, unknown>>;
  // Both take the square of a length that is a hundred letters at most in common models.
  if (type === 'WordPiece') return !(Number(longestWord) <= longestPiece);
  return type === 'Unigram' && (vocab as readonly [string][]).some(([piece]) => piece.length > longestPiece);
}

/** The parts that cut, change and join texts, and what is in them. */
export function partsOf(json: unknown): Readonly<Record<string, unknown>>[] {
  const { normalizer, pre_tokenizer, decoder } = json as Readonly<Record<string, unknown>>;
  const within = (part: unknown): Readonly<Record<string, unknown>>[] =>
    typeof part === 'object' && part !== null
      ? [part as Record<string, unknown>, ...Object.values(part).flatMap(within)]
      : [];
  return [normalizer, pre_tokenizer, decoder].flatMap(within);
}

const mostParts = 100;
const longestPiece = 256;

/**
 * Whether a pattern may try more than the square of a text's length: one that repeats a group or what it has found, or
 * has several repetitions in a row after which something else must follow, or has many choices.
 */
function mayBacktrack(pattern: string): boolean {
  if (/\)[+*{]|\\[1-9k]/.test(pattern)) return true;
  return alternativesOf(pattern).some((signs) => {
    const repetitions = signs.replace(/[^*+{]/g, '').length;
    const isAtEnd = /[*+}]$/.test(signs);
    return repetitions > 2 || (repetitions === 2 && !isAtEnd) || signs.replace(/[^|?]/g, '').length > mostChoices;
  });
}

const mostChoices = 16;

/** The alternatives of a pattern, of which only the signs with a meaning are told, and `.` for all else. */
function alternativesOf(pattern: string): string[] {
  let depth = 0;
  return (
    pattern
      // One within another is read as if it ended with that: in two ways, many of them would take for ever.
      .replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]?/g, '.')
      // Each time more than the least is a choice.
      .replace(/\{(\d{1,2})(?:,(\d{1,2}))?\}/g, (_, least, most = least) => '?'.repeat(Math.max(0, most - least)))
      .replace(/[()|]/g, (sign) => {
        depth += sign === '(' ? 1 : sign === ')' ? -1 : 0;
        return sign === '|' && depth === 0 ? '\n' : sign;
      })
      .split('\n')
  );
}

/** What the library does not declare of a tokenizer's parts: those inside them, their texts, and what they do. */
interface Part {
  readonly normalizers?: readonly (Part | null)[];
  readonly tokenizers?: readonly (Part | null)[];
  readonly decoders?: readonly (Part | null)[];
  readonly config?: { readonly content?: unknown; readonly prepend?: unknown };
  readonly str_rep?: unknown;
  normalize?: Work;
  pre_tokenize_text?: Work;
  decode_chain?: Work;
}
type Work = (given: Letters, ...options: unknown[]) => Letters;
type Letters = string | readonly string[];

/**
 * Makes parts that write more than a letter in place of another fail once they have made a text much longer. Returns
 * what is to be called before each text, or before tokens. Throws MODEL_FILE_INVALID from wherever they are used.
 */
export function limitGrowth({ normalizer, pre_tokenizer, decoder }: Tokenizer): (letters: number) => void {
  let left = 0;
  const limit = (part: Part | null) => {
    if (part === null) return;
    for (const each of [part.normalizers, part.tokenizers, part.decoders].flatMap((list) => list ?? [])) limit(each);
    const written = [part.config?.content, part.config?.prepend, part.str_rep];
    if (!written.some((text) => text !== undefined && String(text).length > 1)) return;
    for (const name of ['normalize', 'pre_tokenize_text', 'decode_chain'] as const) {
      const work = part[name]?.bind(part);
      if (work === undefined) continue;
      part[name] = (given, ...options) => {
        const made = work(given, ...options);
        left -= Math.max(0, lengthOf(made) - lengthOf(given));
        if (left < 0)
          throw new StudioError('MODEL_FILE_INVALID', { file: 'tokenizer.json', ...because('TOKENIZER_GROWS') });
        return made;
      };
    }
  };
  // Sound: they are there in every part of that version (0.2.0).
  for (const part of [normalizer, pre_tokenizer, decoder]) limit(part as Part | null);
  return (letters) => {
    left = mostGrowth + 16 * letters;
  };
}

/** In letters: far more than what is written before or after a text. */
const mostGrowth = 1_000_000;

function lengthOf(letters: Letters): number {
  return typeof letters === 'string' ? letters.length : letters.reduce((sum, { length }) => sum + length, 0);
}
