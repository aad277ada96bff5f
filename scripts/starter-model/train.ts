import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Tokenizer } from '@huggingface/tokenizers';
import { architectureOf } from '../../src-main/engine/architectures/by-model-type.ts';
import { ModelConfig } from '../../src-main/engine/architectures/model-config.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import type { TrainEvent } from '../../src-main/engine/engine.ts';
import { writeSafetensors } from '../../src-main/engine/formats/safetensors.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';
import { Random } from '../../src-main/engine/random.ts';
import { writeTokenFile } from '../../src-main/tasks/token-file.ts';
import { corpus } from './corpus.ts';
import { initialWeights } from './initial-weights.ts';

/**
 * Makes the starter model: trains every weight of a small random Llama on generated text with the studio's own engine.
 * Interrupt it and run it again: it goes on from its last checkpoint, bit for bit. `--steps` says how long.
 */
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '4500' },
    batch: { type: 'string', default: '8' },
    'learning-rate': { type: 'string', default: '5e-4' },
    hidden: { type: 'string', default: '256' },
    layers: { type: 'string', default: '6' },
    threads: { type: 'string', default: '2' },
    work: { type: 'string', default: '.cache/starter-model' },
    out: { type: 'string', default: 'resources/starter-model' },
  },
});

const seed = 1106_09685;
/** Steps at the start that see repetitions only. */
const copyingSteps = 400;
const vocabulary = 4096;
const hidden = Number(values.hidden);
const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: vocabulary,
  hidden_size: hidden,
  intermediate_size: Math.round((hidden * 8) / 3 / 32) * 32,
  num_hidden_layers: Number(values.layers),
  num_attention_heads: hidden / 32,
  num_key_value_heads: hidden / 64,
  head_dim: 32,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  hidden_act: 'silu',
  tie_word_embeddings: true,
  attention_bias: false,
  mlp_bias: false,
  bos_token_id: 0,
  eos_token_id: 0,
  torch_dtype: 'float16',
};

const steps = Number(values.steps);
const batchSize = Number(values.batch);
const work = values.work;
const initial = join(work, 'initial');
const out = values.out;

await mkdir(initial, { recursive: true });
const tokenizer = await loadTokenizer('resources/starter-model');
await writeInitialModel(initial);
const trainFile = join(work, 'train.tokens');
const validationFile = join(work, 'validation.tokens');
const { tokens, targetTokens } = await writeTokenFile(trainFile, trainingRows(steps * batchSize));
await writeTokenFile(validationFile, Array.from(take(corpus(seed + 1), 200), rowOf));
console.error(`${steps * batchSize} documents, ${tokens} tokens (${targetTokens} predicted)`);

interface Row {
  readonly ids: readonly number[];
  readonly targetStart: number;
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
const engine = localEngine(onnxruntimeBackend({ threads: Number(values.threads) }));
for await (const event of engine.train(
  {
    modelFolder: initial,
    trainFile,
    validationFile,
    method: { kind: 'full' },
    learningRate: Number(values['learning-rate']),
    schedule: 'cosine',
    warmupSteps: 100,
    weightDecay: 0.05,
    gradientClip: 1,
    epochs: 1,
    maxSteps: steps,
    batchSize,
    seed,
    shuffle: false,
    validationEvery: 400,
    outputFolder: out,
    checkpointFolder: join(work, 'checkpoint'),
    checkpointEvery: 100,
  },
  stop.signal,
)) {
  report(event);
}

function report(event: TrainEvent): void {
  if (event.kind === 'step') {
    if (event.step % 50 === 0) {
      console.error(
        `step ${event.step}/${steps}  loss ${event.loss.toFixed(3)}  norm ${event.gradientNorm.toFixed(2)}  ${(event.tokens / event.seconds).toFixed(0)} tokens/s  ${(event.rssBytes / 1e6).toFixed(0)} MB`,
      );
    }
  } else if (event.kind !== 'checkpoint') {
    console.error(JSON.stringify(event));
  }
}

/** Documents sorted by length within a stretch and cut into batches, the batches shuffled: little padding, no order by length. */
function* trainingRows(count: number): Generator<Row> {
  const source = rows();
  const random = new Random(seed, 1);
  for (let left = count; left > 0; ) {
    const stretch = Array.from(take(source, Math.min(left, 50 * batchSize))).sort(
      (a, b) => a.ids.length - b.ids.length,
    );
    left -= stretch.length;
    for (const batch of random.permutation(Math.ceil(stretch.length / batchSize))) {
      yield* stretch.slice(batch * batchSize, (batch + 1) * batchSize);
    }
  }
}

/** First nothing but repetitions, until copying is firm; then the corpus, with a repetition in every sixth place to keep it so. */
function* rows(): Generator<Row, never> {
  const documents = corpus(seed);
  const random = new Random(seed, 3);
  for (let i = 0; ; i++) {
    const repetition = i < copyingSteps * batchSize || i % 6 === 0;
    yield repetition ? repeatedTokens(random) : rowOf(documents.next().value);
  }
}

/** 8 to 31 random tokens, two to four times over. The first time can't be known, and is not predicted. */
function repeatedTokens(random: Random): Row {
  const length = 8 + Math.floor(random.uniform() * 24);
  const once = Array.from({ length }, () => 1 + Math.floor(random.uniform() * (vocabulary - 1)));
  const times = 2 + Math.floor(random.uniform() * 3);
  return { ids: Array.from({ length: times }, () => once).flat(), targetStart: length + 1 };
}

function* take<T>(source: Iterator<T>, count: number): Generator<T> {
  for (let i = 0; i < count; i++) {
    const { value, done: end } = source.next();
    if (end) return;
    yield value;
  }
}

/** Every token but the first is predicted; the end of the text too. */
function rowOf({ text }: { text: string }): Row {
  return {
    ids: [...tokenizer.encode(text).ids, config.eos_token_id].slice(0, config.max_position_embeddings),
    targetStart: 1,
  };
}

async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const [json, options] = await Promise.all(
    ['tokenizer.json', 'tokenizer_config.json'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  return new Tokenizer(JSON.parse(json as string), JSON.parse(options as string));
}

async function writeInitialModel(folder: string): Promise<void> {
  const architecture = architectureOf(new ModelConfig(config, 'config.json'));
  const shape = { ...architecture, heads: config.num_attention_heads };
  await writeSafetensors(join(folder, 'model.safetensors'), initialWeights(shape, seed), { format: 'pt' });
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(join('resources/starter-model', name), join(folder, name));
  }
}
