// Generates answers with llama.cpp through node-llama-cpp (3.21.1): node llama.mjs JOB, with NODE_LLAMA_CPP naming the
// folder where it is installed:
//   mkdir peer && cd peer && npm init -y && npm install --ignore-scripts --save-exact node-llama-cpp@3.21.1
// The job file is that of decode-child.ts.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.env.NODE_LLAMA_CPP ?? process.cwd(), 'package.json'));
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(require.resolve('node-llama-cpp')).href);
const job = JSON.parse(await readFile(process.argv[2], 'utf8'));
const llama = await getLlama({ gpu: false, build: 'never', maxThreads: job.threads, logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath: job.gguf });
const contextSize = Math.max(...job.prompts.map((ids) => ids.length)) + job.maxTokens + 8;
const context = await model.createContext({ contextSize, threads: job.threads, sequences: 1 });
const sequence = context.getSequence();
const answers = [];
for (const prompt of job.prompts) {
  await sequence.clearHistory();
  const ids = [];
  const begun = performance.now();
  let firstMs = 0;
  for await (const id of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    ids.push(id);
    if (ids.length === 1) firstMs = performance.now() - begun;
    if (ids.length >= job.maxTokens || job.stopIds.includes(id)) break;
  }
  answers.push({ ids, firstMs, restMs: performance.now() - begun - firstMs });
}
// The first one warmed up.
console.log(JSON.stringify(answers.slice(1)));
process.exit(0);
