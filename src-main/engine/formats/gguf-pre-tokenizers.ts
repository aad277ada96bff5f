/** How a byte-level BPE splits a text before merging bytes, in the terms of tokenizer.json, and related settings. */
export interface PreTokenizer {
  readonly pre_tokenizer: object;
  readonly normalizer: object | null;
  /** A piece that is a token as a whole is kept, even where merges would split it. */
  readonly ignore_merges: boolean;
  /** Whether a text begins with the start-of-text id if the file doesn't say. */
  readonly addStart: boolean;
}

/**
 * The pre-tokenizer that `tokenizer.ggml.pre` names, or undefined if it is unknown: a wrong guess would silently give
 * different ids. Sources: the tokenizer.json of the models named, and llama.cpp, src/llama-vocab.cpp.
 */
export function preTokenizerOf(name: string): PreTokenizer | undefined {
  return byName.get(name);
}

/**
 * llama.cpp's name for how a tokenizer.json cuts a text, or undefined where it has none. Settings that make no
 * difference to ids are passed over.
 */
export function preTokenizerName(json: {
  readonly normalizer?: object | null;
  readonly pre_tokenizer?: object | null;
  readonly model: { readonly ignore_merges?: boolean };
}): string | undefined {
  const { normalizer = null, pre_tokenizer = null, model } = json;
  const cuts = written({ normalizer, pre_tokenizer, ignore_merges: model.ignore_merges ?? false });
  if (cuts === written({ ...gpt2, pre_tokenizer: starter })) return 'gpt-2';
  return [...byName].find(([, known]) => cuts === written(known))?.[0];
}

function written({ normalizer, pre_tokenizer, ignore_merges }: Omit<Written, 'addStart'>): string {
  return JSON.stringify([normalizer, pre_tokenizer, ignore_merges], (key, value) => {
    if (key === 'trim_offsets') return undefined;
    if (value?.type !== 'ByteLevel') return value;
    const { add_prefix_space = true, use_regex = true } = value;
    return ['ByteLevel', add_prefix_space, use_regex];
  });
}

type Written = Omit<PreTokenizer, 'pre_tokenizer'> & { readonly pre_tokenizer: object | null };

export const knownPreTokenizers = () => [...byName.keys()].join(', ');

const letters = {
  gpt2: "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  llama3:
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  qwen2:
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  tekken:
    '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
} as const;

function byteLevel(useRegex: boolean): object {
  return { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: useRegex };
}

function split(regex: string): object {
  return { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false };
}

function sequence(...parts: object[]): object {
  return { type: 'Sequence', pretokenizers: parts };
}

const plain = { normalizer: null, ignore_merges: false, addStart: false } as const;

const gpt2: PreTokenizer = { ...plain, pre_tokenizer: byteLevel(true) };

/**
 * The starter model's. No merge of its vocabulary crosses a digit or a syllable, so GPT-2's cuts give the same ids; the
 * blank before a text is up to whoever writes the prompt.
 */
const starter = sequence(
  { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  split('Ġ?[0-9]|Ġ?[êëìí][¡-¿Ģ-Ń]{2}'),
);

const smollm: PreTokenizer = {
  ...plain,
  pre_tokenizer: sequence({ type: 'Digits', individual_digits: true }, byteLevel(true)),
};

const llama3: PreTokenizer = {
  ...plain,
  pre_tokenizer: sequence(split(letters.llama3), byteLevel(false)),
  ignore_merges: true,
  addStart: true,
};

const qwen2: PreTokenizer = {
  ...plain,
  pre_tokenizer: sequence(split(letters.qwen2), byteLevel(false)),
  normalizer: { type: 'NFC' },
};

const tekken: PreTokenizer = {
  ...plain,
  pre_tokenizer: sequence(split(letters.tekken), byteLevel(false)),
  ignore_merges: true,
  addStart: true,
};

/** What llama.cpp does for files converted before the name was recorded: several splits in sequence. */
const llamaCppDefault: PreTokenizer = {
  ...plain,
  pre_tokenizer: sequence(
    split('[\\p{P}\\$\\+<=>\\^~\\|]+'),
    split(letters.gpt2),
    split('\\p{N}+'),
    split('[0-9][0-9][0-9]'),
    byteLevel(false),
  ),
};

const byName: ReadonlyMap<string, PreTokenizer> = new Map([
  ...['gpt-2', 'phi-2', 'olmo', 'jina-es', 'jina-de', 'gigachat', 'roberta-bpe', 'jais'].map(
    (name) => [name, gpt2] as const,
  ),
  ...['a.x-4.0', 'mellum', 'trillion'].map((name) => [name, gpt2] as const),
  ...['smollm', 'starcoder', 'refact', 'command-r', 'codeshell', 'exaone', 'minerva-7b'].map(
    (name) => [name, smollm] as const,
  ),
  ...['llama-bpe', 'llama3', 'llama-v3', 'falcon3', 'pixtral', 'midm-2.0'].map((name) => [name, llama3] as const),
  ...['qwen2', 'deepseek-r1-qwen'].map((name) => [name, qwen2] as const),
  ['tekken', tekken],
  ['default', llamaCppDefault],
]);
