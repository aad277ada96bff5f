import { readFile } from 'node:fs/promises';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';

// Answers of the engine in a process of its own, for decode.ts: `node decode-child.ts JOB draft|plain`. Prints, for each
// prompt, {ids, firstMs, restMs}.
const [jobFile, way] = process.argv.slice(2) as [string, 'draft' | 'plain'];
const job = JSON.parse(await readFile(jobFile, 'utf8')) as {
  readonly folder: string;
  readonly prompts: readonly (readonly number[])[];
  readonly maxTokens: number;
  readonly threads: number;
};

const engine = localEngine(onnxruntimeBackend({ threads: job.threads }));
const answers = [];
for (const [i, promptIds] of [job.prompts[0] ?? [], ...job.prompts].entries()) {
  const ids: number[] = [];
  let firstMs = 0;
  // Nothing is known from an earlier prompt: each begins with a token of its own.
  const own = [...promptIds.slice(0, 1), 1000 + i, ...promptIds.slice(2)];
  const begun = performance.now();
  const settings = { temperature: 0, topK: 0, topP: 1, seed: 0, stopIds: [], draft: way === 'draft' };
  const wanted = { modelFolder: job.folder, adapter: null, promptIds: own, maxTokens: job.maxTokens, ...settings };
  for await (const event of engine.generate(wanted, new AbortController().signal)) {
    if (event.kind !== 'token') continue;
    if (ids.length === 0) firstMs = performance.now() - begun;
    ids.push(event.id);
  }
  answers.push({ ids, firstMs, restMs: performance.now() - begun - firstMs });
}
// The first one loaded the model.
console.log(JSON.stringify(answers.slice(1)));
