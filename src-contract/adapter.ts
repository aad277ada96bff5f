import { z } from 'zod';
import { taskIdSchema } from './task.ts';

/** The matrices that LoRA can adapt, by the field's short names. */
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
  /** Of adapter_model.safetensors. Its first 8 digits are the fingerprint shown to people. */
  sha256: z.string(),
  /** The PEFT folder. */
  path: z.string(),
  baseValidationLoss: z.number().nullable(),
  bestValidationLoss: z.number().nullable(),
  createdAt: z.number().int(),
});
export type Adapter = z.infer<typeof adapterSchema>;

export const adapterVerificationSchema = z.object({
  baseSha256: z.string(),
  adapterSha256: z.string(),
  /** True when the base's files hash to what they hashed to when the adapter was made. */
  baseUnchanged: z.boolean(),
  adapterUnchanged: z.boolean(),
  scale: z.number(),
  targets: z.array(targetSchema),
  rank: z.number().int(),
});
export type AdapterVerification = z.infer<typeof adapterVerificationSchema>;
