/**
 * Trains the starter model's byte-level BPE tokenizer and writes it in the Hugging Face layout.
 * Run: `node scripts/starter-model/train-tokenizer.ts`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byteAlphabet, toByteAlphabet } from './byte-alphabet.ts';
import { learnMerges } from './byte-pairs.ts';
import { takeText } from './corpus.ts';

export const END_OF_TEXT = '<|endoftext|>';
export const VOCABULARY_SIZE = 4096;

const CORPUS_BYTES = 6_000_000;
const CORPUS_SEED = 1;
// The open samples add everyday words that the generated text lacks; repeated, as they are short in comparison.
const OPEN_SAMPLES = ['xquad-en.csv', 'mts-dialog.csv', 'spider-en.csv'];
const OPEN_SAMPLE_WEIGHT = 2;

/** The two files of a tokenizer in the Hugging Face layout, as objects. */
export function trainTokenizer(texts: Iterable<string>, vocabularySize: number) {
  const pieces = countPieces(texts);
  const merges = learnMerges(pieces, vocabularySize - 1 - byteAlphabet.length);
  return { tokenizer: tokenizerJson(merges), config: tokenizerConfig() };
}

/**
 * GPT-2's split (the one `ByteLevel` does with `use_regex`): a word takes the space before it.
 * Source: openai/gpt-2, encoder.py.
 */
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/**
 * Splits digits and Hangul syllables one by one, so that a number, or a Korean name followed by a particle, has the
 * same tokens wherever it occurs and can be copied. It runs after `ByteLevel`, whose prefix space it must not repeat,
 * and so sees the byte alphabet: a Hangul syllable is a byte EA–ED and two continuation bytes 80–BF.
 */
const SINGLES = 'Ġ?[0-9]|Ġ?[êëìí][¡-¿Ģ-Ń]{2}';

function countPieces(texts: Iterable<string>): Map<string, number> {
  const words = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of withPrefixSpace(text).matchAll(WORDS)) words.set(word, (words.get(word) ?? 0) + 1);
  }
  const pieces = new Map<string, number>();
  const singles = new RegExp(`(${SINGLES})`, 'u');
  for (const [word, times] of words) {
    for (const piece of toByteAlphabet(word).split(singles)) {
      if (piece !== '') pieces.set(piece, (pieces.get(piece) ?? 0) + times);
    }
  }
  return pieces;
}

function withPrefixSpace(text: string): string {
  return text.startsWith(' ') ? text : ` ${text}`;
}

function tokenizerJson(merges: readonly (readonly [string, string])[]) {
  const tokens = [END_OF_TEXT, ...byteAlphabet, ...merges.map(([left, right]) => left + right)];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [
      {
        id: 0,
        content: END_OF_TEXT,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      },
    ],
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
        { type: 'Split', pattern: { Regex: SINGLES }, behavior: 'Isolated', invert: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

function tokenizerConfig() {
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: END_OF_TEXT,
    eos_token: END_OF_TEXT,
    pad_token: END_OF_TEXT,
    add_bos_token: false,
    add_prefix_space: true,
    clean_up_tokenization_spaces: false,
    model_max_length: 512,
  };
}

async function* trainingTexts(samplesFolder: string): AsyncGenerator<string> {
  yield* takeText(CORPUS_SEED, CORPUS_BYTES);
  for (const file of OPEN_SAMPLES) {
    const text = await readFile(join(samplesFolder, file), 'utf8');
    for (let time = 0; time < OPEN_SAMPLE_WEIGHT; time++) yield text;
  }
}

if (import.meta.main) {
  const resources = join(import.meta.dirname, '../../resources');
  const folder = join(resources, 'starter-model');
  const texts = await Array.fromAsync(trainingTexts(join(resources, 'samples')));
  const { tokenizer, config } = trainTokenizer(texts, VOCABULARY_SIZE);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tokenizer.json'), `${JSON.stringify(tokenizer, null, 1)}\n`);
  await writeFile(join(folder, 'tokenizer_config.json'), `${JSON.stringify(config, null, 2)}\n`);
  console.log(`${Object.keys(tokenizer.model.vocab).length} tokens written to ${folder}`);
}
