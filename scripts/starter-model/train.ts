import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Tokenizer } from '@huggingface/tokenizers';
import { architectureOf } from '../../src-main/engine/architectures/by-model-type.ts';
import { ModelConfig } from '../../src-main/engine/architectures/model-config.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import type { TrainEvent, TrainJob } from '../../src-main/engine/engine.ts';
import { writeSafetensors } from '../../src-main/engine/formats/safetensors.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';
import { Random } from '../../src-main/engine/random.ts';
import { writeTokenFile } from '../../src-main/tasks/token-file.ts';
import { corpus } from './corpus.ts';
import { initialWeights } from './initial-weights.ts';
import { type Lesson, lessons } from './lessons.ts';
import { Random as StarterRandom } from './random.ts';

/**
 * Makes the starter model: trains every weight of a small random Llama on generated text with the studio's own engine,
 * first to write the corpus, then to look things up in what it reads. If interrupted and run again, it resumes from its
 * last checkpoint, bit for bit. `--steps` and `--lesson-steps` set the length; `--from` skips the first stage.
 */
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '4500' },
    'lesson-steps': { type: 'string', default: '6000' },
    from: { type: 'string' },
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
/** Initial steps that see only repetitions. */
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

const batchSize = Number(values.batch);
const work = values.work;
const first = values.from ?? join(work, 'first');

const tokenizer = await loadTokenizer('resources/starter-model');
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
const engine = localEngine(onnxruntimeBackend({ threads: Number(values.threads) }));

if (values.from === undefined) {
  const initial = join(work, 'initial');
  await writeInitialModel(initial);
  await takeCourse('writing', {
    modelFolder: initial,
    outputFolder: first,
    steps: Number(values.steps),
    rows: rows(),
    unseen: Array.from(take(corpus(seed + 1), 200), rowOf),
  });
}
if (!stop.signal.aborted) {
  await takeCourse('reading', {
    modelFolder: first,
    outputFolder: values.out,
    steps: Number(values['lesson-steps']),
    rows: lessonRows(),
    unseen: Array.from(take(lessons(new StarterRandom(seed + 1)), 200), lessonRow),
  });
}

interface Row {
  readonly ids: readonly number[];
  readonly targetStart: number;
}

interface Course {
  readonly modelFolder: string;
  readonly outputFolder: string;
  readonly steps: number;
  readonly rows: Iterator<Row>;
  readonly unseen: readonly Row[];
}

async function takeCourse(name: string, course: Course): Promise<void> {
  const folder = join(work, name);
  await mkdir(folder, { recursive: true });
  const [trainFile, validationFile] = [join(folder, 'train.tokens'), join(folder, 'validation.tokens')];
  const count = course.steps * batchSize;
  const { tokens, targetTokens } = await writeTokenFile(trainFile, inBatches(course.rows, count));
  await writeTokenFile(validationFile, course.unseen);
  console.error(`${name}: ${count} documents, ${tokens} tokens (${targetTokens} predicted)`);
  const job: TrainJob = {
    modelFolder: course.modelFolder,
    trainFile,
    validationFile,
    method: { kind: 'full' },
    learningRate: Number(values['learning-rate']),
    schedule: 'cosine',
    warmupSteps: 100,
    weightDecay: 0.05,
    gradientClip: 1,
    epochs: 1,
    maxSteps: course.steps,
    batchSize,
    seed,
    shuffle: false,
    validationEvery: 400,
    outputFolder: course.outputFolder,
    checkpointFolder: join(folder, 'checkpoint'),
    checkpointEvery: 100,
  };
  for await (const event of engine.train(job, stop.signal)) report(event, course.steps);
}

function report(event: TrainEvent, steps: number): void {
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

/**
 * Documents sorted by length within a stretch, cut into batches and these shuffled: little padding, no overall order.
 */
function* inBatches(source: Iterator<Row>, count: number): Generator<Row> {
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

/** At first only repetitions, until copying is reliable; then the corpus, with every sixth row a repetition. */
function* rows(): Generator<Row, never> {
  const documents = corpus(seed);
  const random = new Random(seed, 3);
  for (let i = 0; ; i++) {
    const repetition = i < copyingSteps * batchSize || i % 6 === 0;
    yield repetition ? repeatedTokens(random) : rowOf(documents.next().value);
  }
}

/** Mostly lessons; the corpus in every fifth place, so that nothing is forgotten, and a repetition in every ninth. */
function* lessonRows(): Generator<Row, never> {
  const source = lessons(new StarterRandom(seed + 2));
  const documents = corpus(seed + 2);
  const random = new Random(seed, 4);
  for (let i = 0; ; i++) {
    if (i % 9 === 0) yield repeatedTokens(random);
    else yield i % 5 === 0 ? rowOf(documents.next().value) : lessonRow(source.next().value);
  }
}

/** 8 to 31 random tokens, repeated two to four times. The first occurrence can't be known, and is not predicted. */
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

/** Every token but the first is predicted, including the end of the text. */
function rowOf({ text }: { text: string }): Row {
  return {
    ids: [...tokenizer.encode(text).ids, config.eos_token_id].slice(0, config.max_position_embeddings),
    targetStart: 1,
  };
}

/** A lesson's target and the end of the text are predicted; its context is only read. */
function lessonRow({ context, target }: Lesson): Row {
  const read = tokenizer.encode(context).ids;
  const ids = [...read, ...tokenizer.encode(target).ids, config.eos_token_id];
  return { ids: ids.slice(0, config.max_position_embeddings), targetStart: read.length };
}

async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const [json, options] = await Promise.all(
    ['tokenizer.json', 'tokenizer_config.json'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  return new Tokenizer(JSON.parse(json as string), JSON.parse(options as string));
}

async function writeInitialModel(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const architecture = architectureOf(new ModelConfig(config, 'config.json'));
  const shape = { ...architecture, heads: config.num_attention_heads };
  await writeSafetensors(join(folder, 'model.safetensors'), initialWeights(shape, seed), { format: 'pt' });
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(join('resources/starter-model', name), join(folder, name));
  }
}
