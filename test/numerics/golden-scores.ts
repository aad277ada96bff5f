// What the tests of merged and exported adapters share: the tiny models, an engine, and how it scores the same examples.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import type { AdapterChoice, TokenExample } from '../../src-main/engine/engine.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';

export const golden = join(import.meta.dirname, 'golden');
export const forever = new AbortController().signal;
export const engine = localEngine(onnxruntimeBackend({ threads: 1 }));
const { examples } = JSON.parse(readFileSync(join(golden, 'gpt2-tiny.json'), 'utf8')) as { examples: TokenExample[] };

/** Natural log-probabilities of every target token of the examples, one after the other. */
export async function logProbs(modelFolder: string, adapter: AdapterChoice | null): Promise<number[]> {
  return (await engine.score({ modelFolder, adapter, examples }, forever)).logprobs.flat();
}
