import { z } from 'zod';

/**
 * What an answer must look like: one of some texts, or JSON (an object, or what a JSON Schema says). Tokens that would
 * break it are not chosen.
 */
export const answerFormSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('choices'), texts: z.array(z.string().min(1).max(2000)).min(1).max(1000) }),
  z.object({ kind: z.literal('json'), schema: z.unknown().optional() }),
]);
export type AnswerForm = z.infer<typeof answerFormSchema>;
