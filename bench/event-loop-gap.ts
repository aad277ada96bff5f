import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { TrainJob } from '../src-main/engine/engine.ts';
import { startEngineChild } from '../src-main/host/engine-child.ts';
import { writeTokenFile } from '../src-main/tasks/token-file.ts';
import { writeTinyModel } from '../test/fixtures/tiny-model.ts';

/**
 * Measures the longest time that the main thread's event loop is kept from its timers: idle, and while the engine
 * trains in its own process (limit: 50 ms). The model has the starter model's size with random weights. Run it alone:
 * other load on the machine shows up as gaps, also in the idle figure. What the thread itself computed in its longest
 * turn is unaffected by that.
 *
 *     node bench/event-loop-gap.ts [--steps 30] [--json]
 */
const { values } = parseArgs({ options: { steps: { type: 'string', default: '30' }, json: { type: 'boolean' } } });

const scratch = await mkdtemp(join(tmpdir(), 'event-loop-gap-'));
const entry = new URL('../src-main/engine/engine-process.ts', import.meta.url);
const { engine, stop } = startEngineChild(entry, process.env);
try {
  writeTinyModel(join(scratch, 'model'), { hidden: 256, layers: 6, heads: 8, keyValueHeads: 4, intermediate: 672 });
  const rows = Array.from({ length: 64 }, (_, row) => ({
    ids: Array.from({ length: 200 }, (_, i) => (row * 31 + i * 7) % 256),
    targetStart: 150,
  }));
  await writeTokenFile(join(scratch, 'rows'), rows);
  await engine.device();

  const idle = watchGaps();
  await setTimeout(3000);
  const idleGap = idle.stop();

  const training = watchGaps();
  let seconds = 0;
  for await (const event of engine.train(jobOf(Number(values.steps)), new AbortController().signal)) {
    if (event.kind === 'step') seconds += event.seconds;
  }
  const trainingGap = training.stop();
  const result = {
    idleMs: round(idleGap.longest),
    trainingMs: round(trainingGap.longest),
    trainingBusyMs: round(trainingGap.longestBusy),
    trainingMedianMs: round(trainingGap.median),
    stepMs: round((seconds * 1000) / Number(values.steps)),
  };
  if (values.json) console.log(JSON.stringify(result));
  else {
    console.log(`idle:     longest gap ${result.idleMs} ms`);
    console.log(
      `training: longest gap ${result.trainingMs} ms, of which computing at most ${result.trainingBusyMs} ms`,
    );
    console.log(`          median ${result.trainingMedianMs} ms; a step takes ${result.stepMs} ms`);
  }
} finally {
  await stop();
  await rm(scratch, { recursive: true, force: true });
}

/** Time between ticks of a 1 ms timer, and how much of it this thread was computing rather than waiting for a core. */
function watchGaps() {
  const gaps: number[] = [];
  let longestBusy = 0;
  let last = performance.now();
  let lastBusy = busyMs();
  const timer = setInterval(() => {
    const [now, busy] = [performance.now(), busyMs()];
    gaps.push(now - last);
    longestBusy = Math.max(longestBusy, busy - lastBusy);
    [last, lastBusy] = [now, busy];
  }, 1);
  return {
    stop() {
      clearInterval(timer);
      gaps.sort((a, b) => a - b);
      return { longest: gaps.at(-1) ?? 0, median: gaps[Math.floor(gaps.length / 2)] ?? 0, longestBusy };
    },
  };
}

function busyMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function jobOf(steps: number): TrainJob {
  return {
    ...{ modelFolder: join(scratch, 'model'), trainFile: join(scratch, 'rows'), validationFile: join(scratch, 'rows') },
    method: {
      ...{ kind: 'lora', rank: 8, alpha: 16, targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] },
      ...{ dropout: 0.05, initialisation: 'kaiming', initFolder: null },
    },
    ...{ learningRate: 1e-3, schedule: 'linear', warmupSteps: 2, weightDecay: 0, gradientClip: 1, epochs: 100 },
    ...{ maxSteps: steps, batchSize: 16, seed: 1, shuffle: true, validationEvery: 10, checkpointEvery: 5 },
    ...{ outputFolder: join(scratch, 'adapter'), checkpointFolder: join(scratch, 'checkpoint') },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
