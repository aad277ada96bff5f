import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { LiveAdapter } from '../src-main/engine/adaptation.ts';
import { onnxruntimeBackend } from '../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { Decoder } from '../src-main/engine/decoder.ts';
import { loadModel } from '../src-main/engine/loaded-model.ts';
import { initialiseLora } from '../src-main/engine/lora.ts';
import { Random } from '../src-main/engine/random.ts';

/**
 * What adapters cost while answering: the tax of one (rank 8 on q and v) over the base, the speed of eight answers with eight
 * adapters written together over one after another, how long a switch takes, and many adapters in turn over one. Ways are
 * taken in turn and medians of their ratios told.
 *
 *     npm run bench -- answers --model FOLDER [--rounds 5] [--tokens 64] [--many 1024] [--json]
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    tokens: { type: 'string', default: '64' },
    many: { type: 'string', default: '1024' },
    json: { type: 'boolean', default: false },
  },
});
if (values.model === undefined) {
  console.error('--model FOLDER is missing: a model folder, as SmolLM2-135M-Instruct.');
  process.exit(2);
}

const [rounds, tokens] = [Number(values.rounds), Number(values.tokens)];
const model = await loadModel(values.model, onnxruntimeBackend(), 'auto');
const decoder = new Decoder(model, { prefixBytes: 0 });
const prompt = Array.from({ length: 32 }, (_, i) => (i * 37 * (i % 7)) % 4000);
const adapters = Array.from({ length: 8 }, (_, seed) => lora(seed));
const first = adapters[0] as LiveAdapter;

// Graphs are made, and kernels warm.
await answers([null]);
await answers(adapters);

const tax: number[] = [];
const together: number[] = [];
const switches: number[] = [];
for (let round = 0; round < rounds; round++) {
  const base = await restMs(null);
  tax.push((await restMs(first)) / base);
  let inTurn = 0;
  for (const adapter of adapters) inTurn += await answers([adapter]);
  together.push(inTurn / (await answers(adapters)));
}
for (let i = 0; i < 300; i++) switches.push(await switchMs(adapters[i % 8] as LiveAdapter));

// So many that memory holds few of them twice: each is used for one short answer, in turn, beside one used as often.
const many = Array.from({ length: Number(values.many) }, (_, seed) => lora(100 + seed));
const short = 16;
const robin: number[] = [];
for (let start = 0; start < many.length; start += 64) {
  const some = many.slice(start, start + 4);
  let one = 0;
  let each = 0;
  for (const adapter of some) {
    one += await answers([first], short);
    each += await answers([adapter], short);
  }
  robin.push(one / each);
}

const sorted = switches.toSorted((a, b) => a - b);
const cases = [
  { case: 'time of a token with an adapter ÷ with none', ...spread(tax) },
  { case: 'eight answers together, times the speed of one after another', ...spread(together) },
  { case: `${many.length} adapters in turn, times the speed of one`, ...spread(robin) },
  { case: 'switch, ms', median: at(sorted, 0.5), low: at(sorted, 0), high: at(sorted, 0.99), n: sorted.length },
];
const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} threads`;
if (values.json) console.log(JSON.stringify({ name: 'adapters', cases, machine }));
else console.table(cases);
process.exit(0);

/** Milliseconds until all are written. */
async function answers(asked: readonly (LiveAdapter | null)[], length = tokens): Promise<number> {
  const begun = performance.now();
  await Promise.all(asked.map((adapter) => answer(adapter, length)));
  return performance.now() - begun;
}

async function answer(adapter: LiveAdapter | null, length: number) {
  const times: number[] = [];
  let switched = 0;
  const job = { modelFolder: '', adapter: null, promptIds: prompt, maxTokens: length, stopIds: [], draft: false };
  const settings = { ...job, temperature: 0, topK: 0, topP: 1, seed: 0 };
  for await (const event of decoder.stream(async () => adapter, settings, new AbortController().signal)) {
    if (event.kind === 'token') times.push(performance.now());
    else switched = event.switchMs;
  }
  return { times, switched };
}

/** Median time of a token behind the first. */
async function restMs(adapter: LiveAdapter | null): Promise<number> {
  const { times } = await answer(adapter, tokens);
  return at(
    times
      .slice(1)
      .map((time, i) => time - (times[i] as number))
      .toSorted((a, b) => a - b),
    0.5,
  );
}

async function switchMs(adapter: LiveAdapter): Promise<number> {
  return (await answer(adapter, 1)).switched;
}

function lora(seed: number): LiveAdapter {
  const targets = ['q', 'v'] as const;
  const weights = initialiseLora(model.architecture, { rank: 8, alpha: 16, targets, initialisation: 'kaiming', seed });
  const random = new Random(seed, 0xb);
  for (const [name, { data }] of weights.tensors) {
    if (name.endsWith('.lora_B')) data.set(data.map(() => 0.01 * random.normal()));
  }
  return { weights, scale: weights.scale };
}

function spread(ratios: readonly number[]) {
  const sorted = ratios.toSorted((a, b) => a - b);
  return { median: at(sorted, 0.5), low: at(sorted, 0), high: at(sorted, 1), n: ratios.length };
}

function at(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return Number(value.toFixed(3));
}
