import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { createApp } from '../../src-main/app.ts';
import { startEngineChild } from '../../src-main/host/engine-child.ts';
import { superviseEngine } from '../../src-main/host/supervised-engine.ts';
import { peakBytes } from './peak-memory.ts';

// One studio in a separate process, for memory.ts: `node memory-child.ts estimate|train|answer JSON`, with the engine in
// another as in the hosts. Prints the estimate, or the peak memory of the engine (VmHWM) and that of the studio, or
// both for an answer.
const [what, text] = process.argv.slice(2) as ['estimate' | 'train' | 'answer', string];
const { home, ...about } = JSON.parse(text);
const child = startEngineChild(new URL('../../src-main/engine/engine-process.ts', import.meta.url), process.env);
const { engine, stop } = superviseEngine(() => child);
const app = await createApp({ dataDir: home, resourcesDir: join(import.meta.dirname, '../../resources'), engine });
const client = createRouterClient(app.router, { context: { caller: 'trusted' } });
if (what === 'estimate') {
  const began = performance.now();
  const { memory } = await client.runs.estimate(about);
  console.log(JSON.stringify({ ...memory, ms: performance.now() - began }));
} else if (what === 'answer') {
  const needs = await client.baseModels.answeringNeeds();
  const { contextLength } = await client.baseModels.get({ id: about.baseModelId });
  const prompt = {
    kind: 'raw' as const,
    text: 'The sea is wide and blue. '.repeat(Math.min(1000, contextLength / 2) / 8),
  };
  const startRss = process.memoryUsage.rss() + (await engine.memory()).rssBytes;
  const sampling = { maxTokens: 40, temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] };
  const given = { adapterId: null, precision: 'auto' as const, prompt, sampling };
  for await (const _ of await client.chat.generate({ ...about, ...given }));
  const { bytes: foretold } = needs.find(({ id }) => id === about.baseModelId) as (typeof needs)[number];
  console.log(JSON.stringify({ foretold, peakBytes: peakBytes() + peakBytes(child.pid as number), startRss }));
} else {
  const { rssBytes } = await engine.memory();
  const startRss = process.memoryUsage.rss() + rssBytes;
  const run = await client.runs.start({ ...about, name: `memory ${Date.now()}` });
  for await (const _ of await client.runs.watch({ id: run.id }));
  const { state, error } = await client.runs.get({ id: run.id });
  if (state !== 'finished') throw new Error(`${state}: ${error?.message}`);
  console.log(JSON.stringify({ peakBytes: peakBytes() + peakBytes(child.pid as number), startRss }));
}
await app.close();
await stop();
process.exit(0);
