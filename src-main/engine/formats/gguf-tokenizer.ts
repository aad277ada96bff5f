import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, inEnglish } from '../../../src-contract/failure-reason.ts';
import type { GgufFile } from './gguf.ts';
import { knownPreTokenizers, type PreTokenizer, preTokenizerOf } from './gguf-pre-tokenizers.ts';

/** The tokenizer of a GGUF file as the two files of a Hugging Face folder. */
export interface GgufTokenizer {
  /** tokenizer.json */
  readonly tokenizer: Readonly<Record<string, unknown>>;
  /** tokenizer_config.json: start, end and other special tokens, and the chat template. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Converts a GGUF file's vocabulary to tokenizer.json: byte-level BPE (`gpt2`) with its merges and pre-tokenizer, or
 * SentencePiece BPE (`llama`), whose merges follow from its scores. Throws MODEL_FILE_INVALID, MODEL_UNSUPPORTED.
 */
export function ggufTokenizer(file: GgufFile): GgufTokenizer {
  const vocabulary = readVocabulary(file);
  const kind = file.metadata.get('tokenizer.ggml.model');
  switch (kind) {
    case 'gpt2': {
      const pre = readPreTokenizer(file);
      const start = startToken(vocabulary, pre.addStart);
      return { tokenizer: byteLevelBpe(vocabulary, pre, start), config: configOf(vocabulary, start) };
    }
    case 'llama': {
      const start = startToken(vocabulary, true);
      return { tokenizer: sentencePieceBpe(vocabulary, start), config: configOf(vocabulary, start) };
    }
    default:
      throw new StudioError('MODEL_UNSUPPORTED', {
        file: basename(file.path),
        ...because('TOKENIZER_KIND', { kind: String(kind), known: 'gpt2, llama' }),
      });
  }
}

interface Vocabulary {
  readonly file: GgufFile;
  readonly tokens: readonly string[];
  /** The kind of each token; see below. */
  readonly kinds: ArrayLike<number>;
}

/** Numbered as in llama.cpp's `llama_token_type`. */
export const tokenKinds = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

function readVocabulary(file: GgufFile): Vocabulary {
  const tokens = stringsOf(file, 'tokenizer.ggml.tokens');
  if (new Set(tokens).size < tokens.length) throw invalid(file, because('TOKENS_ALIKE'));
  const types = file.metadata.get('tokenizer.ggml.token_type');
  if (types !== undefined && !(types instanceof Int32Array && types.length === tokens.length)) {
    throw invalid(file, because('TOKEN_TYPES_COUNT'));
  }
  return { file, tokens, kinds: types ?? new Int32Array(tokens.length).fill(tokenKinds.normal) };
}

function readPreTokenizer(file: GgufFile): PreTokenizer {
  const name = file.metadata.get('tokenizer.ggml.pre') ?? 'default';
  const known = typeof name === 'string' ? preTokenizerOf(name) : undefined;
  if (known !== undefined) return known;
  throw new StudioError('MODEL_UNSUPPORTED', {
    file: basename(file.path),
    ...because('TOKENIZER_CUTS', { way: String(name), known: knownPreTokenizers() }),
  });
}

function byteLevelBpe(vocabulary: Vocabulary, pre: PreTokenizer, start: Start | undefined) {
  const merges = stringsOf(vocabulary.file, 'tokenizer.ggml.merges').map((merge) => {
    // Only the first part can begin with a space, which byte-level vocabularies write as another letter anyway.
    const place = merge.indexOf(' ', 1);
    if (place < 0) throw invalid(vocabulary.file, because('MERGE_PARTS'));
    return [merge.slice(0, place), merge.slice(place + 1)];
  });
  return {
    ...frame(vocabulary, start),
    normalizer: pre.normalizer,
    pre_tokenizer: pre.pre_tokenizer,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { ...bpe(vocabulary.tokens, merges), ignore_merges: pre.ignore_merges },
  };
}

function sentencePieceBpe(vocabulary: Vocabulary, start: Start | undefined) {
  const { file } = vocabulary;
  const hasPrefix = file.metadata.get('tokenizer.ggml.add_space_prefix') !== false;
  const unknown =
    tokenOf(vocabulary, 'unknown') ?? vocabulary.tokens[Array.from(vocabulary.kinds).indexOf(tokenKinds.unknown)];
  const blanks = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  return {
    ...frame(vocabulary, start),
    normalizer: hasPrefix ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, blanks] } : blanks,
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(hasPrefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      ...bpe(vocabulary.tokens, mergesByScore(vocabulary)),
      unk_token: unknown ?? null,
      fuse_unk: true,
      byte_fallback: Array.from(vocabulary.kinds).includes(tokenKinds.byte),
      ignore_merges: false,
    },
  };
}

/**
 * SentencePiece merges the neighbours whose union has the highest score. As an equivalent list: every way of making a
 * token from two tokens, tokens with higher scores first.
 */
function mergesByScore({ file, tokens, kinds: types }: Vocabulary): string[][] {
  const scores = file.metadata.get('tokenizer.ggml.scores');
  if (!(scores instanceof Float32Array) || scores.length !== tokens.length) {
    throw invalid(file, because('TOKEN_SCORES_COUNT'));
  }
  if (tokens.some(({ length }) => length > longestToken))
    throw invalid(file, inEnglish(`one of its tokens has more than ${longestToken} letters`));
  const joinable = (id: number) => types[id] === tokenKinds.normal || types[id] === tokenKinds.userDefined;
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const merges: { pair: string[]; score: number; ids: readonly [number, number] }[] = [];
  tokens.forEach((token, id) => {
    if (!joinable(id)) return;
    for (let cut = 1; cut < token.length; cut++) {
      const pair = [token.slice(0, cut), token.slice(cut)];
      const ids = pair.map((part) => idOf.get(part));
      const [left, right] = ids;
      if (left === undefined || right === undefined || !joinable(left) || !joinable(right)) continue;
      merges.push({ pair, score: scores[id] as number, ids: [left, right] });
      if (merges.length > mostMerges)
        throw invalid(file, inEnglish(`its tokens have more than ${mostMerges} ways to be made of two others`));
    }
  });
  merges.sort((a, b) => b.score - a.score || a.ids[0] - b.ids[0] || a.ids[1] - b.ids[1]);
  return merges.map(({ pair }) => pair);
}

/**
 * Far above any vocabulary: the longest tokens are some hundred blanks, and Gemma's quarter of a million tokens have
 * half a million ways. What is looked for grows with the square of the first, and takes memory with the second.
 */
const [longestToken, mostMerges] = [1024, 4 * 2 ** 20];

function bpe(tokens: readonly string[], merges: readonly string[][]) {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null as string | null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    // Built from entries, as a token may be called __proto__.
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges,
  };
}

function frame({ tokens, kinds: types }: Vocabulary, start: Start | undefined) {
  const added = tokens.flatMap((content, id) => {
    const special = types[id] === tokenKinds.control || types[id] === tokenKinds.unknown;
    if (!special && types[id] !== tokenKinds.userDefined) return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
  });
  return { version: '1.0', truncation: null, padding: null, added_tokens: added, post_processor: startWith(start) };
}

interface Start {
  readonly id: number;
  readonly token: string;
  /** Whether every text begins with it. */
  readonly isAdded: boolean;
}

function startToken(vocabulary: Vocabulary, usually: boolean): Start | undefined {
  const id = vocabulary.file.metadata.get('tokenizer.ggml.bos_token_id');
  const token = tokenOf(vocabulary, 'bos');
  if (typeof id !== 'number' || token === undefined) return undefined;
  const added = vocabulary.file.metadata.get('tokenizer.ggml.add_bos_token');
  return { id, token, isAdded: typeof added === 'boolean' ? added : usually };
}

function startWith(start: Start | undefined): object | null {
  if (start === undefined || !start.isAdded) return null;
  const special = { SpecialToken: { id: start.token, type_id: 0 } };
  const text = (id: 'A' | 'B') => ({ Sequence: { id, type_id: 0 } });
  return {
    type: 'TemplateProcessing',
    single: [special, text('A')],
    pair: [special, text('A'), special, text('B')],
    special_tokens: { [start.token]: { id: start.token, ids: [start.id], tokens: [start.token] } },
  };
}

function configOf(vocabulary: Vocabulary, start: Start | undefined): Record<string, unknown> {
  const template = vocabulary.file.metadata.get('tokenizer.chat_template');
  const named = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: start?.token,
    eos_token: tokenOf(vocabulary, 'eos'),
    unk_token: tokenOf(vocabulary, 'unknown'),
    pad_token: tokenOf(vocabulary, 'padding'),
    add_bos_token: start?.isAdded ?? false,
    clean_up_tokenization_spaces: false,
    chat_template: typeof template === 'string' ? template : undefined,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function tokenOf({ file, tokens }: Vocabulary, name: string): string | undefined {
  const id = file.metadata.get(`tokenizer.ggml.${name}_token_id`);
  if (id === undefined) return undefined;
  const token = typeof id === 'number' ? tokens[id] : undefined;
  if (token === undefined) throw invalid(file, because('TOKEN_BEYOND', { name }));
  return token;
}

function stringsOf(file: GgufFile, key: string): readonly string[] {
  const value = file.metadata.get(key);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw invalid(file, because('KEY_NOT_TEXTS', { key }));
}

function invalid(file: GgufFile, why: Because): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: basename(file.path), ...why });
}
