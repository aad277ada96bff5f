import { z } from 'zod';
import { nameSchema } from './name.ts';
import { taskIdSchema } from './task.ts';

/** The matrices that LoRA can adapt, by their usual short names. */
export const targetSchema = z.enum(['q', 'k', 'v', 'o', 'gate', 'up', 'down']);
export type Target = z.infer<typeof targetSchema>;

export const adapterSchema = z.object({
  id: z.string(),
  name: z.string(),
  task: taskIdSchema,
  baseModelId: z.string(),
  baseSha256: z.string(),
  datasetId: z.string().nullable(),
  runId: z.string().nullable(),
  rank: z.number().int(),
  alpha: z.number(),
  targets: z.array(targetSchema),
  parameters: z.number().int(),
  bytes: z.number().int(),
  /**
   * Hash of the weights and of everything that decides how they are used; of adapter_model.safetensors alone for
   * adapters stored by earlier versions. Its first 8 digits are the fingerprint shown to people.
   */
  sha256: z.string(),
  /** The PEFT folder. */
  path: z.string(),
  baseValidationLoss: z.number().nullable(),
  bestValidationLoss: z.number().nullable(),
  createdAt: z.number().int(),
});
export type Adapter = z.infer<typeof adapterSchema>;

/** Multiplies the adapter's own scale; a negative value subtracts what the adapter adds. */
const strengthSchema = z.number().min(-2).max(2);

export const adapterFormats = ['peft', 'gguf', 'merged-gguf', 'merged'] as const;
const adapterFormatSchema = z.enum(adapterFormats);

/** How the weights of a merged model are stored; `same` is as in the base. */
export const mergedTypes = ['same', 'F32', 'F16', 'BF16', 'Q8_0'] as const;

export const adapterExportInputSchema = z.object({
  id: z.string(),
  /**
   * `peft`: a folder for the PEFT library; `gguf`: a LoRA file for llama.cpp; `merged`: a Hugging Face model with the
   * adapter merged into its weights; `merged-gguf`: the same as one GGUF file.
   */
  format: adapterFormatSchema,
  out: z.string(),
  strength: strengthSchema.optional(),
  /** For a merged model; `Q8_0` for one in a GGUF file only. */
  dtype: z.enum(mergedTypes).optional(),
});
export type AdapterExportInput = z.infer<typeof adapterExportInputSchema>;

/** Like `adapterExportInputSchema`, but into a new folder or file at a place that the studio has listed. */
export const adapterExportToInputSchema = adapterExportInputSchema.omit({ out: true }).extend({ placeId: z.string() });

export const adapterExportSchema = z.object({
  path: z.string(),
  /**
   * What a message to it has to look like elsewhere: the context as in training, with each of the task's fields as its
   * name in braces.
   */
  prompt: z.string(),
  merged: z
    .object({
      bytes: z.number().int(),
      dtypes: z.array(z.string()),
      /**
       * The error left by subtracting the adapter again: the largest difference from the base, relative to its largest
       * weight.
       */
      residue: z.number(),
    })
    .optional(),
  /** What Ollama needs to open a model in one GGUF file. */
  modelfile: z.string().optional(),
});
export type AdapterExport = z.infer<typeof adapterExportSchema>;

/** Merging reports progress for each layer; the other formats are written in an instant. */
export const adapterExportEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({ kind: z.literal('finished'), written: adapterExportSchema }),
]);
export type AdapterExportEvent = z.infer<typeof adapterExportEventSchema>;

export const adapterMixInputSchema = z.object({
  parts: z
    .array(z.object({ id: z.string(), strength: strengthSchema }))
    .min(1)
    .max(16),
  name: nameSchema.optional(),
});
export type AdapterMixInput = z.infer<typeof adapterMixInputSchema>;

export const adapterVerificationSchema = z.object({
  baseSha256: z.string(),
  adapterSha256: z.string(),
  /** True when the base's files still hash to what they did when the adapter was made. */
  baseUnchanged: z.boolean(),
  adapterUnchanged: z.boolean(),
  scale: z.number(),
  targets: z.array(targetSchema),
  rank: z.number().int(),
});
export type AdapterVerification = z.infer<typeof adapterVerificationSchema>;
