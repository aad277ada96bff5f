import { z } from 'zod';

/** How long what a person has made is kept after it was deleted, unless the disk is full. */
export const keptDays = 30;

/** What is kept. A deleted base model can be had again, and is freed after a minute. */
export const deletedNounSchema = z.enum([
  'dataset',
  'adapter',
  'run',
  'evaluation',
  'answered-table',
  'conversation',
  'experiment',
]);
export type DeletedNoun = z.infer<typeof deletedNounSchema>;

/** Something that was deleted and can still be restored. */
export const deletedThingSchema = z.object({
  noun: deletedNounSchema,
  id: z.string(),
  /** Of an evaluation the name of its dataset, of an experiment its kind. */
  name: z.string(),
  deletedAt: z.number(),
  /** What its files take; 0 for what is only in the database. */
  bytes: z.number(),
});
export type DeletedThing = z.infer<typeof deletedThingSchema>;
