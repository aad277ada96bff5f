import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRouterClient } from '@orpc/server';
import { parse } from 'csv-parse/sync';
import { createApp } from '../src-main/app.ts';
import { startEngineChild } from '../src-main/host/engine-child.ts';
import { superviseEngine } from '../src-main/host/supervised-engine.ts';
import { programAnswer } from './parts/program-answer.ts';
import { realSets } from './parts/real-rows.ts';

/**
 * What an adapter gains on real rows it has never seen: for each task an adapter is trained for some minutes on
 * train.csv, base and adapter answer the first rows of dev.csv (other passages, databases, dialogues), and the measures
 * are computed twice: by the studio, and from the exported answers by the reference scripts (`peers/recompute.py`).
 *
 *     npm run bench -- before-after [--model FOLDER] [--data ../shared/data] [--task mrc] [--minutes 4 | --steps 60]
 *       [--train-rows 240] [--rows 20] [--python python3] [--spider DIR] [--mlqa DIR] [--out DIR] [--json]
 *
 * `--steps` trains a number of steps instead of minutes, which is more meaningful on a shared machine. Without
 * `--model`, the starter model is trained. A measure whose script is not given is computed only once.
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
    task: { type: 'string' },
    minutes: { type: 'string', default: '4' },
    steps: { type: 'string' },
    'train-rows': { type: 'string', default: '240' },
    rows: { type: 'string', default: '20' },
    'max-length': { type: 'string', default: '512' },
    python: { type: 'string', default: 'python3' },
    spider: { type: 'string' },
    mlqa: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
type Task = keyof typeof realSets;
let told = 0;

const home = await mkdtemp(join(tmpdir(), 'bench-before-after-'));
const { engine, stop } = superviseEngine(() =>
  startEngineChild(new URL('../src-main/engine/engine-process.ts', import.meta.url), process.env),
);
const app = await createApp({ dataDir: home, resourcesDir: join(import.meta.dirname, '../resources'), engine });
const client = createRouterClient(app.router, { context: { caller: 'trusted' } });
try {
  const baseModelId =
    values.model === undefined
      ? 'starter'
      : (await client.baseModels.import({ path: resolve(values.model), name: 'base' })).id;
  const cases = [];
  for (const task of Object.keys(realSets) as Task[]) {
    if (values.task !== undefined && values.task !== task) continue;
    cases.push(await beforeAndAfter(task, baseModelId));
    if (!values.json) console.log(JSON.stringify(cases.at(-1), null, 1));
  }
  if (values.json) console.log(JSON.stringify({ name: 'before-after', cases }));
} finally {
  await app.close();
  await stop();
  await rm(home, { recursive: true });
}

async function beforeAndAfter(task: Task, baseModelId: string) {
  const train = await imported(task, 'train', Number(values['train-rows']));
  const held = await imported(task, 'dev', undefined);
  const run = await trained(train.id, baseModelId, `${task} adapter`);
  if (run.adapterId === null || run.result === null)
    throw new Error(`${task}: ${run.state} ${run.error?.message ?? ''}`);
  const limit = Number(values.rows);
  const about = { datasetId: held.id, baseModelId, adapterIds: [run.adapterId], split: 'train' as const, limit };
  const { id } = await client.evaluations.start(about);
  for await (const event of await client.evaluations.watch({ id })) tell(task, event);
  const evaluation = await client.evaluations.get({ id });
  if (evaluation.state !== 'finished') throw new Error(`${task}: ${evaluation.error?.message}`);
  const file = join(values.out ?? home, `${task}-answers.csv`);
  await writeFile(file, (await client.evaluations.csv({ id })).text);
  const again = await recomputed(task, file, held.id);
  const main = evaluation.comparisons.find(({ metric, of }) => metric === evaluation.mainMetric && of === 1);
  return {
    task,
    steps: run.result.steps,
    trainedSeconds: Math.round(run.result.seconds),
    validationLoss: [run.result.baseValidationLoss, run.result.bestValidationLoss],
    rows: evaluation.results[0]?.n,
    measures: Object.keys(evaluation.results[0]?.metrics ?? {}).map((metric) => ({
      metric,
      studio: evaluation.results.map(({ metrics }) => metrics[metric]),
      reference: again?.map((marks) => marks[metric]),
    })),
    difference: main && { ...main },
  };
}

/** A dataset from a real set: all of dev.csv, or the first rows of train.csv; its rows come from other documents. */
async function imported(task: Task, part: 'train' | 'dev', count: number | undefined) {
  const source = join(values.data, realSets[task].replace('train.csv', `${part}.csv`));
  const lines = parse(await readFile(source), { columns: true, bom: true }) as Record<string, string>[];
  const path = join(home, `${task}-${part}.csv`);
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const taken = lines.slice(0, count).map((line) => Object.values(line).map(quoted).join(','));
  await writeFile(path, [Object.keys(lines[0] ?? {}).join(','), ...taken, ''].join('\n'));
  const database =
    task === 'nl2sql' ? { kind: 'path' as const, path: resolve(values.data, 'nl2sql/spider_en/databases') } : undefined;
  const file = { source: { kind: 'path' as const, path }, task, name: `${task} ${part}`, database };
  for await (const event of await client.datasets.import(file)) if (event.kind === 'finished') return event.dataset;
  throw new Error(`${source} was not imported`);
}

/** Trains until the time is up; the adapter is what was learnt by then. */
async function trained(datasetId: string, baseModelId: string, name: string) {
  const options = { sampleRows: 0, epochs: 10_000, patience: null, maxLength: Number(values['max-length']) };
  const maxSteps = values.steps === undefined ? 100_000 : Number(values.steps);
  const settings = { ...options, maxSteps, validationEvery: maxSteps, warmupSteps: 5, schedule: 'constant' as const };
  const run = await client.runs.start({ datasetId, baseModelId, name, preset: 'quick', options: settings });
  const over = new AbortController();
  for await (const event of await client.runs.watch({ id: run.id })) {
    tell(name, event);
    // The base is measured first; the minutes count from there.
    if (values.steps === undefined && event.kind === 'validation' && event.step === 0) {
      void sleep(Number(values.minutes) * 60_000, undefined, { signal: over.signal })
        .then(() => client.runs.stop({ id: run.id }))
        .catch(() => undefined);
    }
  }
  over.abort();
  return client.runs.get({ id: run.id });
}

/** The measures of base and adapter from the reference script; undefined if it was not given. */
async function recomputed(task: Task, file: string, datasetId: string) {
  const words = [join(import.meta.dirname, 'peers/recompute.py'), task, file];
  if (task === 'mrc') {
    if (values.mlqa === undefined) return undefined;
    words.push('--mlqa', values.mlqa);
  }
  if (task === 'nl2sql') {
    if (values.spider === undefined) return undefined;
    const { examples } = await client.datasets.examples({ id: datasetId, split: 'train', offset: 0, limit: 1000 });
    const ids = join(home, 'ids.csv');
    await writeFile(ids, ['id,db', ...examples.map(({ id, database }) => `${id},${database}`), ''].join('\n'));
    const databases = resolve(values.data, 'nl2sql/spider_en/databases');
    words.push('--spider', values.spider, '--ids', ids, '--databases', databases);
  }
  const { models } = await programAnswer<{ models: Record<string, Record<string, number>> }>(values.python, words);
  return Object.values(models);
}

function tell(what: string, event: object): void {
  if (Date.now() - told < 5000) return;
  told = Date.now();
  console.error(what, JSON.stringify(event).slice(0, 160));
}
