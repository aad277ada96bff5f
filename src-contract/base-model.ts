import { z } from 'zod';

/** How a base's matrices are multiplied: as floats, rounded to eight bits, or as suits the base and the processor. */
export const precisionSchema = z.enum(['auto', 'float32', 'int8']);
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
  /** Over config.json, tokenizer.json and the weight files, by name. */
  sha256: z.string(),
  licence: z.string(),
  contextLength: z.number().int(),
  sizeBytes: z.number().int(),
  path: z.string(),
  /** The starter model that ships with the studio; it cannot be deleted. */
  builtIn: z.boolean(),
  hasChatTemplate: z.boolean(),
  createdAt: z.number().int(),
});
export type BaseModel = z.infer<typeof baseModelSchema>;

export const modelFileVerdictSchema = z.object({
  path: z.string(),
  verdict: z.enum(['accept', 'reject', 'unsupported']),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type ModelFileVerdict = z.infer<typeof modelFileVerdictSchema>;
