import { expect, test } from 'vitest';
import { preTokenizerOf } from './gguf-pre-tokenizers.ts';

// As llama.cpp's src/llama-vocab.cpp has them; Falcon 3, Mi:dm 2.0 and Trillion are Llama models, A.X 4.0 is a Qwen 2.
test.each([
  ['llama-bpe', ['falcon3', 'pixtral', 'midm-2.0']],
  ['gpt-2', ['a.x-4.0', 'mellum', 'trillion']],
])('texts are cut as for %s by %j', (known, names) => {
  for (const name of names) expect(preTokenizerOf(name)).toBe(preTokenizerOf(known));
});

test('a name that nobody gave is not guessed', () => {
  expect(preTokenizerOf('toString')).toBeUndefined();
});
