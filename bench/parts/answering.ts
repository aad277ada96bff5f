import type { LiveAdapter } from '../../src-main/engine/adapters/adaptation.ts';
import { initialiseLora } from '../../src-main/engine/adapters/lora.ts';
import { Decoder } from '../../src-main/engine/answering/decoder.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import { Random } from '../../src-main/engine/random.ts';
import { median } from '../../src-main/lab/numbers.ts';
import { type BenchCase, benchCase } from './bench-case.ts';
import { timesOf } from './times.ts';

/** Of so many adapters in turn, every sixteenth answers. */
const stride = 16;
const shortAnswer = 16;

/** The cost of adapters during generation, for answers.ts and switch.ts. Variants alternate, round by round. */
export class Answering {
  readonly #model: Awaited<ReturnType<typeof loadModel>>;
  readonly #decoder: Decoder;
  readonly #tokens: number;
  readonly #prompt = Array.from({ length: 32 }, (_, i) => (i * 37 * (i % 7)) % 4000);
  readonly #adapters: readonly LiveAdapter[];

  private constructor(model: Awaited<ReturnType<typeof loadModel>>, tokens: number) {
    this.#model = model;
    this.#decoder = new Decoder(model, { prefixBytes: 0 });
    this.#tokens = tokens;
    this.#adapters = Array.from({ length: 8 }, (_, seed) => this.#lora(seed));
  }

  /** Loads a model folder, compiles the graphs and warms up the kernels. `tokens`: the length of an answer. */
  static async open(folder: string, tokens: number): Promise<Answering> {
    const made = new Answering(await loadModel(folder, onnxruntimeBackend(), 'auto'), tokens);
    await made.#all([null]);
    await made.#all(made.#adapters);
    return made;
  }

  /** A token with an adapter of rank 8 on q and v, compared with one without. */
  async tax(rounds: number): Promise<BenchCase> {
    const [ours, peer]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      peer.push(await this.#tokenMs(null));
      ours.push(await this.#tokenMs(this.#adapters[0] as LiveAdapter));
    }
    return benchCase('a token with an adapter, beside one with none', 'ms', { ours, peer });
  }

  /** Eight answers with eight adapters, together compared with one after another. */
  async together(rounds: number): Promise<BenchCase> {
    const [ours, peer]: [number[], number[]] = [[], []];
    const written = this.#adapters.length * this.#tokens;
    for (let round = 0; round < rounds; round++) {
      let inTurn = 0;
      for (const adapter of this.#adapters) inTurn += await this.#all([adapter]);
      peer.push((1000 * written) / inTurn);
      ours.push((1000 * written) / (await this.#all(this.#adapters)));
    }
    const name = 'eight answers with eight adapters together, beside one after another';
    return benchCase(name, 'tokens a second', { ours, peer });
  }

  /**
   * More adapters than memory can hold a second copy of: each is used for one short answer, compared with one adapter
   * used as often.
   */
  async manyInTurn(count: number): Promise<BenchCase> {
    const [ours, peer]: [number[], number[]] = [[], []];
    const many = Array.from({ length: count }, (_, seed) => this.#lora(100 + seed));
    const speed = (answers: number, ms: number) => (1000 * answers * shortAnswer) / ms;
    for (let start = 0; start < count; start += 4 * stride) {
      const some = many.slice(start, start + 4);
      let [one, each] = [0, 0];
      // In groups of four: if single answers alternated, garbage collection at every other one would always fall on the
      // same side.
      for (const _ of some) one += await this.#all([this.#adapters[0] as LiveAdapter], shortAnswer);
      for (const adapter of some) each += await this.#all([adapter], shortAnswer);
      ours.push(speed(some.length, each));
      peer.push(speed(some.length, one));
    }
    return benchCase(`${count} adapters in turn, beside one`, 'tokens a second', { ours, peer });
  }

  /** From the call until the adapter is ready, for each of eight in turn; `high` is the 99th percentile. */
  async switching(times: number): Promise<BenchCase> {
    const ours: number[] = [];
    for (let i = 0; i < times; i++) ours.push((await this.#answer(this.#adapters[i % 8] as LiveAdapter, 1)).switchMs);
    return { ...benchCase('switch of the adapter', 'ms', { ours }), high: Number(timesOf(ours).p99.toPrecision(4)) };
  }

  /** Milliseconds until all are generated. */
  async #all(adapters: readonly (LiveAdapter | null)[], length = this.#tokens): Promise<number> {
    const begun = performance.now();
    await Promise.all(adapters.map((adapter) => this.#answer(adapter, length)));
    return performance.now() - begun;
  }

  /** Median time of a token after the first. */
  async #tokenMs(adapter: LiveAdapter | null): Promise<number> {
    const { times } = await this.#answer(adapter, this.#tokens);
    return median(times.slice(1).map((time, i) => time - (times[i] as number)));
  }

  async #answer(adapter: LiveAdapter | null, length: number) {
    const times: number[] = [];
    let switchMs = 0;
    const job = {
      modelFolder: '',
      adapter: null,
      promptIds: this.#prompt,
      maxTokens: length,
      stopIds: [],
      draft: false,
    };
    const settings = { ...job, temperature: 0, topK: 0, topP: 1, seed: 0 };
    for await (const event of this.#decoder.stream(async () => adapter, settings, new AbortController().signal)) {
      if (event.kind === 'token') times.push(performance.now());
      else switchMs = event.switchMs;
    }
    return { times, switchMs };
  }

  #lora(seed: number): LiveAdapter {
    const { architecture } = this.#model;
    const targets = ['q', 'v'] as const;
    const weights = initialiseLora(architecture, { rank: 8, alpha: 16, targets, initialisation: 'kaiming', seed });
    const random = new Random(seed, 0xb);
    for (const [name, { data }] of weights.tensors) {
      if (name.endsWith('.lora_B')) data.set(data.map(() => 0.01 * random.normal()));
    }
    return { weights, scale: weights.scale };
  }
}
