import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { errorMessage } from '../../../src-contract/thrown.ts';

/** The bytes of a token, as a string of letters up to U+00FF (Latin-1), which sorts and compares fast. */
export type TokenBytes = string;

/**
 * The bytes that each token of tokenizer.json stands for within a text, by id; undefined for special tokens and ids
 * without a token. Throws MODEL_FILE_INVALID.
 */
export async function readTokenBytes(modelFolder: string): Promise<readonly (TokenBytes | undefined)[]> {
  const file = 'tokenizer.json';
  try {
    return tokenBytes(JSON.parse(await readFile(join(modelFolder, file), 'utf8')));
  } catch (cause) {
    const why = because('TOKENIZER_UNREADABLE', { message: errorMessage(cause) });
    throw new StudioError('MODEL_FILE_INVALID', { file, ...why }, { cause });
  }
}

/** What is read of tokenizer.json; models are imported only if the studio can read theirs. */
export interface TokenizerFile {
  readonly model: {
    readonly vocab: Readonly<Record<string, number>> | readonly (readonly [string, number])[];
    readonly unk_token?: string | null;
    readonly byte_fallback?: boolean;
  };
  readonly decoder?: DecoderPart | null;
  readonly added_tokens?: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
}

interface DecoderPart {
  readonly type: string;
  readonly decoders?: readonly DecoderPart[];
  readonly replacement?: string;
  readonly pattern?: { readonly String?: string };
  readonly content?: string;
}

export function tokenBytes({ model, decoder, added_tokens: added = [] }: TokenizerFile): (TokenBytes | undefined)[] {
  const { vocab, unk_token: unknown } = model;
  const tokens = Array.isArray(vocab)
    ? vocab.map(([token], id) => [token, id] as const)
    : Object.entries(vocab as Readonly<Record<string, number>>);
  const bytesOf = spelling(partsOf(decoder), model.byte_fallback === true);
  const table: (TokenBytes | undefined)[] = [];
  for (const [token, id] of tokens) table[id] = token === unknown ? undefined : bytesOf(token);
  for (const { id, content, special } of added) table[id] = special ? undefined : utf8(content);
  return table;
}

function partsOf(decoder: DecoderPart | null | undefined): readonly DecoderPart[] {
  return decoder?.decoders?.flatMap(partsOf) ?? (decoder ? [decoder] : []);
}

/** How a vocabulary spells bytes: by letters of its own, or as text with a mark for the space. */
function spelling(parts: readonly DecoderPart[], hasByteTokens: boolean): (token: string) => TokenBytes {
  if (parts.some(({ type }) => type === 'ByteLevel')) {
    const byLetter = byteLetters();
    return (token) => {
      const bytes = [...token].map((letter) => byLetter.get(letter));
      return bytes.includes(undefined) ? utf8(token) : bytes.join('');
    };
  }
  const replaced = parts.flatMap(({ type, replacement, pattern, content = '' }) => {
    if (type === 'Metaspace') return [[replacement ?? '▁', ' '] as const];
    return type === 'Replace' && pattern?.String ? [[pattern.String, content] as const] : [];
  });
  const readsBytes = hasByteTokens || parts.some(({ type }) => type === 'ByteFallback');
  return (token) => {
    const [, byte] = (readsBytes && /^<0x([0-9A-F]{2})>$/.exec(token)) || [];
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
    return utf8(replaced.reduce((text, [mark, content]) => text.replaceAll(mark, content), token));
  };
}

function utf8(text: string): TokenBytes {
  return Buffer.from(text).toString('latin1');
}

/**
 * The letters that byte-level vocabularies write bytes with: those visible in Latin-1 stand for themselves, the others
 * are, in order, the letters from U+0100 (`bytes_to_unicode` of GPT-2, Radford et al. 2019).
 */
function byteLetters(): ReadonlyMap<string, TokenBytes> {
  const isVisible = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  const letters = new Map<string, TokenBytes>();
  let next = 0x100;
  for (let byte = 0; byte < 0x100; byte++) {
    letters.set(String.fromCharCode(isVisible(byte) ? byte : next++), String.fromCharCode(byte));
  }
  return letters;
}
