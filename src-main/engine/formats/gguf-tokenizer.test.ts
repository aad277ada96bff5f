import { expect, test } from 'vitest';
import type { GgufFile } from './gguf.ts';
import { ggufTokenizer, tokenKinds } from './gguf-tokenizer.ts';

/** A SentencePiece vocabulary; the earlier a token, the higher its score. */
function fileOf(tokens: readonly string[]): GgufFile {
  const metadata = new Map<string, string | Float32Array | Int32Array | readonly string[]>([
    ['tokenizer.ggml.model', 'llama'],
    ['tokenizer.ggml.tokens', tokens],
    ['tokenizer.ggml.scores', Float32Array.from(tokens, (_, id) => -id)],
    ['tokenizer.ggml.token_type', new Int32Array(tokens.length).fill(tokenKinds.normal)],
  ]);
  const file: Partial<GgufFile> = { path: 'llama.gguf', metadata };
  return file as GgufFile;
}

const mergesOf = (tokens: readonly string[]) =>
  (ggufTokenizer(fileOf(tokens)).tokenizer.model as { merges: unknown }).merges;

test('every way of making a token from two others is a merge, higher scores first', () => {
  expect(mergesOf(['abc', 'ab', 'bc', 'a', 'b', 'c'])).toEqual([
    ['ab', 'c'],
    ['a', 'bc'],
    ['a', 'b'],
    ['b', 'c'],
  ]);
});

// Regression: every place of a token was tried as its cut; thousands of such tokens kept the engine busy for minutes.
test('a token of many thousand letters is refused', () => {
  expect(mergesOf(['a', 'b'.repeat(1024)])).toEqual([]);
  expect(() => mergesOf(['a', 'b'.repeat(2000)])).toThrow(expect.objectContaining({ code: 'MODEL_FILE_INVALID' }));
});
