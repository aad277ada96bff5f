import { z } from 'zod';

/** Of a text that an answer may be, in UTF-16 units, and how many there may be. */
export const [longestChoice, mostChoices] = [2000, 1000];

/** Of what parts the labels of a list, in UTF-16 units. */
export const longestBetween = 20;

/** As many others may part them. */
export const mostBetweens = 10;

/** On either side of a number's point: a number of JavaScript has 17. */
export const mostDigits = 20;

const choicesSchema = z.array(z.string().min(1).max(longestChoice)).min(1).max(mostChoices);

/**
 * What an answer must look like: one of some texts; a list of some of them, each once, `most` at most; a number with so
 * many digits at most before its point and behind it; or JSON (an object, or what a JSON Schema says). Tokens that would
 * break it are not chosen.
 */
export const answerFormSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('choices'), texts: choicesSchema }),
  z.object({
    kind: z.literal('list'),
    texts: choicesSchema,
    between: z.string().min(1).max(longestBetween),
    /** What may stand in its place, such as the “ and ” before the last one. */
    orBetween: z.array(z.string().min(1).max(longestBetween)).max(mostBetweens).optional(),
    most: z.int().min(1).max(mostChoices),
  }),
  z.object({
    kind: z.literal('number'),
    signed: z.boolean(),
    digits: z.int().min(1).max(mostDigits),
    decimals: z.int().min(0).max(mostDigits),
  }),
  z.object({ kind: z.literal('json'), schema: z.unknown().refine(hasFewLevels).optional() }),
]);
export type AnswerForm = z.infer<typeof answerFormSchema>;

/** The labels of which an answer is a list: a few rows alone may not tell which there are. None if it is no list. */
export function listedLabels(form: AnswerForm | undefined): readonly string[] {
  return form?.kind === 'list' ? form.texts : [];
}

/** Of lists and objects within each other. Some thousand cannot be sent to another process. */
export const mostSchemaLevels = 500;

/** Whether a JSON value has no more levels than a schema may have. */
export function hasFewLevels(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > mostSchemaLevels) return false;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return true;
}
