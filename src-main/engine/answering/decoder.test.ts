import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { writeTinyModel } from '../../../test/fixtures/tiny-model.ts';
import type { LiveAdapter } from '../adapters/adaptation.ts';
import { initialiseAdapterLayers } from '../adapters/adapter-layers.ts';
import { mixAdapters } from '../adapters/adapter-mix.ts';
import { initialiseLora, type LoraWeights } from '../adapters/lora.ts';
import { onnxruntimeBackend } from '../backends/onnxruntime/onnxruntime-backend.ts';
import type { GenerateJob } from '../engine.ts';
import { loadModel } from '../model/load-model.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { Random } from '../random.ts';
import { scoreRows } from '../training/score.ts';
import { DecodePass } from './decode-pass.ts';
import { Decoder } from './decoder.ts';
import { generateTokens } from './generate.ts';

/** INTERLEAVINGS=10000 for the long run. */
const interleavings = Number(process.env.INTERLEAVINGS ?? 12);
const forever = new AbortController().signal;
let folder: string;
let model: LoadedModel;
let adapters: readonly (LiveAdapter | null)[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'decoder-'));
  writeTinyModel(folder, { hidden: 32, layers: 2, heads: 4, keyValueHeads: 2, intermediate: 32 });
  model = await loadModel(folder, onnxruntimeBackend({ threads: 1 }));
  const loras = [lora(1, 2, ['q', 'v']), lora(2, 4, ['q', 'v']), lora(3, 1, ['k']), lora(4, 3, ['o', 'down', 'up'])];
  const [first, second] = loras as [LiveAdapter<LoraWeights>, LiveAdapter<LoraWeights>];
  // With different ranks, matrices and strengths, and one mix.
  adapters = [null, ...loras, { ...first, scale: 0.3 }, mixAdapters([first, second], model.architecture), null];
});

afterAll(async () => {
  await model.release();
  await rm(folder, { recursive: true, force: true });
});

test('concurrent answers, each with its own adapter, equal those generated alone', async () => {
  const decoder = new Decoder(model);
  const random = new Random(5, 0xbeef);
  const alone = new Map<string, number[]>();
  let tokens = 0;
  for (let round = 0; round < interleavings; round += adapters.length) {
    const jobs = adapters.map((adapter, a) => {
      const prompt = random.bits() % 6;
      const start = Array.from({ length: 3 + 29 * (prompt % 3) }, (_, i) => (prompt * 31 + i * 7) % 250);
      // Repetition provokes guesses, right and wrong.
      const promptIds = [...start, ...start.slice(0, 5)];
      return { a, adapter, prompt, promptIds, maxTokens: 4 + (random.bits() % 20), wait: random.bits() % 8 };
    });
    const answers = await Promise.all(
      jobs.map(async ({ adapter, promptIds, maxTokens, wait }) => {
        for (let i = 0; i < wait; i++) await new Promise((resolve) => setImmediate(resolve));
        return written(decoder, adapter, { promptIds, maxTokens });
      }),
    );
    for (const [i, { a, adapter, prompt, promptIds, maxTokens }] of jobs.entries()) {
      const name = `${a} ${prompt}`;
      const expected =
        alone.get(name) ??
        (await written(new Decoder(model, { prefixBytes: 0 }), adapter, { promptIds, maxTokens: 24 }));
      alone.set(name, expected);
      expect(answers[i]).toEqual(expected.slice(0, maxTokens));
      tokens += maxTokens;
    }
  }
  if (interleavings > 100) console.log(`${interleavings} answers, ${tokens} tokens, none wrong`);
}, 36_000_000);

test('greedy generation picks the token that scoring rates highest over the whole vocabulary', async () => {
  const adapter = adapters[2] as LiveAdapter;
  const promptIds = [7, 1, 9, 7, 1];
  const answer = await written(new Decoder(model), adapter, { promptIds, maxTokens: 6 });
  for (const [i, id] of answer.entries()) {
    const rows = Array.from({ length: 257 }, (_, next) => ({
      ids: [...promptIds, ...answer.slice(0, i), next],
      targetStart: promptIds.length + i,
    }));
    const logprobs = (await scoreRows(model, adapter, rows, forever)).map(([logprob]) => logprob as number);
    expect(id).toBe(logprobs.indexOf(Math.max(...logprobs)));
  }
});

test('generation across several cache growths matches a fresh prefill of the whole text', async () => {
  const promptIds = Array.from({ length: 100 }, (_, i) => (i * 37) % 250);
  const answer = await written(new Decoder(model), null, { promptIds, maxTokens: 180 });
  expect(answer).toHaveLength(180);
  for (const step of [0, 27, 28, 156, 179]) {
    const fresh = new Decoder(model, { prefixBytes: 0 });
    const [next] = await written(fresh, null, { promptIds: [...promptIds, ...answer.slice(0, step)], maxTokens: 1 });
    expect(next).toBe(answer[step]);
  }
});

test('a cached prefix is reused for the same adapter and strength only, with the same answer', async () => {
  const decoder = new Decoder(model);
  const [adapter, other] = [adapters[1] as LiveAdapter, adapters[2] as LiveAdapter];
  const first = Array.from({ length: 200 }, (_, i) => (i * 11) % 250);
  const answer = await outcome(decoder, adapter, { promptIds: first, maxTokens: 10 });
  expect(answer.readTokens).toBe(200);
  // The last token of the answer was generated but not read.
  const second = [...first, ...answer.ids, 3, 4, 5];
  const next = await outcome(decoder, adapter, { promptIds: second, maxTokens: 10 });
  expect(next.readTokens).toBe(1 + 3);
  expect(next.ids).toEqual(await written(new Decoder(model), adapter, { promptIds: second, maxTokens: 10 }));
  // The same passage with another question: everything but the question is cached.
  const question = [...first.slice(0, 150), 9, 9, 8];
  expect((await outcome(decoder, adapter, { promptIds: question, maxTokens: 2 })).readTokens).toBe(3);
  expect((await outcome(decoder, other, { promptIds: question, maxTokens: 2 })).readTokens).toBe(153);
  expect((await outcome(decoder, { ...adapter, scale: 9 }, { promptIds: question, maxTokens: 2 })).readTokens).toBe(
    153,
  );
});

test('with integer products, an answer depends neither on chunking nor on the rest of the batch', async () => {
  const own = await mkdtemp(join(tmpdir(), 'decoder-'));
  onTestFinished(() => rm(own, { recursive: true, force: true }));
  writeTinyModel(own, { hidden: 128, layers: 2, intermediate: 128 });
  const rounded = await loadModel(own, { ...onnxruntimeBackend(), integersFor: async () => 'all' as const }, 'int8');
  const rows = Array.from({ length: 8 }, (_, i) => ({
    // Four have another rank, and one changes other matrices.
    adapter: lora(i, i < 4 ? 2 : 5, i === 7 ? ['k', 'o', 'down'] : ['q', 'v'], rounded),
    job: { promptIds: Array.from({ length: 20 }, (_id, k) => (k * (2 * i + 3)) % 250), maxTokens: 10 + 3 * i },
  }));
  const decoder = new Decoder(rounded);
  const alone: number[][] = [];
  for (const { adapter, job } of rows) alone.push(await written(decoder, adapter, job));
  expect(await Promise.all(rows.map(({ adapter, job }) => written(decoder, adapter, job)))).toEqual(alone);
  expect(new Set(alone.map((ids) => ids.slice(0, 10).join())).size).toBe(8);
  // What was generated is not read again.
  for (const [i, { adapter, job }] of rows.entries()) {
    const next = { promptIds: [...job.promptIds, ...(alone[i] as number[]), 3, 4, 5], maxTokens: 10 };
    const { ids, readTokens } = await outcome(decoder, adapter, next);
    expect(readTokens).toBeLessThanOrEqual(1 + 3);
    expect(await written(decoder, adapter, next)).toEqual(ids);
  }
  await rounded.release();
});

test('answers are the same wherever their KV caches lie, and memory taken from the kernels is given back', async ({
  skip,
}) => {
  const backend = { ...onnxruntimeBackend(), integersFor: async () => 'all' as const };
  skip(!(await backend.takesShared()), 'this Node.js shows no shared memory to libraries');
  const own = await mkdtemp(join(tmpdir(), 'decoder-'));
  onTestFinished(() => rm(own, { recursive: true, force: true }));
  writeTinyModel(own, { hidden: 128, layers: 2, intermediate: 128 });
  const answers: number[][][] = [];
  for (const isShared of [false, true]) {
    const rounded = await loadModel(own, { ...backend, takesShared: async () => isShared }, 'int8');
    const decoder = new Decoder(rounded, { prefixBytes: 0 });
    // The kernels exist from the first answer on.
    await written(decoder, null, { promptIds: [1, 2, 3], maxTokens: 2 });
    const caches = rounded.cacheMemory;
    expect(caches !== undefined).toBe(isShared);
    const [takes, gives] = [caches && vi.spyOn(caches, 'take'), caches && vi.spyOn(caches, 'give')];
    const rows = Array.from({ length: 5 }, async (_, i) => {
      const promptIds = Array.from({ length: [20, 7, 60, 150, 9][i] as number }, (_id, k) => (k * (2 * i + 3)) % 250);
      for (let wait = 0; wait < 4 * i; wait++) await new Promise((resolve) => setImmediate(resolve));
      return written(decoder, lora(i, 2, ['q', 'v'], rounded), { promptIds, maxTokens: 120 - 20 * i });
    });
    answers.push(await Promise.all(rows));
    await vi.waitFor(() => expect(gives?.mock.calls.length).toBe(takes?.mock.calls.length), { timeout: 30_000 });
    if (isShared)
      expect(new Set(gives?.mock.calls.flat())).toEqual(new Set(takes?.mock.results.map(({ value }) => value)));
    // A conversation continues in the memory of what was said before.
    const talking = new Decoder(rounded);
    const before = takes?.mock.calls.length ?? 0;
    const past = Array.from({ length: 40 }, (_, i) => (i * i + 5) % 250);
    for (let turn = 0; turn < 3; turn++) {
      const { ids, readTokens } = await outcome(talking, null, { promptIds: past, maxTokens: 15 });
      if (turn > 0) expect(readTokens).toBeLessThanOrEqual(5);
      answers.at(-1)?.push(ids);
      past.push(...ids, 3 + turn, 9, 9, 60);
    }
    if (takes !== undefined) expect(takes.mock.calls.length - before).toBe(1);
    await rounded.release();
  }
  expect(answers[1]).toEqual(answers[0]);
});

test('a prefix shared by several prompts is prefilled once, even if they arrive together', async () => {
  const decoder = new Decoder(model);
  const adapter = adapters[1] as LiveAdapter;
  const passage = Array.from({ length: 300 }, (_, i) => (i * 13) % 250);
  const jobs = [[1], [2, 3], [4, 5, 6]].map((question) => ({ promptIds: [...passage, ...question], maxTokens: 6 }));
  const answers = await Promise.all(jobs.map((job) => outcome(decoder, adapter, job)));
  expect(answers.map(({ readTokens }) => readTokens)).toEqual([301, 2, 3]);
  for (const [i, job] of jobs.entries()) {
    expect(answers[i]?.ids).toEqual(await written(new Decoder(model, { prefixBytes: 0 }), adapter, job));
  }
});

test('a prompt waiting for another’s shared prefix reads it itself if the other is stopped', async () => {
  const decoder = new Decoder(model);
  const job = { promptIds: Array.from({ length: 400 }, (_, i) => (i * 17) % 250), maxTokens: 4 };
  const stop = new AbortController();
  const first = decoder.stream(async () => null, jobOf(job), stop.signal).next();
  const second = outcome(decoder, null, job);
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await first;
  const { ids, readTokens } = await second;
  expect(ids).toEqual(await written(new Decoder(model), null, job));
  expect(readTokens).toBeLessThanOrEqual(400);
});

test('stopping one answer takes effect at once and leaves the others running', async () => {
  const decoder = new Decoder(model);
  const stop = new AbortController();
  const job = { promptIds: [1, 2, 3, 4], maxTokens: 60 };
  const beside = written(decoder, adapters[1] ?? null, job);
  let seen = 0;
  for await (const event of decoder.stream(async () => null, jobOf(job), stop.signal)) {
    if (event.kind === 'finished') expect(event.finish).toBe('stopped');
    else if (++seen === 5) stop.abort();
  }
  expect(seen).toBe(5);
  expect(await beside).toEqual(await written(new Decoder(model), adapters[1] ?? null, job));
});

// It used to generate the first id of the vocabulary over and over.
test('an adapter that yields NaN logits fails with an error, and other answers go on', async () => {
  const decoder = new Decoder(model);
  const broken = lora(5, 2, ['q', 'v']);
  for (const { data } of broken.weights.tensors.values()) data.fill(1e20);
  const job = { promptIds: [7, 1, 9], maxTokens: 12 };
  const beside = written(decoder, adapters[1] as LiveAdapter, job);
  await expect(written(decoder, broken, job)).rejects.toMatchObject({ code: 'MODEL_WITHOUT_NUMBERS' });
  expect(await beside).toEqual(await written(new Decoder(model), adapters[1] as LiveAdapter, job));
});

// Its NaNs were left in the row it had for one pass, and masks are added to what is there.
test('an answer is not affected by NaN left in its row by a previous adapter', async () => {
  const decoder = new Decoder(model);
  const broken = lora(5, 2, ['q', 'v']);
  for (const { data } of broken.weights.tensors.values()) data.fill(1e20);
  const job = (maxTokens: number) => ({ promptIds: [7, 1, 9], maxTokens });
  const beside = [1, 2].map((a) => written(decoder, adapters[a] as LiveAdapter, job(24)));
  await expect(written(decoder, broken, job(24))).rejects.toMatchObject({ code: 'MODEL_WITHOUT_NUMBERS' });
  const later = await written(decoder, adapters[3] as LiveAdapter, job(8));
  expect(later).toEqual(await written(new Decoder(model), adapters[3] as LiveAdapter, job(8)));
  await Promise.all(beside);
});

// Zero times an out-of-bounds number is NaN, and every row of a pass is multiplied by all A's.
test.each(['float32', 'int8'] as const)(
  'in %s, an adapter with an overflowing A does not corrupt other answers in the batch',
  async (precision) => {
    const own = join(folder, `apart-${precision}`);
    await mkdir(own);
    writeTinyModel(own, { hidden: 128, layers: 2, intermediate: 128 });
    const base = await loadModel(own, onnxruntimeBackend({ threads: 1 }), precision);
    const [wild, tame] = [lora(5, 2, ['q', 'v'], base), lora(1, 2, ['q', 'v'], base)];
    for (const [name, { data }] of wild.weights.tensors) if (name.endsWith('lora_A')) data.fill(3e38);
    const endless = mixAdapters(
      [
        { ...tame, scale: 1e38 },
        { ...tame, scale: 1e38 },
      ],
      base.architecture,
    );
    for (const { data } of endless.weights.tensors.values()) data.set(data.map((value) => value * 1e30));
    const job = { promptIds: [7, 1, 9], maxTokens: 12 };
    const beside = [tame, null];
    const alone = await Promise.all(beside.map((adapter) => written(new Decoder(base), adapter, job)));
    for (const broken of [wild, endless]) {
      const decoder = new Decoder(base);
      const answers = Promise.all(beside.map((adapter) => written(decoder, adapter, job)));
      await expect(written(decoder, broken, job)).rejects.toMatchObject({ code: 'MODEL_WITHOUT_NUMBERS' });
      expect(await answers).toEqual(alone);
    }
    await base.release();
  },
);

test('simultaneous prompts are prefilled in one pass, but for one with a cached prefix', async () => {
  const decoder = new Decoder(model);
  const known = Array.from({ length: 40 }, (_, i) => (i * 7) % 250);
  await written(decoder, null, { promptIds: known, maxTokens: 1 });
  const prompts = [[...known, 9, 8], [5], Array.from({ length: 12 }, (_, i) => 3 * i + 1)];
  const expected = await Promise.all(
    prompts.map((promptIds) => written(new Decoder(model), null, { promptIds, maxTokens: 9 })),
  );
  const passes = vi.spyOn(DecodePass.prototype, 'run');
  const answers = await Promise.all(prompts.map((promptIds) => written(decoder, null, { promptIds, maxTokens: 9 })));
  const read = passes.mock.calls.slice(0, 2).map(([, rows]) => rows.map((row) => row?.ids.length));
  passes.mockRestore();
  expect(read).toEqual([[2], [1, 12]]);
  expect(answers).toEqual(expected);
});

/** What passes did while something ran: prefill, or decoding a number of rows. */
async function passesOf(running: () => Promise<unknown>): Promise<readonly string[]> {
  const passes = vi.spyOn(DecodePass.prototype, 'run');
  await running();
  const { calls } = passes.mock;
  passes.mockRestore();
  return calls.map(([, rows, kind]) => (kind === 'decode' ? `${rows.length} rows` : 'read'));
}

const promptOf = (length: number, first: number) => Array.from({ length }, (_, i) => (first * 31 + i * 7) % 250);

test('answers that start together are decoded in one batch', async () => {
  const decoder = new Decoder(model);
  const jobs = Array.from({ length: 8 }, (_, i) => ({ promptIds: promptOf(64, i), maxTokens: 3 }));
  const passes = await passesOf(() => Promise.all(jobs.map((job) => written(decoder, null, job))));
  expect(passes.slice(0, 3)).toEqual(['read', 'read', '8 rows']);
});

test('an answer keeps decoding while other prompts are prefilled', async () => {
  const decoder = new Decoder(model);
  const others: Promise<unknown>[] = [];
  const passes = await passesOf(async () => {
    const job = jobOf({ promptIds: promptOf(60, 0), maxTokens: 12 });
    for await (const event of decoder.stream(async () => null, { ...job, draft: false }, forever)) {
      if (event.kind !== 'token' || others.length > 0) continue;
      for (let i = 1; i < 6; i++) others.push(written(decoder, null, { promptIds: promptOf(100, i), maxTokens: 1 }));
    }
    await Promise.all(others);
  });
  // One piece is read before each token of the first answer.
  expect(passes.slice(0, 7)).toEqual(['read', '1 rows', 'read', '1 rows', 'read', '1 rows', 'read']);
});

test('repeating an earlier answer of the same adapter takes fewer passes and gives the same tokens', async () => {
  const [own, other] = [adapters[1] ?? null, adapters[2] ?? null];
  const answer = async (decoder: Decoder, adapter: LiveAdapter | null) => {
    let ids: readonly number[] = [];
    const passes = await passesOf(async () => {
      ids = await written(decoder, adapter, { promptIds: [11, 12, 13], maxTokens: 40 });
    });
    return { ids, count: passes.length };
  };
  const decoder = new Decoder(model);
  const first = await answer(decoder, own);
  const again = await answer(decoder, own);
  expect(again.ids).toEqual(first.ids);
  expect(again.count).toBeLessThan(first.count);
  // One adapter's output does not count for another.
  expect(await answer(decoder, other)).toEqual(await answer(new Decoder(model), other));
});

test('an answer whose consumer has left is removed from the batch', async () => {
  const decoder = new Decoder(model);
  for await (const event of decoder.stream(async () => null, jobOf({ promptIds: [5], maxTokens: 400 }), forever)) {
    if (event.kind === 'token') break;
  }
  expect(await written(decoder, null, { promptIds: [6, 7], maxTokens: 3 })).toHaveLength(3);
});

test('adapter layers, the base and LoRA answer in one decoder, each design with its own graph', async () => {
  const layers = (['houlsby', 'lin'] as const).map((design): LiveAdapter => {
    const weights = initialiseAdapterLayers(model.architecture, {
      design,
      bottleneck: 4,
      seed: 1,
    });
    for (const { data } of weights.tensors.values()) data.set(data.map((value, i) => value + 0.2 * Math.sin(i)));
    return { weights, scale: 1 };
  });
  const all = [...layers, ...adapters.slice(0, 2)];
  const decoder = new Decoder(model);
  const job = { promptIds: [8, 9, 10], maxTokens: 8 };
  const together = await Promise.all(all.map((adapter) => written(decoder, adapter, job)));
  for (const [i, adapter] of all.entries()) {
    const ids: number[] = [];
    for await (const event of generateTokens(model, async () => adapter, jobOf(job), forever)) {
      if (event.kind === 'token') ids.push(event.id);
    }
    expect(together[i]).toEqual(ids);
  }
});

function lora(seed: number, rank: number, targets: LoraWeights['targets'], of = model): LiveAdapter<LoraWeights> {
  const weights = initialiseLora(of.architecture, {
    rank,
    alpha: 2 * rank,
    targets,
    initialisation: 'kaiming',
    seed,
  });
  const random = new Random(seed, 0xb);
  for (const { data } of weights.tensors.values()) data.set(data.map(() => 0.3 * random.normal()));
  return { weights, scale: weights.scale };
}

function jobOf(job: Pick<GenerateJob, 'promptIds' | 'maxTokens'>): GenerateJob {
  return { ...job, modelFolder: folder, adapter: null, temperature: 0, topK: 0, topP: 1, seed: 0, stopIds: [] };
}

async function outcome(
  decoder: Decoder,
  adapter: LiveAdapter | null,
  job: Pick<GenerateJob, 'promptIds' | 'maxTokens'>,
) {
  const ids: number[] = [];
  let readTokens = Number.NaN;
  for await (const event of decoder.stream(async () => adapter, jobOf(job), forever)) {
    if (event.kind === 'token') ids.push(event.id);
    else readTokens = event.readTokens;
  }
  return { ids, readTokens };
}

async function written(...asked: Parameters<typeof outcome>): Promise<number[]> {
  return (await outcome(...asked)).ids;
}
