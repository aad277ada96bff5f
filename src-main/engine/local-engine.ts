import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { LiveAdapter } from './adapters/adaptation.ts';
import { AdapterCache } from './adapters/adapter-cache.ts';
import { adapterFingerprint } from './adapters/adapter-fingerprint.ts';
import { AdapterMixes, type ScaledAdapter } from './adapters/adapter-mix.ts';
import type { LoraWeights } from './adapters/lora.ts';
import { mergeModel } from './adapters/merge.ts';
import { fitAdapter } from './adapters/peft-layout.ts';
import { unpackAdapter } from './adapters/unpack-adapter.ts';
import { writeAdapter } from './adapters/write-adapter.ts';
import { analyseAdapters } from './analysis/analyse.ts';
import { timePasses } from './analysis/latency.ts';
import { answeringMemory } from './answering/answering-memory.ts';
import { Decoder } from './answering/decoder.ts';
import { architectureOf, refuseKind } from './architectures/by-model-type.ts';
import { ModelConfig, readModelConfig } from './architectures/model-config.ts';
import type { Backend } from './backends/backend.ts';
import { findDevices } from './backends/devices.ts';
import { onnxruntimeBackend } from './backends/onnxruntime/onnxruntime-backend.ts';
import { tfjsBackend } from './backends/tfjs/tfjs-backend.ts';
import type {
  AdapterChoice,
  Engine,
  GenerateJob,
  TokenEvent,
  TrainEvent,
  TrainJob,
  TrainTogetherEvent,
  TrainTogetherJob,
} from './engine.ts';
import { checkSafetensors } from './formats/check-safetensors.ts';
import { openGguf } from './formats/gguf.ts';
import { modelTypeOfGguf } from './formats/gguf-config.ts';
import { partsReadFirst } from './formats/parts-read-first.ts';
import { readPeft, readPeftConfig } from './formats/peft.ts';
import { unpackGguf } from './formats/unpack-gguf.ts';
import { loadModel } from './model/load-model.ts';
import type { LoadedModel } from './model/loaded-model.ts';
import type { LoadingProgress } from './model/loading-progress.ts';
import { precisionFor } from './model/matrix-choices.ts';
import { modelFilesOf } from './model/model-files.ts';
import { ModelSlot } from './model/model-slot.ts';
import { inspectModel } from './model/open-model.ts';
import { elements } from './tensor.ts';
import { toldMeanwhile } from './told-meanwhile.ts';
import { scoreRows } from './training/score.ts';
import { trainModel } from './training/train.ts';
import { trainTogether } from './training/train-together.ts';
import { trainingMemory } from './training/training-memory.ts';

/**
 * The engine in this thread. It keeps one base model loaded: a second one replaces it. `auto` is onnxruntime; a
 * training that asks for tfjs gets its own model on that backend.
 */
export function localEngine(backend: Backend = onnxruntimeBackend()): Engine {
  const adapters = new AdapterCache();
  const mixes = new AdapterMixes();
  const slot = new ModelSlot({
    filesOf: modelFilesOf,
    load: (folder, precision, loading) => loadModel(folder, backend, precision, loading),
    comesTo: async (precision, { architecture }) =>
      precision === 'auto' ? precisionFor(architecture, backend) : precision,
  });

  const decoders = new WeakMap<LoadedModel, Decoder>();

  function decoderOf(model: LoadedModel): Decoder {
    const decoder = decoders.get(model) ?? new Decoder(model);
    decoders.set(model, decoder);
    return decoder;
  }

  async function liveAdapter(choice: AdapterChoice | null, model: LoadedModel): Promise<LiveAdapter | null> {
    if (choice === null) return null;
    if (choice.with === undefined || choice.with.length === 0) {
      const weights = await adapters.choose(choice.folder, model.architecture);
      return { weights, scale: (weights.kind === 'lora' ? weights.scale : 1) * choice.strength };
    }
    const parts: ScaledAdapter[] = [];
    for (const { folder, strength } of [choice, ...choice.with]) {
      const weights = await adapters.get(folder, model.architecture);
      parts.push({ weights, scale: weights.scale * strength });
    }
    return mixes.get(parts, model.architecture);
  }

  async function* train(job: TrainJob, signal: AbortSignal, awaited: AwaitedShares): AsyncGenerator<TrainEvent> {
    const other = job.backend === 'tfjs';
    // Full training changes the weights in place: it works on its own copy of the model, as does training on another
    // backend.
    const own = other || job.method.kind === 'full';
    const { model, giveBack } = own
      ? await ownModel(job.modelFolder, other ? await tfjsBackend() : backend)
      : await slot.borrow(job.modelFolder, job.precision, hears(awaited));
    try {
      yield* trainModel(model, job, adapters, signal);
    } finally {
      await giveBack();
      // It may have been rewritten.
      adapters.forget(job.outputFolder);
      slot.forget(job.outputFolder);
    }
  }

  async function* trainAll(
    job: TrainTogetherJob,
    signal: AbortSignal,
    awaited: AwaitedShares,
  ): AsyncGenerator<TrainTogetherEvent> {
    const [first] = job.jobs;
    if (first === undefined) return;
    const isMixed = job.jobs.some(
      (each) => each.modelFolder !== first.modelFolder || each.precision !== first.precision,
    );
    if (isMixed) throw new Error('trainings on different bases have no pass to share');
    const { model, giveBack } = await slot.borrow(first.modelFolder, first.precision, hears(awaited));
    try {
      yield* trainTogether(model, job, adapters, signal);
    } finally {
      await giveBack();
      for (const { outputFolder } of job.jobs) adapters.forget(outputFolder);
    }
  }

  async function* answer(job: GenerateJob, signal: AbortSignal, awaited: AwaitedShares): AsyncGenerator<TokenEvent> {
    const { model, giveBack } = await slot.borrow(job.modelFolder, job.precision, hears(awaited));
    try {
      yield* decoderOf(model).stream(
        () => liveAdapter(job.adapter, model),
        job,
        signal,
        (share) => {
          awaited.read = share;
        },
      );
    } finally {
      giveBack();
    }
  }

  return {
    device: async () => ({ backend: backend.name, device: backend.device, threads: backend.threads }),
    memory: async () => ({ pid: process.pid, rssBytes: process.memoryUsage.rss() }),
    devices: () => findDevices(backend),
    inspect: inspectModel,
    async check({ file, kind }) {
      if (kind === 'safetensors') await checkSafetensors(file);
      else if (kind === 'gguf') await (await openGguf(file)).close();
      else if (kind === 'config') architectureOf(await readModelConfig(dirname(file), basename(file)));
      else await checkAdapterConfig(file);
    },
    async checkKind({ name, of }) {
      const values = 'gguf' in of ? { model_type: modelTypeOfGguf(of.gguf) } : of.config;
      refuseKind(new ModelConfig(values, name));
    },
    partsReadFirst: ({ file, sizeBytes }) => partsReadFirst(file, sizeBytes),
    async unpack({ file, folder }) {
      await unpackGguf(file, folder);
      // It may hold an unsupported kind of model; better to say so before a large file is copied.
      architectureOf(await readModelConfig(folder));
    },
    async inspectAdapter({ modelFolder, adapterFolder }) {
      const architecture = architectureOf(await readModelConfig(modelFolder));
      const weights = fitAdapter(await readPeft(adapterFolder), architecture, adapterFolder);
      const { rank, alpha, scale, targets, tensors } = weights;
      const file = join(adapterFolder, 'adapter_model.safetensors');
      const parameters = [...tensors.values()].reduce((sum, { dims }) => sum + elements(dims), 0);
      const { size: bytes } = await stat(file);
      return { rank, alpha, scale, targets, parameters, bytes, ...(await adapterFingerprint(file, weights)) };
    },
    unpackAdapter,
    trainingMemory: (job) => trainingMemory(job, backend),
    answeringMemory: (job) => answeringMemory(job, backend),
    train(job, signal) {
      const awaited: AwaitedShares = {};
      return toldMeanwhile(train(job, signal, awaited), () => loadingOf(awaited));
    },
    async *trainTogether(job, signal) {
      const awaited: AwaitedShares = {};
      for await (const event of toldMeanwhile(trainAll(job, signal, awaited), () => loadingOf(awaited))) {
        if ('job' in event) yield event;
        else for (const place of job.jobs.keys()) yield { job: place, event };
      }
    },
    merge: mergeModel,
    writeAdapter,
    async score({ modelFolder, precision, adapter, examples }, signal) {
      const { model, giveBack } = await slot.borrow(modelFolder, precision);
      try {
        return { logprobs: await scoreRows(model, await liveAdapter(adapter, model), examples, signal) };
      } finally {
        giveBack();
      }
    },
    generate(job, signal) {
      const awaited: AwaitedShares = {};
      return toldMeanwhile(
        answer(job, signal, awaited),
        () => loadingOf(awaited) ?? (awaited.read === undefined ? undefined : { kind: 'reading', share: awaited.read }),
      );
    },
    async *analyse(job, signal) {
      const architecture = architectureOf(await readModelConfig(job.modelFolder));
      if (job.kind === 'similarity') {
        const pair = [job.firstFolder, job.secondFolder].map((folder) => adapters.get(folder, architecture));
        const [first, second] = await Promise.all(pair);
        yield* analyseAdapters(job, { architecture, adapters: [first as LoraWeights, second] }, signal);
        return;
      }
      // The weights as stored, not as rounded for speed.
      const { model, giveBack } = await slot.borrow(job.modelFolder, 'float32');
      try {
        const adapter = await adapters.get(job.adapterFolder, architecture);
        yield* analyseAdapters(job, { architecture, weights: model.weights, adapters: [adapter] }, signal);
      } finally {
        giveBack();
      }
    },
    async *latency(job, signal) {
      // Merging needs the weights as floats; the other variants are timed on the same ones.
      const { model, giveBack } = await slot.borrow(job.modelFolder, 'float32');
      try {
        yield* timePasses(model, job, signal);
      } finally {
        giveBack();
      }
    },
  };
}

/** On its own, a config cannot be checked against its model. Also throws ADAPTER_UNSUPPORTED. */
async function checkAdapterConfig(file: string): Promise<void> {
  const { fanInFanOut } = await readPeftConfig(file);
  if (!fanInFanOut) return;
  const why = because('ADAPTER_KEY', { key: 'fan_in_fan_out' });
  throw new StudioError('ADAPTER_UNSUPPORTED', { adapter: dirname(file), ...why });
}

/** What the first token of an answer, or the first step of a training, waits for. */
interface AwaitedShares {
  loading?: LoadingProgress;
  /** The share of the prompt that has been read. */
  read?: number;
}

function hears(awaited: AwaitedShares): (loading: LoadingProgress) => void {
  return (loading) => {
    awaited.loading = loading;
  };
}

function loadingOf({ loading }: AwaitedShares): { kind: 'loading'; share: number } | undefined {
  return loading?.share === undefined ? undefined : { kind: 'loading', share: loading.share };
}

async function ownModel(folder: string, backend: Backend) {
  const model = await loadModel(folder, backend);
  return { model, giveBack: () => model.release() };
}
