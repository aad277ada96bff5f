import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCase, printBench } from './parts/bench-case.ts';
import { programAnswer, reasonOf } from './parts/program-answer.ts';
import { type RealRow, readRealRows, realSets, starterModel } from './parts/real-rows.ts';

/**
 * How fast LoRA (q and v, rank 8) trains on real rows, compared with PyTorch: target tokens per second, the median of
 * interleaved runs, each in its own process. All train on the same rows in the same order, so their losses are
 * comparable.
 *
 *     npm run bench -- train [--model FOLDER] [--data ../shared/data] [--task mrc] [--steps 6] [--rounds 3]
 *       [--python python3] [--ours] [--without 'tuned PyTorch bfloat16'] [--json]
 *
 * Without `--model`, the starter model. `--ours` leaves the peers out, `--without` one program (may be repeated): the
 * bfloat16 loop takes minutes a step on processors without such instructions. A program under test gets a job file
 * {model, rows: [{ids, targetStart}], batchSize, steps, rank, alpha, learningRate, threads} and prints
 * {seconds: [per step], losses: [per step], peakRssBytes}.
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: starterModel },
    data: { type: 'string', default: '../shared/data' },
    task: { type: 'string' },
    steps: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
    'max-length': { type: 'string', default: '512' },
    ours: { type: 'boolean', default: false },
    without: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});

const [steps, rounds, batchSize] = [Number(values.steps), Number(values.rounds), 8];
if (!(steps >= 2 && rounds >= 1)) {
  console.error('--steps must be at least 2, as the first one is not counted, and --rounds at least 1.');
  process.exit(2);
}
const here = import.meta.dirname;
const ours = (...words: string[]) => [process.execPath, join(here, 'parts/train-child.ts'), ...words];
const peer = (...words: string[]) => [values.python, join(here, 'peers', words[0] as string), ...words.slice(1)];
/** The job file goes after the second word. */
const programs = {
  'ours int8': ours('int8'),
  'ours int8, checkpointing': ours('int8', 'checkpointing'),
  'ours float32': ours('float32'),
  'ours, all weights': ours('float32', 'all-weights'),
  'PEFT + Trainer float32': peer('peft_trainer.py'),
  'tuned PyTorch bfloat16': peer('torch_tuned.py', 'bfloat16'),
  'tuned PyTorch float32': peer('torch_tuned.py', 'float32'),
} satisfies Readonly<Record<string, readonly string[]>>;
type Program = keyof typeof programs;
const comparisons: readonly (readonly [own: Program, other: Program])[] = [
  ['ours int8', 'PEFT + Trainer float32'],
  ['ours int8', 'tuned PyTorch bfloat16'],
  ['ours int8', 'tuned PyTorch float32'],
  ['ours float32', 'PEFT + Trainer float32'],
  ['ours float32', 'tuned PyTorch float32'],
  ['ours int8', 'ours float32'],
  ['ours int8, checkpointing', 'ours int8'],
  ['ours int8', 'ours, all weights'],
  ['ours float32', 'ours, all weights'],
];

interface Outcome {
  readonly seconds: readonly number[];
  readonly losses: readonly number[];
  readonly peakRssBytes: number;
}

/** Programs that could not run here. */
const missing = new Set<string>();
const folder = await mkdtemp(join(tmpdir(), 'bench-train-'));
try {
  const cases = [];
  for (const task of Object.keys(realSets) as (keyof typeof realSets)[]) {
    if (values.task !== undefined && values.task !== task) continue;
    const rows = await readRealRows(task, {
      data: values.data,
      model: values.model,
      count: steps * batchSize,
      batchSize,
      maxLength: Number(values['max-length']),
    });
    cases.push(...(await measure(task, rows)));
  }
  printBench('train', cases, { json: values.json, missing: [...missing] });
} finally {
  await rm(folder, { recursive: true });
}

async function measure(task: string, rows: readonly RealRow[]) {
  const job = join(folder, `${task}.json`);
  const settings = { rank: 8, alpha: 16, learningRate: 1e-3, threads: cpus().length };
  await writeFile(job, JSON.stringify({ model: values.model, rows, batchSize, steps, ...settings }));
  const targets = rows.map((row) => row.ids.length - row.targetStart);
  const outcomes = new Map<Program, Outcome[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of Object.entries(programs) as [Program, readonly string[]][]) {
      if ((values.ours && !name.startsWith('ours')) || values.without.includes(name)) continue;
      const outcome = await run(name, command, job);
      if (outcome) outcomes.set(name, [...(outcomes.get(name) ?? []), outcome]);
    }
  }
  // The first step is excluded: every program sets something up in it.
  const timed = targets.slice(batchSize).reduce((sum, count) => sum + count, 0);
  const speedsOf = (name: Program) => outcomes.get(name)?.map(({ seconds }) => timed / sum(seconds.slice(1)));
  const peakOf = (name: Program) =>
    Math.round(Math.max(...(outcomes.get(name) ?? []).map(({ peakRssBytes }) => peakRssBytes)) / 1e6);
  const lossOf = (name: Program) => outcomes.get(name)?.[0]?.losses.at(-1);
  return comparisons.flatMap(([own, other]) => {
    const ours = speedsOf(own);
    if (ours === undefined) return [];
    const measured = benchCase(`${task}: ${own} beside ${other}`, 'target tokens a second', {
      ours,
      peer: speedsOf(other),
    });
    return {
      ...measured,
      lastLoss: lossOf(own),
      peerLastLoss: lossOf(other) ?? null,
      peakMegabytes: peakOf(own),
      peerPeakMegabytes: outcomes.has(other) ? peakOf(other) : null,
    };
  });
}

/** Returns undefined, and says so, if a program can't run here. */
async function run(name: string, command: readonly string[], job: string): Promise<Outcome | undefined> {
  const [program, script, ...others] = command;
  const words = [script as string, job, ...others];
  try {
    return await programAnswer<Outcome>(program as string, words);
  } catch (error) {
    missing.add(name);
    console.error(`${name} could not be run: ${reasonOf(error)}`);
    return undefined;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
