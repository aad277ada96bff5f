import { z } from 'zod';
import { downloadProgressSchema } from './download-progress.ts';
import { keptFailureSchema } from './kept-failure.ts';

/**
 * How a base's matrices are stored: as floats, quantised to 8 or 4 bits, or whatever suits the base and the processor.
 */
export const precisionSchema = z.enum(['auto', 'float32', 'int8', 'int4']);
export type PrecisionChoice = z.infer<typeof precisionSchema>;

export const baseModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  architecture: z.string(),
  parameters: z.number().int(),
  layers: z.number().int(),
  hidden: z.number().int(),
  vocabulary: z.number().int(),
  dtype: z.string(),
  /** Hash over config.json, tokenizer.json and the weight files, by name. */
  sha256: z.string(),
  licence: z.string(),
  contextLength: z.number().int(),
  sizeBytes: z.number().int(),
  path: z.string(),
  /** The starter model that ships with the studio; it cannot be deleted. */
  builtIn: z.boolean(),
  hasChatTemplate: z.boolean(),
  /** Its entry in the catalogue if it was downloaded from there or ships with the studio; otherwise null. */
  catalogueId: z.string().nullable(),
  createdAt: z.number().int(),
});
export type BaseModel = z.infer<typeof baseModelSchema>;

export const modelFileVerdictSchema = z.object({
  path: z.string(),
  verdict: z.enum(['accept', 'reject', 'unsupported']),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type ModelFileVerdict = z.infer<typeof modelFileVerdictSchema>;

/**
 * Where a catalogue model can be downloaded from: the Hugging Face hub, or a Python package that contains it as a GGUF
 * file.
 */
export const modelOriginSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hub'),
    repository: z.string(),
    /** A commit, so that everyone gets the same files. */
    revision: z.string(),
    /** One GGUF file of the repository; absent if its config, tokenizer and safetensors are the model. */
    file: z.string().optional(),
    dtype: z.string(),
    sizeBytes: z.number().int(),
  }),
  z.object({
    kind: z.literal('wheel'),
    package: z.string(),
    version: z.string(),
    file: z.string(),
    sha256: z.string(),
    sizeBytes: z.number().int(),
    /** The GGUF file inside the package. */
    member: z.string(),
    memberSha256: z.string(),
    memberBytes: z.number().int(),
    dtype: z.string(),
  }),
]);
export type ModelOrigin = z.infer<typeof modelOriginSchema>;

export const catalogueEntrySchema = z.object({
  id: z.string(),
  name: z.string(),
  parameters: z.number().int(),
  layers: z.number().int(),
  hidden: z.number().int(),
  vocabulary: z.number().int(),
  contextLength: z.number().int(),
  licence: z.string(),
  /** Codes such as `en`. */
  languages: z.array(z.string()),
  /** Whether it was trained for conversation. */
  chats: z.boolean(),
  /** Whether its licence must be accepted on the hub before downloading. */
  gated: z.boolean(),
  /** Absent for a model of the hub that is not in the catalogue's file: nobody has tried it. */
  goodFor: z.object({ en: z.string(), ko: z.string() }).optional(),
  /** In the order in which they are tried; empty for the built-in model. */
  sources: z.array(modelOriginSchema),
});
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

export const catalogueModelSchema = catalogueEntrySchema.extend({
  /** Rough estimate for training an adapter on four rows of 256 tokens at a time. */
  trainMemoryBytes: z.number().int(),
  state: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('absent') }),
    /** A download was interrupted; it resumes from there. */
    z.object({ kind: z.literal('partial'), bytesDone: z.number().int() }),
    z.object({ kind: z.literal('downloading'), ...downloadProgressSchema.shape }),
    z.object({ kind: z.literal('installed'), baseModelId: z.string() }),
  ]),
});
export type CatalogueModel = z.infer<typeof catalogueModelSchema>;

/** Memory for answers, the whole studio included, in bytes. */
export const answeringNeedSchema = z.object({
  /** For the base and its adapters, with a conversation of a thousand tokens. */
  bytes: z.number().int(),
});
export type AnsweringNeed = z.infer<typeof answeringNeedSchema>;

/**
 * What is known of a model of the Hugging Face hub before its weights are downloaded, or the GGUF files of its
 * repository, of which one is to be chosen.
 */
export const hubFindingSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('files'),
    repository: z.string(),
    /** By size. `repository:name` is what each is looked up and downloaded by. */
    files: z.array(z.object({ name: z.string(), sizeBytes: z.number().int() })),
  }),
  z.object({
    kind: z.literal('model'),
    model: catalogueModelSchema,
    architecture: z.string(),
    answering: answeringNeedSchema,
    /** On the disk that it would be downloaded to. */
    freeDiskBytes: z.number().int(),
  }),
]);
export type HubFinding = z.infer<typeof hubFindingSchema>;

/** How many models a search of the hub gives at most. */
export const mostHubMatches = 30;

/** A model of the hub whose name has the words of a search, as far as the hub's answer tells. */
export const hubMatchSchema = z.object({
  /** `owner/name`, which it can be looked up by. */
  name: z.string(),
  /** `llama`, for one; null if the hub does not say, as below. */
  modelType: z.string().nullable(),
  parameters: z.number().int().nullable(),
  /** An empty string if it is not stated. */
  licence: z.string(),
  /** Whether its licence must be accepted on the hub before downloading. */
  gated: z.boolean(),
  downloads: z.number().int().nullable(),
  /** Whether it is one or several GGUF files. */
  isGguf: z.boolean(),
  /** Why it cannot be used; null if nothing is known against it. */
  refusal: keptFailureSchema.nullable(),
});
export type HubMatch = z.infer<typeof hubMatchSchema>;

export const hubMatchesSchema = z.object({
  /** Those that can be used first, each part by downloads. */
  matches: z.array(hubMatchSchema),
  /** Whether there are more than `mostHubMatches`. */
  isCut: z.boolean(),
});
export type HubMatches = z.infer<typeof hubMatchesSchema>;

/** Events of a download. Failures are thrown. */
export const downloadEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), from: z.enum(['hub', 'cache', 'wheel']), bytesTotal: z.number().int() }),
  /** A source could not be used; the next one is tried. */
  z.object({ kind: z.literal('passed-over'), from: z.enum(['hub', 'wheel']), reason: z.string() }),
  z.object({ kind: z.literal('progress'), ...downloadProgressSchema.shape }),
  /** Everything has been downloaded; the model is being unpacked, checked and added to the shelf. */
  z.object({ kind: z.literal('checking') }),
  z.object({ kind: z.literal('finished'), baseModel: baseModelSchema }),
  z.object({ kind: z.literal('stopped') }),
]);
export type DownloadEvent = z.infer<typeof downloadEventSchema>;

/**
 * How much of a base has been loaded once all of it has been read, of the time until it answers or trains. The backend
 * then repacks it, which blocks its thread, so that cannot be counted. Measured on 1.2 billion weights.
 */
export const readingShare = 0.6;
