import { readFile } from 'node:fs/promises';
import { ModelText } from '../../src-main/base-models/model-text.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';

// Generates answers with the engine in a separate process, for decode.ts: `node decode-child.ts JOB draft|plain`.
// Prints, for each prompt, {ids, firstMs, restMs}.
const [jobFile, way] = process.argv.slice(2) as [string, 'draft' | 'plain'];
const job = JSON.parse(await readFile(jobFile, 'utf8')) as {
  readonly folder: string;
  readonly prompts: readonly (readonly number[])[];
  readonly stopIds: readonly number[];
  readonly maxTokens: number;
  readonly threads: number;
};

const text = await ModelText.read(job.folder, job.stopIds.length === 0 ? [0] : job.stopIds);
const engine = localEngine(onnxruntimeBackend({ threads: job.threads }));
const answers = [];
for (const promptIds of job.prompts) {
  const ids: number[] = [];
  let firstMs = 0;
  const begun = performance.now();
  const settings = { temperature: 0, topK: 0, topP: 1, seed: 0, draft: way === 'draft' };
  const { folder: modelFolder, maxTokens, stopIds } = job;
  const wanted = {
    ...{ modelFolder, adapter: null, promptIds, maxTokens, stopIds, ...settings },
    respelled: text.respelled(promptIds),
  };
  for await (const event of engine.generate(wanted, new AbortController().signal)) {
    const isEnd = event.kind === 'finished' && event.finish === 'end';
    if (event.kind !== 'token' && !isEnd) continue;
    if (ids.length === 0) firstMs = performance.now() - begun;
    ids.push(event.kind === 'token' ? event.id : (stopIds[0] as number));
  }
  answers.push({ ids, firstMs, restMs: performance.now() - begun - firstMs });
}
// The first one loaded the model.
console.log(JSON.stringify(answers.slice(1)));
