import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrecisionChoice } from '../../src-contract/base-model.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import type { LoraSettings } from '../../src-main/engine/engine.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';
import { writeTokenFile } from '../../src-main/tasks/token-file.ts';
import { peakBytes } from './peak-memory.ts';
import type { RealRow } from './real-rows.ts';

// One training with the engine in a separate process, for train.ts:
// `node train-child.ts JOB int8|int4|float32 [checkpointing|all-weights]`.
const [jobFile, precision, also] = process.argv.slice(2) as [string, Exclude<PrecisionChoice, 'auto'>, string?];
const job = JSON.parse(await readFile(jobFile, 'utf8')) as {
  readonly [Name in 'batchSize' | 'steps' | 'rank' | 'alpha' | 'learningRate' | 'threads']: number;
} & { readonly model: string; readonly rows: readonly RealRow[] };

const lora: LoraSettings = {
  ...{ kind: 'lora', rank: job.rank, alpha: job.alpha, targets: ['q', 'v'], dropout: 0 },
  ...{ initialisation: 'kaiming', initFolder: null },
};

const folder = await mkdtemp(join(tmpdir(), 'bench-train-child-'));
try {
  await writeTokenFile(join(folder, 'rows'), job.rows);
  const engine = localEngine(onnxruntimeBackend({ threads: job.threads }));
  const seconds: number[] = [];
  const losses: number[] = [];
  for await (const event of engine.train(
    {
      modelFolder: job.model,
      trainFile: join(folder, 'rows'),
      validationFile: null,
      method: also === 'all-weights' ? { kind: 'full' } : lora,
      ...{ learningRate: job.learningRate, schedule: 'constant', warmupSteps: 0, weightDecay: 0, gradientClip: 1 },
      ...{ epochs: 1, maxSteps: job.steps, batchSize: job.batchSize, seed: 0, shuffle: false, precision },
      ...{ validationEvery: null, checkpointEvery: 1e6, gradientCheckpointing: also === 'checkpointing' },
      outputFolder: join(folder, 'out'),
      checkpointFolder: join(folder, 'checkpoint'),
    },
    new AbortController().signal,
  )) {
    if (event.kind !== 'step') continue;
    seconds.push(event.seconds);
    losses.push(event.loss);
  }
  console.log(JSON.stringify({ seconds, losses, peakRssBytes: peakBytes() }));
} finally {
  await rm(folder, { recursive: true });
}
