import { z } from 'zod';

/** The OpenAI-compatible address at which other programs on this machine can use the studio's models. */
export const endpointSchema = z.object({
  /** False where this host cannot open one (a one-off command). */
  available: z.boolean(),
  on: z.boolean(),
  /** Its URL while it is on, such as `http://127.0.0.1:4891/v1`. */
  url: z.string().nullable(),
  /** The requested port; 0 means last time's port, or else a free one. */
  port: z.number().int().min(0).max(65_535),
  /** What a client must send. */
  key: z.string(),
  /** Why it could not be opened, in the system's words. */
  problem: z.string().nullable(),
  /** Its previous port, if another program has taken it: clients need the new address. */
  missedPort: z.number().int().nullable(),
});
export type Endpoint = z.infer<typeof endpointSchema>;

export const endpointChoiceSchema = z.object({
  on: z.boolean(),
  port: endpointSchema.shape.port.optional(),
  /** A key of before: takes a new one back. */
  key: z
    .string()
    .regex(/^as-[\w-]{32}$/)
    .optional(),
});
export type EndpointChoice = z.infer<typeof endpointChoiceSchema>;
