import { z } from 'zod';
import { keptFailureSchema } from './kept-failure.ts';

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

/** A request of another program. Never what was asked or answered, and never a key. */
export const endpointRequestSchema = z.object({
  id: z.number().int(),
  at: z.number().int(),
  /** What it calls itself (its User-Agent); an empty string if it does not. */
  program: z.string(),
  /** Without the part after `?`. */
  path: z.string(),
  /** As it was asked for, `base` or `base:adapter`; null if none was, or it was not read so far. */
  model: z.string().nullable(),
  promptTokens: z.number().int().nullable(),
  tokens: z.number().int().nullable(),
  /** Null while it is being answered. */
  durationMs: z.number().nullable(),
  outcome: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('waiting') }),
    z.object({ kind: z.literal('answered') }),
    /** The program did not wait for the end of the answer. */
    z.object({ kind: z.literal('left') }),
    z.object({ kind: z.literal('failed'), status: z.number().int(), failure: keptFailureSchema }),
  ]),
});
export type EndpointRequest = z.infer<typeof endpointRequestSchema>;
