import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createRouterClient } from '@orpc/server';
import { parse } from 'csv-parse/sync';
import { createApp } from '../src-main/app.ts';
import { startEngineChild } from '../src-main/host/engine-child.ts';
import { superviseEngine } from '../src-main/host/supervised-engine.ts';
import { benchCase, printBench } from './parts/bench-case.ts';
import { programAnswer } from './parts/program-answer.ts';
import { realSets } from './parts/real-rows.ts';

/**
 * The memory estimated before a run, by part, compared with the peak that a fresh studio and its engine held during
 * that run (VmHWM): real rows, validated and sampled before the first step as in any run. Then the same for an answer
 * after a prompt of some thousand tokens.
 *
 *     npm run bench -- memory [--model FOLDER] [--data ../shared/data] [--only PART-OF-A-NAME] [--json]
 *
 * Without `--model`, only the starter model's cases are run.
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

const usual = { maxSteps: 2, validationEvery: 1000, sampleRows: 1 };
const [qv, all] = [
  ['q', 'v'],
  ['q', 'k', 'v', 'o', 'gate', 'up', 'down'],
];
const cases = [
  { base: 'starter', task: 'mrc', options: { targets: all, rank: 16, maxLength: 256, batchSize: 8 } },
  { base: 'starter', task: 'mrc', options: { targets: qv, rank: 8, maxLength: 512, batchSize: 32 } },
  { base: 'large', task: 'mrc', options: { targets: qv, rank: 8, maxLength: 256, batchSize: 2, precision: 'int8' } },
  { base: 'large', task: 'mrc', options: { targets: qv, rank: 8, maxLength: 256, batchSize: 4, precision: 'float32' } },
  { base: 'large', task: 'mrc', options: { targets: qv, rank: 8, maxLength: 512, batchSize: 4, precision: 'int8' } },
  {
    base: 'large',
    task: 'summarisation',
    // A whole epoch: the estimate is that of the longest row.
    options: { targets: qv, rank: 8, maxLength: 1024, batchSize: 1, precision: 'int8', maxSteps: null, epochs: 1 },
  },
  {
    base: 'large',
    task: 'nl2sql',
    options: { targets: all, rank: 16, maxLength: 512, batchSize: 4, precision: 'float32' },
  },
  {
    base: 'large',
    task: 'nl2sql',
    options: {
      targets: all,
      rank: 16,
      maxLength: 512,
      batchSize: 4,
      precision: 'float32',
      gradientCheckpointing: true,
    },
  },
  {
    base: 'large',
    task: 'nl2sql',
    options: { targets: qv, rank: 8, maxLength: 512, batchSize: 8, precision: 'int4', gradientCheckpointing: true },
  },
] as const;

interface Foretold {
  readonly bytes: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly ms: number;
}

interface Held {
  readonly peakBytes: number;
  readonly startRss: number;
}

/** Few rows: validation takes long, and more rows take no more memory. */
const rowsTaken = 30;

const home = await mkdtemp(join(tmpdir(), 'bench-memory-'));
try {
  const { datasets, large } = await prepare();
  const rows = [];
  for (const { base, task, options } of cases) {
    const { targets, rank, maxLength, batchSize } = options;
    const precision = 'precision' in options ? options.precision : 'float32';
    const name = `${base === 'large' ? 'SmolLM2-135M' : 'starter'} ${task}, ${precision}, ${batchSize} × ${maxLength}, ${targets.length} matrices, rank ${rank}${'gradientCheckpointing' in options ? ', checkpointing' : ''}`;
    const baseModelId = base === 'starter' ? 'starter' : large;
    if (baseModelId === undefined || !name.includes(values.only)) continue;
    const about = { home, datasetId: datasets.get(task), baseModelId, options: { ...usual, ...options, precision } };
    const estimate = await child<Foretold>('estimate', about);
    const { peakBytes, startRss } = await child<Held>('train', about);
    const parts = Object.entries(estimate.parts).map(([part, bytes]) => [part, mb(bytes)]);
    rows.push({
      ...benchCase(name, 'foretold and held, MB', { ours: [mb(estimate.bytes)], peer: [mb(peakBytes)] }),
      parts: Object.fromEntries(parts),
      programBefore: mb(startRss),
      estimateMs: Math.round(estimate.ms),
    });
    if (!values.json) console.error(rows.at(-1));
  }
  for (const [base, baseModelId] of Object.entries({ starter: 'starter', large })) {
    const name = `${base} answers`;
    if (baseModelId === undefined || !name.includes(values.only)) continue;
    const { foretold, peakBytes, startRss } = await child<Held & { foretold: number }>('answer', { home, baseModelId });
    rows.push({
      ...benchCase(name, 'foretold and held, MB', { ours: [mb(foretold)], peer: [mb(peakBytes)] }),
      programBefore: mb(startRss),
    });
    if (!values.json) console.error(rows.at(-1));
  }
  printBench('memory', rows, { json: values.json });
} finally {
  await rm(home, { recursive: true });
}

/** A data folder containing the rows and the base. */
async function prepare() {
  const { engine, stop } = superviseEngine(() =>
    startEngineChild(new URL('../src-main/engine/engine-process.ts', import.meta.url), process.env),
  );
  const app = await createApp({ dataDir: home, resourcesDir: join(import.meta.dirname, '../resources'), engine });
  const client = createRouterClient(app.router, { context: { caller: 'trusted' } });
  const datasets = new Map<string, string>();
  for (const [task, file] of Object.entries(realSets) as [keyof typeof realSets, string][]) {
    const records = parse(await readFile(join(values.data, file)), { columns: true, bom: true }) as Record<
      string,
      string
    >[];
    const path = join(home, `${task}.csv`);
    const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
    const lines = records.slice(0, rowsTaken).map((record) => Object.values(record).map(quoted).join(','));
    await writeFile(path, [Object.keys(records[0] ?? {}).join(','), ...lines, ''].join('\n'));
    for await (const event of await client.datasets.import({ source: { kind: 'path', path }, task })) {
      if (event.kind === 'finished') datasets.set(task, event.dataset.id);
    }
  }
  const large =
    values.model === undefined
      ? undefined
      : (await client.baseModels.import({ path: resolve(values.model), name: 'large' })).id;
  await app.close();
  await stop();
  return { datasets, large };
}

function child<Told>(what: 'estimate' | 'train' | 'answer', about: object): Promise<Told> {
  const script = join(import.meta.dirname, 'parts/memory-child.ts');
  return programAnswer<Told>(process.execPath, [script, what, JSON.stringify(about)]);
}

function mb(bytes: number): number {
  return Math.round(bytes / 1e6);
}
