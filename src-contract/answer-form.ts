import { z } from 'zod';

/** Of a text that an answer may be, in UTF-16 units, and how many there may be. */
export const [longestChoice, mostChoices] = [2000, 1000];

/**
 * What an answer must look like: one of some texts, or JSON (an object, or what a JSON Schema says). Tokens that would
 * break it are not chosen.
 */
export const answerFormSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('choices'),
    texts: z.array(z.string().min(1).max(longestChoice)).min(1).max(mostChoices),
  }),
  z.object({ kind: z.literal('json'), schema: z.unknown().optional() }),
]);
export type AnswerForm = z.infer<typeof answerFormSchema>;
