import { z } from 'zod';

/** How detached work failed, as it is kept with it. `data` are the facts of the sentence, for other languages. */
export const keptFailureSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
});
export type KeptFailure = z.infer<typeof keptFailureSchema>;
