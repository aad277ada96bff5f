import { z } from 'zod';

/** The address at which other programs of this machine can ask the studio's models, in OpenAI's way. */
export const endpointSchema = z.object({
  /** False where this host cannot open one (a command that only runs once). */
  available: z.boolean(),
  on: z.boolean(),
  /** Where it is while it is on, such as `http://127.0.0.1:4891/v1`. */
  url: z.string().nullable(),
  /** The port that is asked for; 0 takes the one of the last time, or a free one. */
  port: z.number().int().min(0).max(65_535),
  /** What a client must bring. */
  key: z.string(),
  /** Why it could not be opened, in the words of the machine. */
  problem: z.string().nullable(),
  /** The port that it had before, where another program has that now: clients need the new address. */
  missedPort: z.number().int().nullable(),
});
export type Endpoint = z.infer<typeof endpointSchema>;

export const endpointChoiceSchema = z.object({ on: z.boolean(), port: endpointSchema.shape.port.optional() });
