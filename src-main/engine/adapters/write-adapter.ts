import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { Architecture } from '../architectures/architecture.ts';
import type { WriteAdapterJob } from '../engine.ts';
import { writeGgufLora } from '../formats/gguf-lora.ts';
import { writePeft } from '../formats/peft.ts';
import { openModel } from '../model/open-model.ts';
import { mixAdapters, readMix } from './adapter-mix.ts';
import { toPeft } from './peft-layout.ts';

/**
 * Writes an adapter, or a mix of several as one, as a PEFT folder or a GGUF file, with its strength applied. Throws as
 * `inspect` and `inspectAdapter` do, DISK_FULL, and ADAPTER_UNSUPPORTED where llama.cpp has no such base.
 */
export async function writeAdapter(job: WriteAdapterJob): Promise<void> {
  const { architecture, source } = await openModel(job.modelFolder);
  await source.close();
  const chosen = await readMix(job.adapter, architecture);
  // The strength goes into B, as it may be 0 or negative, which alpha may not.
  const { weights } = chosen.scale === chosen.weights.scale ? chosen : mixAdapters([chosen], architecture);
  const peft = toPeft(weights, architecture);
  if (job.format === 'peft') return writePeft(job.out, peft, { dropout: 0, baseModel: basename(job.modelFolder) });
  const { rank, alpha, rankStabilised, tensors } = peft;
  return writeGgufLora(job.out, {
    architecture: ggufArchitecture(architecture, job.adapter.folder),
    name: job.name,
    baseName: job.baseName,
    alpha: rankStabilised ? alpha * Math.sqrt(rank) : alpha,
    tensors,
    heads: architecture.heads,
    keyValueHeads: architecture.keyValueHeads,
  });
}

/** llama.cpp's names; it treats Mistral as a Llama. */
const ggufNames: Readonly<Record<string, string>> = {
  ...{ llama: 'llama', mistral: 'llama', qwen2: 'qwen2', qwen3: 'qwen3', gpt2: 'gpt2', gemma3_text: 'gemma3' },
};

/** Throws ADAPTER_UNSUPPORTED where llama.cpp has no such base. */
export function ggufArchitecture({ name }: Architecture, adapter: string): string {
  const known = ggufNames[name];
  if (known !== undefined) return known;
  throw new StudioError('ADAPTER_UNSUPPORTED', { adapter, ...because('ADAPTER_GGUF', { architecture: name }) });
}
