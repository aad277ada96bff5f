import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { preTokenizerName } from './gguf-pre-tokenizers.ts';
import { tokenKinds } from './gguf-tokenizer.ts';
import type { GgufMetadata } from './gguf-writer.ts';

/** tokenizer.json, as far as it is read here. */
export interface TokenizerJson {
  readonly normalizer?: Piece | null;
  readonly pre_tokenizer?: Piece | null;
  readonly post_processor?: Piece | null;
  readonly added_tokens?: readonly { readonly id: number; readonly content: string; readonly special?: boolean }[];
  readonly model: {
    readonly type?: string;
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (string | readonly [string, string])[];
    readonly byte_fallback?: boolean;
    readonly ignore_merges?: boolean;
    readonly unk_token?: string | null;
  };
}

/** One step of a tokenizer, or a sequence of them. */
interface Piece {
  readonly type: string;
  readonly normalizers?: readonly Piece[];
  readonly pretokenizers?: readonly Piece[];
  readonly processors?: readonly Piece[];
  readonly add_prefix_space?: boolean;
  readonly prepend_scheme?: string;
  readonly single?: readonly { readonly SpecialToken?: { readonly id: string } }[];
}

/** What is known of a base's texts besides its tokenizer.json. */
export interface GgufTexts {
  /** Special tokens by name, such as `bos_token`. */
  readonly named: Readonly<Record<string, string | undefined>>;
  /** The base's own; undefined for one that reads a text as it is. */
  readonly chatTemplate: string | undefined;
  /** Without a chat template: whether all turns are read, each behind the name of its side, or the last alone. */
  readonly readsTurns: boolean;
  /** What ends an answer; the first is the one that training writes. */
  readonly endIds: readonly number[];
  /** Rows of the embedding: some models have more than tokens. */
  readonly size: number;
}

/**
 * A tokenizer as llama.cpp reads it: the inverse of `ggufTokenizer`. What a program makes of a chat there has the same
 * ids as here, since the file says how a prompt begins, ends and is laid out. Throws MODEL_UNSUPPORTED for a tokenizer
 * that llama.cpp has no word for.
 */
export function ggufVocabulary(json: TokenizerJson, texts: GgufTexts): readonly (readonly [string, GgufMetadata])[] {
  const { tokens, kinds } = tokensOf(json, texts.size);
  const isSentencePiece = json.model.byte_fallback === true;
  const idOf = (name: string) => tokens.indexOf(texts.named[name] ?? '');
  const ids = { bos: idOf('bos_token'), unknown: idOf('unk_token'), padding: idOf('pad_token') };
  const [endId = 0, otherEnd] = texts.endIds;
  const template = texts.chatTemplate ?? bareTemplate(json, texts);
  return [
    ...(isSentencePiece ? sentencePiece(json, tokens, kinds) : byteLevel(json)),
    ['tokenizer.ggml.tokens', tokens],
    ['tokenizer.ggml.token_type', kinds],
    ...Object.entries(ids).flatMap(([name, id]): [string, number][] =>
      id < 0 ? [] : [[`tokenizer.ggml.${name}_token_id`, id]],
    ),
    ['tokenizer.ggml.eos_token_id', endId],
    ...(otherEnd === undefined ? [] : [['tokenizer.ggml.eot_token_id', otherEnd] as const]),
    ['tokenizer.ggml.add_bos_token', beginsWithStart(json, texts)],
    ['tokenizer.chat_template', template],
  ];
}

function byteLevel(json: TokenizerJson): [string, GgufMetadata][] {
  const name = json.model.type === 'BPE' ? preTokenizerName(json) : undefined;
  if (name === undefined) {
    throw new StudioError('MODEL_UNSUPPORTED', { file: 'tokenizer.json', ...because('GGUF_TOKENIZER') });
  }
  const merges = json.model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
  return [
    ['tokenizer.ggml.model', 'gpt2'],
    ['tokenizer.ggml.pre', name],
    ['tokenizer.ggml.merges', merges],
  ];
}

/** SentencePiece merges by the score of the result: the earlier a merge comes, the higher. */
function sentencePiece(json: TokenizerJson, tokens: readonly string[], kinds: Int32Array): [string, GgufMetadata][] {
  const rank = new Map<string, number>();
  for (const [place, merge] of json.model.merges.entries()) {
    const made = typeof merge === 'string' ? merge.replace(' ', '') : merge.join('');
    if (!rank.has(made)) rank.set(made, place);
  }
  const last = json.model.merges.length;
  for (const [id, token] of tokens.entries()) {
    if (/^<0x[0-9A-F]{2}>$/.test(token)) kinds[id] = tokenKinds.byte;
    if (token === json.model.unk_token) kinds[id] = tokenKinds.unknown;
  }
  return [
    ['tokenizer.ggml.model', 'llama'],
    ['tokenizer.ggml.pre', 'default'],
    ['tokenizer.ggml.scores', Float32Array.from(tokens, (token) => -(rank.get(token) ?? last))],
    ['tokenizer.ggml.add_space_prefix', addsBlank(json)],
  ];
}

/** Whether a SentencePiece text is read as if it began with a blank. */
function addsBlank({ normalizer, pre_tokenizer }: TokenizerJson): boolean {
  return piecesOf(normalizer, pre_tokenizer).some(
    ({ type, prepend_scheme }) => type === 'Prepend' || (type === 'Metaspace' && prepend_scheme !== 'never'),
  );
}

function tokensOf({ model, added_tokens = [] }: TokenizerJson, size: number) {
  const tokens = Array.from({ length: size }, (_, id) => `[PAD${id}]`);
  const kinds = new Int32Array(size).fill(tokenKinds.unused);
  for (const [token, id] of Object.entries(model.vocab)) {
    if (id >= size) continue;
    tokens[id] = token;
    kinds[id] = tokenKinds.normal;
  }
  for (const { id, content, special } of added_tokens) {
    if (id >= size) continue;
    tokens[id] = content;
    kinds[id] = special === false ? tokenKinds.userDefined : tokenKinds.control;
  }
  return { tokens, kinds };
}

/**
 * Whether prompts of the training begin with the start of a text: with a chat template only where that writes it, even
 * if the tokenizer adds one to other texts.
 */
function beginsWithStart(json: TokenizerJson, { named, chatTemplate }: GgufTexts): boolean {
  const start = named.bos_token;
  if (start === undefined) return false;
  if (chatTemplate?.includes('bos_token')) return true;
  const isAdded = piecesOf(json.post_processor).some(({ single }) => single?.[0]?.SpecialToken?.id === start);
  return isAdded && (chatTemplate === undefined || chatTemplate.includes(start));
}

/** Without a template of its own, a base reads the last message, or the turns, as they are. */
function bareTemplate({ pre_tokenizer }: TokenizerJson, { readsTurns }: GgufTexts): string {
  const blank = piecesOf(pre_tokenizer).some(({ add_prefix_space }) => add_prefix_space === true);
  // llama.cpp has no key for it.
  const written = (text: string) =>
    `${blank ? `{% if not ${text}.startswith(' ') %}{{ ' ' }}{% endif %}` : ''}{{ ${text} }}`;
  if (readsTurns) return `${turnsTemplate}${written('ns.told')}`;
  return `{% for message in messages %}{% if loop.last %}${written("message['content']")}{% endif %}{% endfor %}`;
}

/**
 * Conversations as `tasks/turns.ts` writes them: what one side said in a row is one turn, the first is the user's, a
 * single one has no name before it, and a name after blank lines within a turn gets a single line break.
 */
const turnsTemplate = [
  "{% set ns = namespace(told='', turns=[], last='', turn='', text='') %}",
  '{% for message in messages %}',
  "{% set content = message['content'] %}",
  "{% set side = 'assistant' if message['role'] == 'assistant' else 'user' %}",
  "{% if message['role'] == 'system' %}",
  "{% set ns.told = ns.told + content + '\\n\\n' %}",
  "{% elif content | trim == '' or (ns.last == '' and side == 'assistant') %}",
  '{% elif side == ns.last %}',
  "{% set ns.turn = ns.turn + '\\n' + content %}",
  '{% else %}',
  "{% if ns.last != '' %}{% set ns.turns = ns.turns + [ns.turn] %}{% endif %}",
  '{% set ns.turn = content %}{% set ns.last = side %}',
  '{% endif %}{% endfor %}',
  '{% for turn in ns.turns + [ns.turn] %}',
  '{% set ns.text = turn %}',
  // One blank line fewer each time.
  "{% for _ in range(8) %}{% for name in ['User: ', 'Assistant: ', 'Tool: '] %}",
  "{% set ns.text = ns.text | replace('\\n\\n' + name, '\\n' + name) %}",
  '{% endfor %}{% endfor %}',
  "{% set name = 'Assistant: ' if loop.index0 % 2 else '' if turn.startswith('Tool: ') else 'User: ' %}",
  "{% set ns.told = ns.told + (turn if ns.turns | length == 0 else name + ns.text) + ('' if loop.last else '\\n\\n') %}",
  '{% endfor %}',
].join('');

function piecesOf(...pieces: readonly (Piece | null | undefined)[]): Piece[] {
  return pieces.flatMap((piece) => {
    if (piece === null || piece === undefined) return [];
    const parts = piece.normalizers ?? piece.pretokenizers ?? piece.processors;
    return parts === undefined ? [piece] : piecesOf(...parts);
  });
}
