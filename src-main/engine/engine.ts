import type { Target } from '../../src-contract/adapter.ts';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { PrecisionChoice } from '../../src-contract/base-model.ts';
import type { AwaitedEvent } from '../../src-contract/chat.ts';
import type { FilePart } from './formats/parts-read-first.ts';

/**
 * The engine's public interface. It deals in token ids, numbers and file paths and knows nothing of tasks or the
 * database, and of text only the bytes of each token, for answers of a given form. Callers hold an `Engine`; `engine-port.ts` provides the same type across a process boundary.
 */
export interface Engine {
  /** A human-readable description of what the engine runs on. */
  device(): Promise<DeviceFacts>;
  /** Probes and benchmarks every device; takes a second or two. */
  devices(): Promise<DeviceReport[]>;
  /** Resident memory of the process the engine runs in, which may be the caller's own. */
  memory(): Promise<{ readonly pid: number; readonly rssBytes: number }>;
  /**
   * Reads and validates the config and tensor directory of a model folder (safetensors, or a single GGUF file) without
   * loading the weights. Throws MODEL_FILE_INVALID, MODEL_UNSUPPORTED.
   */
  inspect(modelFolder: string): Promise<ModelFacts>;
  /**
   * Reads and validates a single file, without its weights. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID,
   * MODEL_UNSUPPORTED, ADAPTER_UNSUPPORTED.
   */
  check(job: { file: string; kind: 'safetensors' | 'gguf' | 'config' | 'adapter-config' }): Promise<void>;
  /**
   * Judges what is known of a model before any file of it is here: some keys of its config, or the architecture that its
   * GGUF files name. `name` is what the failure calls it. Throws MODEL_UNSUPPORTED.
   */
  checkKind(job: {
    name: string;
    of: { readonly config: Readonly<Record<string, unknown>> } | { readonly gguf: string };
  }): Promise<void>;
  /**
   * The parts of a safetensors or GGUF file that `inspect` and `unpack` read, so that they can judge a model whose
   * weights are not here yet. `file` is its beginning; undefined if that ends within the header. Throws
   * MODEL_FILE_INVALID.
   */
  partsReadFirst(job: { file: string; sizeBytes: number }): Promise<readonly FilePart[] | undefined>;
  /**
   * Writes a GGUF file's metadata into a folder: config, tokenizer, chat template, model card. Throws as `inspect`
   * does.
   */
  unpack(job: { file: string; folder: string }): Promise<void>;
  /** Validates a PEFT folder against a base. Throws ADAPTER_SHAPE, ADAPTER_UNSUPPORTED, MODEL_FILE_INVALID. */
  inspectAdapter(job: { modelFolder: string; adapterFolder: string }): Promise<AdapterFacts>;
  /**
   * Writes a GGUF LoRA file as a PEFT folder for a base, and tells which base it names, if any. Throws as
   * `inspectAdapter` does, FILE_NOT_FOUND, FILE_UNREADABLE, NOT_AN_ADAPTER, MODEL_UNSUPPORTED,
   * ADAPTER_WRONG_ARCHITECTURE, DISK_FULL.
   */
  unpackAdapter(job: UnpackAdapterJob): Promise<{ readonly baseName?: string | undefined }>;
  /**
   * Trains until done or aborted; an abort keeps the checkpoint of the last completed step and the best adapter so far.
   * Throws as `inspect` and `inspectAdapter` do, and CONTEXT_TOO_LONG, DATASET_TOO_SMALL, RUN_DIVERGED,
   * RUN_NOT_RESUMABLE, DISK_FULL.
   */
  train(job: TrainJob, signal: AbortSignal): AsyncIterable<TrainEvent>;
  /** Estimates a training's memory use by part, without loading the weights. Throws as `inspect` does. */
  trainingMemory(job: TrainingMemoryJob): Promise<TrainingMemory>;
  /** Estimates what answers hold in memory at most, without loading the weights. Throws as `inspect` does. */
  answeringMemory(job: { modelFolder: string; precision?: PrecisionChoice }): Promise<AnsweringMemory>;
  /**
   * Trains several LoRA adapters over one base, as many side by side as pays off; each event names its job. Throws as
   * `train` does.
   */
  trainTogether(job: TrainTogetherJob, signal: AbortSignal): AsyncIterable<TrainTogetherEvent>;
  /**
   * Writes a model whose weights are W + scale · BA, as a Hugging Face folder or a GGUF file. On abort, the caller
   * removes the partial output. Throws as `inspect` and `inspectAdapter` do, DISK_FULL, and OPTION_INVALID where a number
   * does not fit the type.
   */
  merge(job: MergeJob, signal: AbortSignal): AsyncIterable<MergeEvent>;
  /** Exports an adapter or a mix, with its strength applied. Throws as `inspect` and `inspectAdapter` do, DISK_FULL. */
  writeAdapter(job: WriteAdapterJob): Promise<void>;
  /** Natural log-probability of every target token of every example. Throws CONTEXT_TOO_LONG. */
  score(job: ScoreJob, signal: AbortSignal): Promise<ScoreOutcome>;
  /** Streams the ids that the model writes; ends at a stop id, at the limit or on abort. Throws CONTEXT_TOO_LONG, MODEL_WITHOUT_NUMBERS, FORM_REFUSED, FORM_NOT_WRITABLE. */
  generate(job: GenerateJob, signal: AbortSignal): AsyncIterable<AwaitedEvent | TokenEvent>;
  /** Compares what adapters have learnt, matrix by matrix. Throws as `inspectAdapter` does. */
  analyse(job: AnalyseJob, signal: AbortSignal): AsyncIterable<AnalysisEvent>;
  /** Times a forward pass of several variants in alternation; yields each round, in milliseconds per variant. */
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
  /** Human-readable description of where it was found. */
  readonly device: string | null;
  /** Measured on a product of two float matrices. */
  readonly gigaflops: number | null;
  /** The library's message when the device was not found. */
  readonly reason: string | null;
  /** Whether the engine was started for this device: models run on it, or fail to run where it was not found. */
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

/** In bytes, beyond what an engine holds without a base. */
export interface AnsweringMemory {
  /** For answers of the base and of adapters, with a conversation of a thousand tokens. */
  readonly bytes: number;
}

export interface AdapterFacts {
  readonly rank: number;
  readonly alpha: number;
  readonly scale: number;
  readonly targets: readonly Target[];
  readonly parameters: number;
  /** Of adapter_model.safetensors. */
  readonly bytes: number;
  /** Over everything that determines its answers: the weights file, and the config's rank, scale and targets. */
  readonly sha256: string;
  /** Of the weights file alone: the fingerprint that earlier versions stored. */
  readonly weightsSha256: string;
}

export interface UnpackAdapterJob {
  readonly file: string;
  readonly modelFolder: string;
  /** A new PEFT folder. */
  readonly folder: string;
}

/** An adapter in use: `strength` multiplies its scale. The updates of those in `with`, if any, are added to its own. */
export interface AdapterChoice {
  readonly folder: string;
  readonly strength: number;
  readonly with?: readonly { readonly folder: string; readonly strength: number }[];
}

/**
 * How the base's frozen matrices are multiplied: as floats, or rounded to eight bits, which is faster and changes the
 * loss in the second digit. `auto` picks eight bits for a large base on a processor that supports them.
 */
export type { PrecisionChoice };

export interface MergeJob {
  readonly modelFolder: string;
  readonly adapter: AdapterChoice;
  /** A new Hugging Face folder or, with `gguf`, a file. */
  readonly out: string;
  /** For one GGUF file with everything in it: what the engine does not know. */
  readonly gguf?: {
    readonly name: string;
    /** The base's own; undefined for one that reads a text as it is. */
    readonly chatTemplate: string | undefined;
    /** Whether such a base reads all turns of a conversation, or the last alone. */
    readonly readsTurns: boolean;
    /** What ends an answer; the first is the one that training writes. */
    readonly endIds: readonly number[];
  };
  /**
   * The storage type; `same` keeps the base's own, tensor by tensor, but half precision instead of integer blocks.
   * `Q8_0`, for GGUF only, are 8 bits and a scale for every 32 numbers.
   */
  readonly dtype: 'same' | 'F32' | 'F16' | 'BF16' | 'Q8_0';
}

export type MergeEvent =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | {
      readonly kind: 'finished';
      /** Of the file of weights; one in GGUF holds the vocabulary, too. */
      readonly bytes: number;
      readonly dtypes: readonly string[];
      /**
       * The error left by subtracting scale · BA again: the largest difference from W, relative to the largest weight.
       */
      readonly residue: number;
    };

export interface WriteAdapterJob {
  readonly modelFolder: string;
  readonly adapter: AdapterChoice;
  readonly format: 'peft' | 'gguf';
  /** A folder for PEFT, a file for GGUF. */
  readonly out: string;
  /** Recorded in a GGUF file, as is the name of its base. */
  readonly name: string;
  readonly baseName: string;
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
  /** `gradient`: Kaiming, then turned by the gradients of the first batches. */
  readonly initialisation: 'kaiming' | 'gaussian' | 'gradient';
  /** Continue from this PEFT folder instead of fresh A and B. */
  readonly initFolder: string | null;
}

/**
 * Small layers inserted between those of the base: the method LoRA is compared with. Its adapters work like LoRA's in
 * `score` and `generate`.
 */
export interface AdapterLayerSettings {
  readonly kind: 'adapter-layers';
  /** Houlsby et al. 2019 (after attention and the MLP) or Lin et al. 2020 (after each layer, with a LayerNorm). */
  readonly design: 'houlsby' | 'lin';
  /** Width of the bottleneck in the middle of the layer. */
  readonly bottleneck: number;
}

export interface TrainJob {
  readonly modelFolder: string;
  /**
   * Safetensors with `ids` I32 [tokens], `offsets` I32 [rows + 1], `target_starts` I32 [rows]; see
   * tasks/token-file.ts.
   */
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
  /** Share of each target's probability spread evenly over the vocabulary; defaults to 0. */
  readonly labelSmoothing?: number;
  /** Recomputes layers in the backward pass instead of keeping activations: less memory, more time, same numbers. */
  readonly gradientCheckpointing?: boolean;
  /** Ends the run after this many validations in a row without improvement; never when null or absent. */
  readonly patience?: number | null;
  /** What the model generates at each validation, with the weights of that moment. */
  readonly samples?: SampleJob;
  /** Which runtime does the work; absent or `auto` leaves the choice to the engine. */
  readonly backend?: 'auto' | 'onnxruntime' | 'tfjs';
  /** Defaults to `auto`; full training always runs in floats. */
  readonly precision?: PrecisionChoice | undefined;
  readonly validationEvery: number | null;
  /** Where the best adapter (PEFT folder) or the trained model (Hugging Face folder) is written. */
  readonly outputFolder: string;
  /** Holds the resumable state; training continues from it if there is one. */
  readonly checkpointFolder: string;
  /** Optimiser steps between checkpoints; null picks by time. */
  readonly checkpointEvery: number | null;
}

/** What determines a training's memory use. */
export interface TrainingMemoryJob
  extends Pick<
    TrainJob,
    'modelFolder' | 'batchSize' | 'seed' | 'shuffle' | 'labelSmoothing' | 'gradientCheckpointing' | 'precision'
  > {
  readonly method: Pick<LoraSettings, 'rank' | 'targets' | 'dropout'>;
  /** The rows, or an evenly spaced sample of them, in order. */
  readonly rows: readonly TokenExample[];
  readonly validationRows: readonly TokenExample[];
  /** For the answers written at each validation: tokens of the longest prompt and answer. Null without samples. */
  readonly samples: { readonly prompt: number; readonly answer: number } | null;
  /** Further adapters trained on the same rows and matrices. */
  readonly others?: readonly { readonly rank: number; readonly seed: number }[];
}

/** In bytes, plus how many adapters share a pass in each successive pass group. */
export interface TrainingMemory {
  readonly passGroups: readonly number[];
  readonly weights: number;
  /** The adapter with its gradients, and the best one so far. */
  readonly adapter: number;
  readonly optimiser: number;
  /** What a training pass keeps for the backward pass. */
  readonly activations: number;
  readonly validation: number;
  /** What generating sample answers takes: the KV cache, and the executable's own copy of the weights. */
  readonly cache: number;
  /** The compiled graphs themselves. */
  readonly graphs: number;
}

export interface TrainTogetherJob {
  /** All on one base, with one precision. */
  readonly jobs: readonly TrainJob[];
  /** How many share a pass; absent leaves it to the engine, by how far one step fills the machine. */
  readonly together?: number | undefined;
}

export interface TrainTogetherEvent {
  /** Index of the job the event belongs to. */
  readonly job: number;
  readonly event: TrainEvent | DivergedEvent;
}

/** One of several trainings ends here, for the reason a single one throws RUN_DIVERGED; the others continue. */
export interface DivergedEvent {
  readonly kind: 'diverged';
  readonly step: number;
  /** Indices of the rows whose loss was not finite, separated by commas. */
  readonly rows: string;
  /** Which split the rows belong to. */
  readonly split?: 'train' | 'validation' | undefined;
}

export interface SampleJob {
  readonly prompts: readonly (readonly number[])[];
  /** Longest answer, in tokens. */
  readonly maxTokens: number;
  readonly stopIds: readonly number[];
}

export type TrainEvent =
  /** Before anything else: how much of the base has been loaded, from 0 to 1. */
  | { readonly kind: 'loading'; readonly share: number }
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
      /** When resumed: the events up to that step, the last of which may not have been received. Absent means none. */
      readonly told?: readonly TrainEvent[];
    }
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly loss: number;
      readonly learningRate: number;
      readonly gradientNorm: number;
      /** Of this step: all tokens processed, and those that count towards the loss. */
      readonly tokens: number;
      readonly targetTokens: number;
      readonly seconds: number;
      /** How many adapters took this step together, each charged an equal share of the seconds. Defaults to one. */
      readonly together?: number;
      readonly rssBytes: number;
      /** The row of this step with the highest mean loss, by its index in the token file. */
      readonly worst: RowLoss;
    }
  | {
      readonly kind: 'validation';
      readonly step: number;
      readonly loss: number;
      readonly best: boolean;
      /** The ids generated after each of the job's sample prompts; empty if it has none. */
      readonly answers: readonly (readonly number[])[];
      /** The base's own measurement, at step 0 of a training that starts from an adapter. */
      readonly base?: { readonly loss: number; readonly answers: readonly (readonly number[])[] };
    }
  | { readonly kind: 'checkpoint'; readonly step: number }
  | {
      readonly kind: 'finished';
      readonly stopped: boolean;
      /** Whether it ended before its last step because validation stopped improving. */
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
  /** Defaults to `auto`. */
  readonly precision?: PrecisionChoice | undefined;
  readonly adapter: AdapterChoice | null;
  readonly examples: readonly TokenExample[];
}

export interface ScoreOutcome {
  /** One array per example, one number per target token; a target that is the very first token gets none. */
  readonly logprobs: readonly (readonly number[])[];
}

/** Tokens of a prompt in other ids. */
export interface Respelled {
  readonly ids: readonly number[];
  /** Where in the prompt they end. */
  readonly end: number;
}

export interface GenerateJob {
  readonly modelFolder: string;
  /** Defaults to `auto`. */
  readonly precision?: PrecisionChoice | undefined;
  readonly adapter: AdapterChoice | null;
  readonly promptIds: readonly number[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  readonly stopIds: readonly number[];
  /**
   * What an answer must look like, as text: the engine reads the bytes of tokens from the model's tokenizer.json. It ends
   * where nothing more fits, or by a stop id where it may; one space before it does not count.
   */
  readonly form?: AnswerForm | undefined;
  /**
   * Whether to guess tokens speculatively from the text and earlier answers. Affects only speed (but see decision 0022,
   * “Given up”); defaults to true.
   */
  readonly draft?: boolean | undefined;
  /**
   * Words of the prompt as an answer would begin with them: without the space before, which is part of their ids. For
   * guesses, which are copied from the prompt.
   */
  readonly respelled?: readonly Respelled[] | undefined;
  /** Some answers that the adapter was trained to give. For guesses, until it has given answers itself. */
  readonly trained?: readonly (readonly number[])[] | undefined;
}

export type TokenEvent =
  | { readonly kind: 'token'; readonly id: number }
  | {
      readonly kind: 'finished';
      readonly finish: 'end' | 'length' | 'stopped';
      readonly firstTokenMs: number;
      readonly switchMs: number;
      readonly seconds: number;
      /** Prompt tokens actually read for this answer; the rest were cached from earlier ones. */
      readonly readTokens: number;
      /** Of one of some texts that was written to its end: the probability of a draw that writes it in the same tokens. */
      readonly certainty?: number;
    };

/**
 * `similarity` compares the row spaces of two adapters' A (Hu et al. 2021, §7.2), `amplification` one adapter's B · A
 * with the weight it adapts (§7.3). Null means all adapted matrices, or all layers.
 */
export type AnalyseJob = {
  readonly modelFolder: string;
  readonly targets: readonly Target[] | null;
  readonly layers: readonly number[] | null;
  /** For the random matrices used as a baseline. */
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
      /** The dimension of the space the directions lie in. */
      readonly width: number;
      /** φ for the first i directions of the first adapter and the first j of the second: [i − 1][j − 1]. */
      readonly similarity: readonly (readonly number[])[];
      /** The same for the right singular vectors of B · A: the directions the adapter responds to, strongest first. */
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
 * The base alone; LoRA merged into its weights; LoRA beside them; a separate LoRA per row (`by-row`); the same row by
 * row by merging one in, running its row and taking it out again (`swapped`); or adapter layers inserted between the
 * base's own.
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
