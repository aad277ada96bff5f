import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { createApp } from '../../src-main/app.ts';
import { startEngineThread } from '../../src-main/host/engine-thread.ts';
import { superviseEngine } from '../../src-main/host/supervised-engine.ts';

// One studio in a process of its own, for memory.ts: `node memory-child.ts estimate|train JSON`, the engine in its thread as
// the web host has it. Prints the estimate, or the most memory that the process ever held (VmHWM).
const [what, text] = process.argv.slice(2) as ['estimate' | 'train', string];
const { home, ...about } = JSON.parse(text);
const { engine, stop } = superviseEngine(() =>
  startEngineThread(new URL('../../src-main/engine/engine-process.ts', import.meta.url)),
);
const app = await createApp({ dataDir: home, resourcesDir: join(import.meta.dirname, '../../resources'), engine });
const client = createRouterClient(app.router, { context: { caller: 'trusted' } });
if (what === 'estimate') {
  const began = performance.now();
  const { memory } = await client.runs.estimate(about);
  console.log(JSON.stringify({ ...memory, ms: performance.now() - began }));
} else {
  const startRss = process.memoryUsage.rss();
  const run = await client.runs.start({ ...about, name: `memory ${Date.now()}` });
  for await (const _ of await client.runs.watch({ id: run.id }));
  const { state, error } = await client.runs.get({ id: run.id });
  if (state !== 'finished') throw new Error(`${state}: ${error?.message}`);
  console.log(JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024, startRss }));
}
await app.close();
await stop();
process.exit(0);
