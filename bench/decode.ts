import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { unpackGguf } from '../src-main/engine/formats/unpack-gguf.ts';
import { inspectModel } from '../src-main/engine/model/open-model.ts';
import { median } from '../src-main/lab/numbers.ts';
import { benchCase, printBench } from './parts/bench-case.ts';
import { programAnswer, reasonOf } from './parts/program-answer.ts';
import { readRealRows } from './parts/real-rows.ts';

/**
 * How fast a single answer is generated, compared with llama.cpp on the same GGUF file with the same threads: tokens
 * per second after the first one, with and without guesses, and the time to the first token. Prompts are rows of an
 * open set; programs run in separate processes, alternating, and medians over prompts and rounds are reported.
 *
 *     npm run bench -- decode --gguf FILE [--task mrc] [--prompts 4] [--tokens 64] [--length 512] [--ends] [--rounds 3]
 *       [--peer FOLDER] [--json]
 *
 * `--length` joins rows until a prompt has this many tokens; 0 takes them as they are. With `--ends` answers run to
 * their end, like those of a base with a task merged into it (bench/peers/gguf_requantise.py), prompts are held-out
 * rows, and the speed over all answers of a round is reported. `--peer` is where node-llama-cpp is installed
 * (bench/peers/llama.mjs).
 */
const { values } = parseArgs({
  options: {
    gguf: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
    task: { type: 'string', default: 'mrc' },
    prompts: { type: 'string', default: '4' },
    tokens: { type: 'string', default: '64' },
    ends: { type: 'boolean', default: false },
    length: { type: 'string', default: '0' },
    rounds: { type: 'string', default: '3' },
    peer: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
if (values.gguf === undefined) {
  console.error('--gguf FILE is missing: a model as one GGUF file.');
  process.exit(2);
}

interface Answer {
  readonly ids: readonly number[];
  readonly firstMs: number;
  readonly restMs: number;
}

const here = import.meta.dirname;
const programs: Readonly<Record<string, readonly string[]>> = {
  'ours, without guessing': [join(here, 'parts/decode-child.ts'), 'plain'],
  'ours, with guessing': [join(here, 'parts/decode-child.ts'), 'draft'],
  'llama.cpp': [join(here, 'peers/llama.mjs')],
};
/** Programs that could not run here. */
const missing = new Set<string>();
const folder = await mkdtemp(join(tmpdir(), 'bench-decode-'));
try {
  await unpackGguf(values.gguf, folder);
  await symlink(resolve(values.gguf), join(folder, 'model.gguf'));
  const job = join(folder, 'job.json');
  const threads = cpus().length;
  const prompts = await promptsOf(folder);
  const maxTokens = Number(values.tokens);
  const stopIds = values.ends ? (await inspectModel(folder)).endIds : [];
  await writeFile(job, JSON.stringify({ folder, gguf: resolve(values.gguf), prompts, stopIds, maxTokens, threads }));
  const answers = new Map<string, Answer[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, command] of Object.entries(programs)) {
      const timed = await run(name, command, job);
      const told = values.ends && timed.length > 0 ? [joined(timed)] : timed;
      answers.set(name, [...(answers.get(name) ?? []), ...told]);
    }
  }
  const peer = answers.get('llama.cpp') ?? [];
  const speed = ({ ids, restMs }: Answer) => (1000 * (ids.length - 1)) / restMs;
  const cases = [...answers].flatMap(([name, all]) => {
    if (name === 'llama.cpp' || all.length === 0) return [];
    const beside = (what: string, unit: string, of: (answer: Answer) => number) =>
      benchCase(`${name}: ${what}`, unit, { ours: all.map(of), peer: peer.map(of) });
    return [
      beside('tokens behind the first, beside llama.cpp', 'tokens a second', speed),
      beside('first token, beside llama.cpp', 'ms', ({ firstMs }) => firstMs),
    ];
  });
  const lengths = prompts.slice(1).map((ids) => ids.length);
  printBench('decode', cases, {
    ...{ json: values.json, missing: [...missing] },
    ...{ gguf: values.gguf, task: values.task, lengths, tokens: maxTokens },
  });
} finally {
  await rm(folder, { recursive: true });
}

/** The first one is for loading the model. Each begins with a token of its own, so that no prefix of it is cached. */
async function promptsOf(model: string): Promise<number[][]> {
  const [count, length] = [1 + Number(values.prompts), Number(values.length)];
  const task = values.task as Parameters<typeof readRealRows>[0];
  const options = { data: values.data, model, count: 8 * count, batchSize: 1, maxLength: 1024, heldOut: values.ends };
  const rows = (await readRealRows(task, options)).map(({ ids, targetStart }) => ids.slice(0, targetStart));
  const cut = (i: number) => [...rows.slice(i), ...rows].flat().slice(0, length);
  const prompts = Array.from({ length: count }, (_, i) => (length === 0 ? (rows[i] as number[]) : cut(i)));
  return prompts.map((ids, i) => [...ids.slice(0, 1), 1000 + i, ...ids.slice(2)]);
}

/** All answers of a round as one: the tokens after each one's first, and the time these took. */
function joined(answers: readonly Answer[]): Answer {
  return {
    ids: answers.flatMap(({ ids }, i) => (i === 0 ? ids : ids.slice(1))),
    firstMs: median(answers.map(({ firstMs }) => firstMs)),
    restMs: answers.reduce((sum, { restMs }) => sum + restMs, 0),
  };
}

/** Returns nothing, and says so, if a program can't run here. */
async function run(name: string, [script, ...words]: readonly string[], job: string): Promise<Answer[]> {
  const env = { ...process.env, ...(values.peer !== undefined && { NODE_LLAMA_CPP: resolve(values.peer) }) };
  try {
    return await programAnswer<Answer[]>(process.execPath, [script as string, job, ...words], env);
  } catch (error) {
    missing.add(name);
    console.error(`${name} could not be run: ${reasonOf(error)}`);
    return [];
  }
}
