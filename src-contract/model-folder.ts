import { z } from 'zod';
import { nameSchema } from './name.ts';

/** A file that belongs to a model, as named by Hugging Face and its tools; nothing else in a folder is uploaded. */
export const modelFileNameSchema = z
  .string()
  .max(200)
  .regex(
    /^(?:(?:config|generation_config|tokenizer|tokenizer_config|special_tokens_map|model\.safetensors\.index)\.json|chat_template\.jinja|README\.md|LICENSE|\w[\w.-]*\.(?:safetensors|gguf))$/,
  );

/** The files of one model as uploaded by a page; `title` is the name of their folder. */
export const sentModelSchema = z.object({
  files: z
    .array(z.object({ fileId: z.string(), name: modelFileNameSchema }))
    .min(1)
    .max(64),
  title: z.string().max(200).optional(),
  name: nameSchema.optional(),
});

/** A model in the model folder. */
export const foundModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['folder', 'gguf']),
  sizeBytes: z.number().int(),
  /** Whether it has already been added to the shelf. */
  onShelf: z.boolean(),
});
export type FoundModel = z.infer<typeof foundModelSchema>;

/** Where other programs keep models, and where downloads are looked up: the Hugging Face cache by default. */
export const modelLibrarySchema = z.object({
  path: z.string(),
  from: z.enum(['usual', 'environment', 'chosen']),
  isThere: z.boolean(),
  found: z.array(foundModelSchema),
});
export type ModelLibraryFacts = z.infer<typeof modelLibrarySchema>;
