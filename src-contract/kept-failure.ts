import { z } from 'zod';
import { StudioError } from './errors.ts';

/** How detached work failed, as stored with it. `data` holds the sentence's values, for other languages. */
export const keptFailureSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
});
export type KeptFailure = z.infer<typeof keptFailureSchema>;

/** Converts an error for storage. For one that is not a StudioError, only a pointer to the log is kept. */
export function keptFailureOf(error: unknown): KeptFailure {
  if (error instanceof StudioError) {
    const { code, message, hint, data } = error;
    return { code, message, hint, data };
  }
  return {
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Something went wrong inside the studio.',
    hint: 'What was done so far is kept. The details are in the log.',
  };
}
