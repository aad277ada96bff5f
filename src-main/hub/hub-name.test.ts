import { expect, test } from 'vitest';
import { hubNameOf } from './hub-name.ts';

const nameOf = (text: string) => hubNameOf(text, 'https://mirror.example');
const smol = { repository: 'HuggingFaceTB/SmolLM2-135M', file: undefined };
const q4 = { repository: 'maker/Tiny-GGUF', file: 'tiny.Q4_0.gguf' };

test.each([
  ['HuggingFaceTB/SmolLM2-135M', smol],
  ['  HuggingFaceTB/SmolLM2-135M\n', smol],
  ['https://huggingface.co/HuggingFaceTB/SmolLM2-135M', smol],
  ['https://huggingface.co/HuggingFaceTB/SmolLM2-135M/?library=transformers#usage', smol],
  ['https://huggingface.co/HuggingFaceTB/SmolLM2-135M/tree/main', smol],
  ['huggingface.co/HuggingFaceTB/SmolLM2-135M', smol],
  ['https://mirror.example/HuggingFaceTB/SmolLM2-135M', smol],
  ['maker/Tiny-GGUF:tiny.Q4_0.gguf', q4],
  ['https://huggingface.co/maker/Tiny-GGUF/blob/main/tiny.Q4_0.gguf', q4],
  ['https://huggingface.co/maker/Tiny-GGUF/resolve/main/tiny.Q4_0.gguf?download=true', q4],
  ['hf.co/maker/Tiny-GGUF:Q4_K_M', { repository: 'maker/Tiny-GGUF', file: 'Q4_K_M' }],
  ['https://huggingface.co/maker/Tiny-GGUF/blob/main/q4/tiny%20one.gguf', { ...q4, file: 'q4/tiny one.gguf' }],
])('%s is a model of the hub', (text, name) => {
  expect(nameOf(text)).toEqual(name);
});

test.each([
  'smollm2-135m-instruct',
  'https://huggingface.co/datasets/maker/rows',
  'https://huggingface.co/maker/Tiny/tree/other-branch',
  'https://elsewhere.example/maker/tiny',
  'https://huggingface.co/',
  '../../etc/passwd',
  '/home/me/models',
  'maker/..',
  'maker/tiny:',
  'file:///maker/tiny',
])('%s is not', (text) => {
  expect(nameOf(text)).toBeUndefined();
});
