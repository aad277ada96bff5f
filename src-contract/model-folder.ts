import { z } from 'zod';
import { nameSchema } from './name.ts';

/** A file that belongs to a model, by the names that Hugging Face and its programs give: nothing else of a folder is sent. */
export const modelFileNameSchema = z
  .string()
  .max(200)
  .regex(
    /^(?:(?:config|generation_config|tokenizer|tokenizer_config|special_tokens_map|model\.safetensors\.index)\.json|chat_template\.jinja|README\.md|LICENSE|\w[\w.-]*\.(?:safetensors|gguf))$/,
  );

/** The files of one model as a page has sent them; `title` is what their folder was called. */
export const sentModelSchema = z.object({
  files: z
    .array(z.object({ fileId: z.string(), name: modelFileNameSchema }))
    .min(1)
    .max(64),
  title: z.string().max(200).optional(),
  name: nameSchema.optional(),
});

/** A model that lies in the model folder. */
export const foundModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['folder', 'gguf']),
  sizeBytes: z.number().int(),
  /** Whether it was put on the shelf already. */
  onShelf: z.boolean(),
});
export type FoundModel = z.infer<typeof foundModelSchema>;

/** Where other programs keep models, and downloads are looked for: the Hugging Face cache, unless told otherwise. */
export const modelLibrarySchema = z.object({
  path: z.string(),
  from: z.enum(['usual', 'environment', 'chosen']),
  isThere: z.boolean(),
  found: z.array(foundModelSchema),
});
export type ModelLibraryFacts = z.infer<typeof modelLibrarySchema>;
