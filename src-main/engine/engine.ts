import type { Target } from '../../src-contract/adapter.ts';
import type { PrecisionChoice } from '../../src-contract/base-model.ts';

/**
 * The engine's front door. It deals in token ids, numbers and file paths: it knows no text, no task and no database.
 * Callers hold an `Engine`; `engine-port.ts` gives the same type from another process.
 */
export interface Engine {
  /** What the engine runs on, in words a person can read. */
  device(): Promise<DeviceFacts>;
  /** Looks for all devices and times them; takes a second or two. */
  devices(): Promise<DeviceReport[]>;
  /** Resident memory of the process that the engine runs in, which may be the caller's own. */
  memory(): Promise<{ readonly pid: number; readonly rssBytes: number }>;
  /** Reads and validates config and tensor directory of a model folder (safetensors, or one GGUF file) without loading the weights. Throws MODEL_FILE_INVALID, MODEL_UNSUPPORTED. */
  inspect(modelFolder: string): Promise<ModelFacts>;
  /** Reads and validates one file on its own, without its weights. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID, MODEL_UNSUPPORTED, ADAPTER_UNSUPPORTED. */
  check(job: { file: string; kind: 'safetensors' | 'gguf' | 'config' | 'adapter-config' }): Promise<void>;
  /** Writes what a GGUF file says of its model into a folder: config, tokenizer, chat template, model card. Throws as `inspect` does. */
  unpack(job: { file: string; folder: string }): Promise<void>;
  /** Validates a PEFT folder against a base. Throws ADAPTER_SHAPE, ADAPTER_UNSUPPORTED, MODEL_FILE_INVALID. */
  inspectAdapter(job: { modelFolder: string; adapterFolder: string }): Promise<AdapterFacts>;
  /**
   * Trains until done or aborted; an abort keeps the checkpoint of the last finished step and the best adapter so far.
   * Throws as `inspect` and `inspectAdapter` do, and CONTEXT_TOO_LONG, DATASET_TOO_SMALL, RUN_DIVERGED, RUN_NOT_RESUMABLE, DISK_FULL.
   */
  train(job: TrainJob, signal: AbortSignal): AsyncIterable<TrainEvent>;
  /** What a training would hold in memory, by part, without loading the weights. Throws as `inspect` does. */
  trainingMemory(job: TrainingMemoryJob): Promise<TrainingMemory>;
  /** Trains several LoRA adapters over one base, as many side by side as pays; each event names its job. Throws as `train` does. */
  trainTogether(job: TrainTogetherJob, signal: AbortSignal): AsyncIterable<TrainTogetherEvent>;
  /**
   * Writes a Hugging Face folder whose weights are W + scale · BA; what an abort leaves is for the caller to remove.
   * Throws as `inspect` and `inspectAdapter` do, DISK_FULL, OPTION_INVALID where a number does not fit the type.
   */
  merge(job: MergeJob, signal: AbortSignal): AsyncIterable<MergeEvent>;
  /** Writes an adapter or a mix, its strength included, for others to use. Throws as `inspect` and `inspectAdapter` do, DISK_FULL. */
  writeAdapter(job: WriteAdapterJob): Promise<void>;
  /** Natural log-probability of every target token of every example. Throws CONTEXT_TOO_LONG. */
  score(job: ScoreJob, signal: AbortSignal): Promise<ScoreOutcome>;
  /** Streams the ids that the model writes; ends at a stop id, at the limit or on abort. Throws CONTEXT_TOO_LONG, MODEL_WITHOUT_NUMBERS. */
  generate(job: GenerateJob, signal: AbortSignal): AsyncIterable<AwaitedEvent | TokenEvent>;
  /** Compares what adapters have learnt, matrix by matrix. Throws as `inspectAdapter` does. */
  analyse(job: AnalyseJob, signal: AbortSignal): AsyncIterable<AnalysisEvent>;
  /** Times a forward pass of several variants in turn; one round at a time, milliseconds by variant. */
  latency(job: LatencyJob, signal: AbortSignal): AsyncIterable<readonly number[]>;
}

export interface DeviceFacts {
  readonly backend: string;
  readonly device: string;
  readonly threads: number;
}

export interface DeviceReport {
  readonly id: 'cpu' | 'webgpu' | 'cuda';
  readonly found: boolean;
  /** In words, where it was found. */
  readonly device: string | null;
  /** Measured on a product of two matrices of floats. */
  readonly gigaflops: number | null;
  /** What the library said that did not find it. */
  readonly reason: string | null;
  /** Whether the engine was started for it: models run on it, or on nothing where it was not found. */
  readonly used: boolean;
}

export interface ModelFacts {
  readonly architecture: string;
  readonly parameters: number;
  readonly layers: number;
  readonly hidden: number;
  readonly vocabulary: number;
  readonly contextLength: number;
  /** Storage type of most weights: F32, F16, BF16, or a GGUF type such as Q4_1. */
  readonly dtype: string;
  readonly sizeBytes: number;
  /** Ids that end a text. */
  readonly endIds: readonly number[];
  /** [out, in] of each adaptable matrix, the same in every layer. */
  readonly targets: Readonly<Partial<Record<Target, readonly [number, number]>>>;
}

export interface AdapterFacts {
  readonly rank: number;
  readonly alpha: number;
  readonly scale: number;
  readonly targets: readonly Target[];
  readonly parameters: number;
  /** Of adapter_model.safetensors. */
  readonly bytes: number;
  /** Of all that decides its answers: the weights file, and of the config the rank, the scale and the targets. */
  readonly sha256: string;
  /** Of the weights file alone, which was the fingerprint of adapters that earlier versions kept. */
  readonly weightsSha256: string;
}

/** An adapter in use: `strength` multiplies its scale. The updates of those in `with`, if any, are added to its own. */
export interface AdapterChoice {
  readonly folder: string;
  readonly strength: number;
  readonly with?: readonly { readonly folder: string; readonly strength: number }[];
}

/**
 * How the base's frozen matrices are multiplied: as floats, or rounded to eight bits, faster and with a loss that differs
 * in the second digit. `auto` picks eight bits for a large base on a processor that has them.
 */
export type { PrecisionChoice };

export interface MergeJob {
  readonly modelFolder: string;
  readonly adapter: AdapterChoice;
  readonly outputFolder: string;
  /** The storage type; `same` is the base's own, tensor by tensor, and half precision in place of blocks of integers. */
  readonly dtype: 'same' | 'F32' | 'F16' | 'BF16';
}

export type MergeEvent =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | {
      readonly kind: 'finished';
      readonly bytes: number;
      readonly dtypes: readonly string[];
      /** What subtracting scale · BA again would leave: the largest difference from W, as a share of the largest weight. */
      readonly residue: number;
    };

export interface WriteAdapterJob {
  readonly modelFolder: string;
  readonly adapter: AdapterChoice;
  readonly format: 'peft' | 'gguf';
  /** A folder for PEFT, a file for GGUF. */
  readonly out: string;
  /** Noted in a GGUF file. */
  readonly name: string;
}

/** `ids` is the prompt followed by the target; the target begins at index `targetStart`. */
export interface TokenExample {
  readonly ids: readonly number[];
  readonly targetStart: number;
}

export interface LoraSettings {
  readonly kind: 'lora';
  readonly rank: number;
  readonly alpha: number;
  readonly targets: readonly Target[];
  readonly dropout: number;
  readonly initialisation: 'kaiming' | 'gaussian';
  /** Continue from this PEFT folder instead of fresh A and B. */
  readonly initFolder: string | null;
}

/** Small layers between those of the base: the method that LoRA is compared with. Its adapters work like LoRA's in `score` and `generate`. */
export interface AdapterLayerSettings {
  readonly kind: 'adapter-layers';
  /** Houlsby et al. 2019 (after attention and after the MLP) or Lin et al. 2020 (after each layer, with a LayerNorm). */
  readonly design: 'houlsby' | 'lin';
  /** Width of the layer's middle. */
  readonly bottleneck: number;
}

export interface TrainJob {
  readonly modelFolder: string;
  /** Safetensors with `ids` I32 [tokens], `offsets` I32 [rows + 1], `target_starts` I32 [rows]; see tasks/token-file.ts. */
  readonly trainFile: string;
  readonly validationFile: string | null;
  readonly method: LoraSettings | AdapterLayerSettings | { readonly kind: 'full' };
  readonly learningRate: number;
  readonly schedule: 'linear' | 'cosine' | 'constant';
  readonly warmupSteps: number;
  readonly weightDecay: number;
  readonly gradientClip: number;
  readonly epochs: number;
  readonly maxSteps: number | null;
  /** Rows of one optimiser step. */
  readonly batchSize: number;
  readonly seed: number;
  readonly shuffle: boolean;
  /** Share of each target's probability that is spread evenly over the vocabulary; absent is 0. */
  readonly labelSmoothing?: number;
  /** Computes each layer again in the backward pass in place of keeping it: less memory, more time, the same numbers. */
  readonly gradientCheckpointing?: boolean;
  /** Ends the run when so many validations in a row brought nothing better; null or absent never does. */
  readonly patience?: number | null;
  /** What the model is to write at each validation, with the weights of that moment. */
  readonly samples?: SampleJob;
  /** Which runtime does the work; absent or `auto` leaves the choice to the engine. */
  readonly backend?: 'auto' | 'onnxruntime' | 'tfjs';
  /** Absent is `auto`; training every weight is always done in floats. */
  readonly precision?: PrecisionChoice | undefined;
  readonly validationEvery: number | null;
  /** Where the best adapter (PEFT folder) or the trained model (Hugging Face folder) is written. */
  readonly outputFolder: string;
  /** Where the resumable state lives; continues from it when it holds one. */
  readonly checkpointFolder: string;
  /** Optimiser steps between checkpoints; null picks by time. */
  readonly checkpointEvery: number | null;
}

/** What decides about the memory of a training. */
export interface TrainingMemoryJob
  extends Pick<
    TrainJob,
    'modelFolder' | 'batchSize' | 'seed' | 'shuffle' | 'labelSmoothing' | 'gradientCheckpointing' | 'precision'
  > {
  readonly method: Pick<LoraSettings, 'rank' | 'targets' | 'dropout'>;
  /** The rows, or an even sample of them, in their order. */
  readonly rows: readonly TokenExample[];
  readonly validationRows: readonly TokenExample[];
  /** Of what is written at each validation: tokens of the longest prompt and answer. Null where nothing is. */
  readonly samples: { readonly prompt: number; readonly answer: number } | null;
  /** Adapters that are trained besides, on the same rows and matrices. */
  readonly others?: readonly { readonly rank: number; readonly seed: number }[];
}

/** Bytes; and how many adapters share their passes, one pass group after the other. */
export interface TrainingMemory {
  readonly passGroups: readonly number[];
  readonly weights: number;
  /** The adapter with its gradients, and the best so far. */
  readonly adapter: number;
  readonly optimiser: number;
  /** What a training pass keeps for the way back. */
  readonly activations: number;
  readonly validation: number;
  /** What writing sample answers takes: keys and values, and the executable's own copy of the weights. */
  readonly cache: number;
  /** The compiled graphs themselves. */
  readonly graphs: number;
}

export interface TrainTogetherJob {
  /** On one base, with one precision. */
  readonly jobs: readonly TrainJob[];
  /** How many share a pass; absent leaves it to the engine, by how far one step fills the machine. */
  readonly together?: number | undefined;
}

export interface TrainTogetherEvent {
  /** The place of the job that it is about. */
  readonly job: number;
  readonly event: TrainEvent | DivergedEvent;
}

/** One of several trainings ends here, for what RUN_DIVERGED says of one by itself; the others go on. */
export interface DivergedEvent {
  readonly kind: 'diverged';
  readonly step: number;
  /** Places of the rows whose loss was no number, separated by commas. */
  readonly rows: string;
  /** Whose rows they are: those that it is trained on, or those that it is measured on. */
  readonly split?: 'train' | 'validation' | undefined;
}

export interface SampleJob {
  readonly prompts: readonly (readonly number[])[];
  /** Longest answer, in tokens. */
  readonly maxTokens: number;
  readonly stopIds: readonly number[];
}

export type TrainEvent =
  | {
      readonly kind: 'started';
      readonly totalSteps: number;
      /** Steps already done, when resumed. */
      readonly step: number;
      readonly trainRows: number;
      readonly validationRows: number;
      readonly trainableParameters: number;
      readonly totalParameters: number;
      readonly backend: string;
      readonly device: string;
      readonly precision: Exclude<PrecisionChoice, 'auto'>;
      /** When resumed: what was told up to that step, of which the last may not have been heard. Absent is nothing. */
      readonly told?: readonly TrainEvent[];
    }
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly loss: number;
      readonly learningRate: number;
      readonly gradientNorm: number;
      /** Of this step: all tokens run, and those that count in the loss. */
      readonly tokens: number;
      readonly targetTokens: number;
      readonly seconds: number;
      /** How many took it side by side: its seconds are an equal share of theirs. Absent is one. */
      readonly together?: number;
      readonly rssBytes: number;
      /** Of the rows of this step, the one with the highest mean loss, by its place in the token file. */
      readonly worst: RowLoss;
    }
  | {
      readonly kind: 'validation';
      readonly step: number;
      readonly loss: number;
      readonly best: boolean;
      /** The ids written after each of the job's sample prompts; empty where it has none. */
      readonly answers: readonly (readonly number[])[];
      /** The base's, at step 0 of a training that begins with an adapter. */
      readonly base?: { readonly loss: number; readonly answers: readonly (readonly number[])[] };
    }
  | { readonly kind: 'checkpoint'; readonly step: number }
  | {
      readonly kind: 'finished';
      readonly stopped: boolean;
      /** Whether it ended before its last step because nothing got better any more. */
      readonly early: boolean;
      readonly step: number;
      readonly bestValidationLoss: number | null;
      readonly baseValidationLoss: number | null;
      readonly peakRssBytes: number;
    };

export interface RowLoss {
  readonly row: number;
  /** Nats per target token. */
  readonly loss: number;
}

export interface ScoreJob {
  readonly modelFolder: string;
  /** Absent is `auto`. */
  readonly precision?: PrecisionChoice | undefined;
  readonly adapter: AdapterChoice | null;
  readonly examples: readonly TokenExample[];
}

export interface ScoreOutcome {
  /** One array per example, one number per target token; a target that is the very first token has none. */
  readonly logprobs: readonly (readonly number[])[];
}

export interface GenerateJob {
  readonly modelFolder: string;
  /** Absent is `auto`. */
  readonly precision?: PrecisionChoice | undefined;
  readonly adapter: AdapterChoice | null;
  readonly promptIds: readonly number[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  readonly stopIds: readonly number[];
  /** Whether tokens are guessed from the text and earlier answers before they are computed, which changes the speed alone (but see decision 0022, “Given up”); absent is true. */
  readonly draft?: boolean | undefined;
}

/** Before the first token: how much of the base has been loaded, or of the prompt read, from 0 to 1. */
export interface AwaitedEvent {
  readonly kind: 'loading' | 'reading';
  readonly share: number;
}

export type TokenEvent =
  | { readonly kind: 'token'; readonly id: number }
  | {
      readonly kind: 'finished';
      readonly finish: 'end' | 'length' | 'stopped';
      readonly firstTokenMs: number;
      readonly switchMs: number;
      readonly seconds: number;
      /** Tokens of the prompt that were read for this answer; the others were known from earlier ones. */
      readonly readTokens: number;
    };

/**
 * `similarity` compares the row spaces of two adapters' A (Hu et al. 2021, §7.2), `amplification` one adapter's B · A with
 * the weight it adapts (§7.3). Null takes all adapted matrices, or all layers.
 */
export type AnalyseJob = {
  readonly modelFolder: string;
  readonly targets: readonly Target[] | null;
  readonly layers: readonly number[] | null;
  /** For the random matrices that stand beside. */
  readonly seed: number;
} & (
  | { readonly kind: 'similarity'; readonly firstFolder: string; readonly secondFolder: string }
  | { readonly kind: 'amplification'; readonly adapterFolder: string }
);

export type AnalysisEvent =
  | { readonly kind: 'started'; readonly total: number }
  | {
      readonly kind: 'similarity';
      readonly target: Target;
      readonly layer: number;
      /** The size of the space that the directions lie in. */
      readonly width: number;
      /** φ for the first i directions of the first adapter and the first j of the second: [i − 1][j − 1]. */
      readonly similarity: readonly (readonly number[])[];
      /** The same for the right singular vectors of B · A: the directions that the adapter reacts to, the strongest first. */
      readonly effect: readonly (readonly number[])[];
      /** The same for two Gaussian matrices of the same shapes. */
      readonly random: readonly (readonly number[])[];
    }
  | {
      readonly kind: 'amplification';
      readonly target: Target;
      readonly layer: number;
      readonly rank: number;
      readonly weightNorm: number;
      readonly deltaNorm: number;
      readonly byDelta: number;
      readonly byWeight: number;
      readonly byRandom: number;
      readonly factor: number | null;
    };

/**
 * The base, LoRA added into its weights, LoRA beside them, each row with a LoRA of its own (`by-row`), the same row by row
 * by adding one in, running its row and taking it out again (`swapped`), or layers put between the base's own.
 */
export type LatencyVariant =
  | { readonly kind: 'base' }
  | {
      readonly kind: 'merged' | 'beside' | 'by-row' | 'swapped';
      readonly rank: number;
      readonly targets: readonly Target[];
    }
  | AdapterLayerSettings;

export interface LatencyJob {
  readonly modelFolder: string;
  readonly rows: number;
  readonly tokens: number;
  readonly variants: readonly LatencyVariant[];
  readonly trials: number;
  readonly seed: number;
}
