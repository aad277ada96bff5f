import { z } from 'zod';
import { taskIdSchema, taskInputSchema } from './task.ts';

export const samplingSchema = z.object({
  maxTokens: z.number().int().positive().max(4096),
  /** 0 is greedy. */
  temperature: z.number().min(0).max(5),
  /** 0 switches the filter off. */
  topK: z.number().int().min(0),
  /** 1 switches the filter off. */
  topP: z.number().gt(0).max(1),
  seed: z.number().int().min(0),
  stop: z.array(z.string()).max(8),
});
export type Sampling = z.infer<typeof samplingSchema>;

export const defaultSampling: Sampling = { maxTokens: 128, temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] };

export const generationSchema = z.object({
  text: z.string(),
  ids: z.array(z.number().int()),
  promptTokens: z.number().int(),
  tokens: z.number().int(),
  seconds: z.number(),
  firstTokenMs: z.number(),
  /** Time that making the chosen adapter the live one took. */
  switchMs: z.number(),
  adapter: z.object({ name: z.string(), sha256: z.string() }).nullable(),
  base: z.object({ sha256: z.string() }),
  finish: z.enum(['end', 'length', 'stopped']),
});
export type Generation = z.infer<typeof generationSchema>;

export const generateInputSchema = z.object({
  baseModelId: z.string(),
  adapterId: z.string().nullable(),
  /** Factor on the adapter's scale: 0 is the base, 1 as trained. */
  strength: z.number().min(0).max(2).default(1),
  prompt: z.union([
    /** The prompt as the model reads it (a base with a chat template gets it as the user's turn). */
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({ kind: z.literal('example'), datasetId: z.string(), exampleId: z.string() }),
  ]),
  sampling: samplingSchema.partial().optional(),
});
export type GenerateInput = z.infer<typeof generateInputSchema>;

export const generateEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), delta: z.string() }),
  z.object({ kind: z.literal('finished'), generation: generationSchema }),
]);
export type GenerateEvent = z.infer<typeof generateEventSchema>;

export const scoreInputSchema = z.object({
  baseModelId: z.string(),
  adapterId: z.string().nullable(),
  strength: z.number().min(0).max(2).default(1),
  what: z.union([
    z.object({ kind: z.literal('pair'), context: z.string(), target: z.string() }),
    z.object({
      kind: z.literal('split'),
      datasetId: z.string(),
      split: z.enum(['train', 'validation', 'test']),
      limit: z.number().int().positive().optional(),
    }),
  ]),
});
export type ScoreInput = z.infer<typeof scoreInputSchema>;

export const scoreSchema = z.object({
  /** Mean negative log-likelihood in nats per target token. */
  loss: z.number(),
  /** Target tokens counted. */
  tokens: z.number().int(),
  /** For one pair: the prompt's ids, the target's ids (end of text included) and the natural log-probability of each. */
  promptIds: z.array(z.number().int()).optional(),
  ids: z.array(z.number().int()).optional(),
  logprobs: z.array(z.number()).optional(),
});
export type Score = z.infer<typeof scoreSchema>;

export const conversationSchema = z.object({
  id: z.string(),
  title: z.string(),
  baseModelId: z.string(),
  messages: z.number().int(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type Conversation = z.infer<typeof conversationSchema>;

export const messageSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  /** For a user's turn: passage, document or schema beside the text, as given. */
  input: taskInputSchema.nullable(),
  /** For an answer: who gave it. Null adapterId is the base. */
  adapterId: z.string().nullable(),
  adapterName: z.string().nullable(),
  adapterSha256: z.string().nullable(),
  task: taskIdSchema.nullable(),
  strength: z.number().nullable(),
  tokens: z.number().int().nullable(),
  tokensPerSecond: z.number().nullable(),
  firstTokenMs: z.number().nullable(),
  switchMs: z.number().nullable(),
  finish: z.enum(['end', 'length', 'stopped']).nullable(),
  createdAt: z.number().int(),
});
export type Message = z.infer<typeof messageSchema>;

export const sendInputSchema = z.object({
  conversationId: z.string(),
  text: z.string().min(1),
  /** The other context fields of the adapter's task: `passage`, `schema`; the text itself is the question or the document. */
  input: taskInputSchema.optional(),
  adapterId: z.string().nullable(),
  strength: z.number().min(0).max(2).default(1),
  sampling: samplingSchema.partial().optional(),
});
export type SendInput = z.infer<typeof sendInputSchema>;

export const chatEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), user: messageSchema, answerId: z.string() }),
  z.object({ kind: z.literal('text'), delta: z.string() }),
  z.object({ kind: z.literal('finished'), answer: messageSchema }),
]);
export type ChatEvent = z.infer<typeof chatEventSchema>;
