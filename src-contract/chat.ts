import { z } from 'zod';
import { answerFormSchema } from './answer-form.ts';
import { precisionSchema } from './base-model.ts';
import { taskIdSchema, taskInputSchema } from './task.ts';

/** Of the longest answer that can be asked for. */
export const mostAnswerTokens = 4096;
/** In one prompt. */
export const mostTurns = 1000;
/** Of the texts at which an answer ends. OpenAI allows four, but programs that complete code send a dozen. */
export const mostStops = 32;

export const samplingSchema = z.object({
  maxTokens: z.number().int().positive().max(mostAnswerTokens),
  /** 0 is greedy. */
  temperature: z.number().min(0).max(5),
  /** 0 disables the filter. */
  topK: z.number().int().min(0),
  /** 1 disables the filter. */
  topP: z.number().gt(0).max(1),
  seed: z.number().int().min(0),
  stop: z.array(z.string()).max(mostStops),
});
export type Sampling = z.infer<typeof samplingSchema>;

export const defaultSampling: Sampling = { maxTokens: 128, temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] };

/** Another adapter whose update is added to the first one's. */
export const mixedAdapterSchema = z.object({ adapterId: z.string(), strength: z.number().min(0).max(2) });
export type MixedAdapter = z.infer<typeof mixedAdapterSchema>;

const mixSchema = z.array(mixedAdapterSchema).max(3).optional();

export const spokenSchema = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });
export type Spoken = z.infer<typeof spokenSchema>;

/** The query that was written first and cannot be run, if another took its place. */
const firstTextSchema = z.string().nullable();

export const generationSchema = z.object({
  text: z.string(),
  firstText: firstTextSchema,
  ids: z.array(z.number().int()),
  promptTokens: z.number().int(),
  tokens: z.number().int(),
  seconds: z.number(),
  firstTokenMs: z.number(),
  /** Time taken to switch to the chosen adapter. */
  switchMs: z.number(),
  adapter: z.object({ name: z.string(), sha256: z.string() }).nullable(),
  base: z.object({ sha256: z.string() }),
  finish: z.enum(['end', 'length', 'stopped']),
  /** How probable its label was among all, or its labels all together, from 0 to 1. */
  certainty: z.number().optional(),
});
export type Generation = z.infer<typeof generationSchema>;

export const generateInputSchema = z.object({
  baseModelId: z.string(),
  adapterId: z.string().nullable(),
  /** Factor on the adapter's scale: 0 is the base, 1 is as trained. */
  strength: z.number().min(0).max(2).default(1),
  mix: mixSchema,
  /** Defaults to floats, so that the output is the reference. */
  precision: precisionSchema.default('float32'),
  prompt: z.union([
    /** The prompt as the model reads it (with a chat template, it becomes the user's turn). */
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({
      ...{ kind: z.literal('example'), datasetId: z.string(), exampleId: z.string() },
      /** Whether another answer takes the place of a query that cannot be run on the dataset's database. */
      retryQueries: z.boolean().optional(),
    }),
    /** A conversation, formatted with the base's chat template; a base without one accepts only a single user turn. */
    z.object({ kind: z.literal('turns'), turns: z.array(spokenSchema).min(1).max(mostTurns) }),
    /** Read as is, without a chat template. */
    z.object({ kind: z.literal('raw'), text: z.string() }),
  ]),
  sampling: samplingSchema.partial().optional(),
  /** `targets`: the form of the targets that the adapter was trained on, if they have one. */
  form: z.union([answerFormSchema, z.object({ kind: z.literal('targets') })]).optional(),
});
export type GenerateInput = z.infer<typeof generateInputSchema>;

/** Before the first word: how much of the base has been loaded, or of the prompt read, from 0 to 1. */
const awaitedEventSchema = z.object({ kind: z.enum(['loading', 'reading']), share: z.number() });
export type AwaitedEvent = z.infer<typeof awaitedEventSchema>;

export const generateEventSchema = z.discriminatedUnion('kind', [
  awaitedEventSchema,
  z.object({ kind: z.literal('text'), delta: z.string() }),
  z.object({ kind: z.literal('finished'), generation: generationSchema }),
]);
export type GenerateEvent = z.infer<typeof generateEventSchema>;

export const scoreInputSchema = z.object({
  baseModelId: z.string(),
  adapterId: z.string().nullable(),
  strength: z.number().min(0).max(2).default(1),
  /** Defaults to floats, so that the numbers are the reference. */
  precision: precisionSchema.default('float32'),
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
  /** Number of target tokens counted. */
  tokens: z.number().int(),
  /**
   * For a single pair: the prompt's ids, the target's ids (end of text included) and the natural log-probability of
   * each.
   */
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
  /** Whether an answer is being written in it, from whichever window or process. */
  answering: z.boolean(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type Conversation = z.infer<typeof conversationSchema>;

/** `language` is that of the text around the turns, in formats that have any. */
export const exportConversationInputSchema = z.object({
  id: z.string(),
  format: z.enum(['markdown', 'json']),
  language: z.enum(['en', 'ko']).default('en'),
});
export type ExportConversationInput = z.infer<typeof exportConversationInputSchema>;

/** What a conversation that is saved as JSON calls its format. */
export const conversationFormat = 'adapter-studio-conversation-1';

export const messageSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  /** The turn that this one follows; null for a first turn. */
  parentId: z.string().nullable(),
  /** All turns that follow the same one, including this one, oldest first: edits of a question, or answers to it. */
  siblings: z.array(z.string()),
  /** False for an alternative to the answer that the conversation continued with. */
  onPath: z.boolean(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  firstText: firstTextSchema.default(null),
  /** For a user's turn: the passage, document or schema given with the text. */
  input: taskInputSchema.nullable(),
  /** For an answer: who gave it; null is the base. */
  adapterId: z.string().nullable(),
  adapterName: z.string().nullable(),
  adapterSha256: z.string().nullable(),
  /** Adapters that were mixed into it. */
  mix: z.array(mixedAdapterSchema.extend({ name: z.string(), sha256: z.string() })),
  /** The base model's hash at that time; null for answers from before this was recorded. */
  baseSha256: z.string().nullable(),
  task: taskIdSchema.nullable(),
  strength: z.number().nullable(),
  tokens: z.number().int().nullable(),
  /** Generation speed, excluding the wait before the first token. */
  tokensPerSecond: z.number().nullable(),
  firstTokenMs: z.number().nullable(),
  switchMs: z.number().nullable(),
  finish: z.enum(['end', 'length', 'stopped']).nullable(),
  /** For one of a few labels: how probable it was among them, from 0 to 1. */
  certainty: z.number().nullable(),
  promptTokens: z.number().int().nullable(),
  /**
   * Earlier turns that the base did not read because they did not fit or it has no chat template. An adapter reads
   * none, unless it was trained on conversations.
   */
  leftOutTurns: z.number().int(),
  /** Tokens of the question itself that did not fit. */
  leftOutTokens: z.number().int(),
  /** Shared by answers to one prompt that were requested side by side. */
  comparisonId: z.string().nullable(),
  /** The person voted it the best of its comparison. */
  isBest: z.boolean(),
  createdAt: z.number().int(),
});
export type Message = z.infer<typeof messageSchema>;

/** The turns of a conversation: the first `kept` of those that the reader has, followed by `messages`. */
export const turnsSchema = z.object({
  kept: z.number().int(),
  messages: z.array(messageSchema),
  /** Identify the turns, for the next time that they are read. */
  marks: z.array(z.string()),
});
export type Turns = z.infer<typeof turnsSchema>;

/** Who should answer: the base or an adapter, at a strength, with others mixed in. */
const answererSchema = z.object({
  adapterId: z.string().nullable(),
  strength: z.number().min(0).max(2).default(1),
  mix: mixSchema,
  /** Whether an adapter's answer keeps the form of the targets that it was trained on, if they have one. */
  keepsForm: z.boolean().default(true),
});

const questionSchema = z.object({
  conversationId: z.string(),
  text: z.string().min(1).max(2_000_000),
  /**
   * The other context fields of the adapter's task: `passage`, `schema`. The text itself is the question or document.
   */
  input: taskInputSchema.optional(),
  /** The turn that it follows: null starts over, absent means the last one. */
  parentId: z.string().nullable().optional(),
  sampling: samplingSchema.partial().optional(),
});

export const sendInputSchema = questionSchema.extend(answererSchema.shape);
export type SendInput = z.infer<typeof sendInputSchema>;

export const regenerateInputSchema = answererSchema.extend({
  conversationId: z.string(),
  /** The question to answer again, or one of its answers; absent means the last one. */
  messageId: z.string().optional(),
  sampling: samplingSchema.partial().optional(),
});

export const compareInputSchema = questionSchema.extend({ columns: z.array(answererSchema).min(2).max(5) });
export type CompareInput = z.infer<typeof compareInputSchema>;

export const measureInputSchema = questionSchema
  .omit({ conversationId: true, sampling: true })
  .extend({ conversationId: z.string().optional(), baseModelId: z.string(), adapterId: z.string().nullable() });

export type MeasureInput = z.infer<typeof measureInputSchema>;

export const readAheadInputSchema = measureInputSchema.extend(answererSchema.shape);

/** How a prompt fits the model's context window. */
export const promptFitSchema = z.object({
  promptTokens: z.number().int(),
  contextLength: z.number().int(),
  leftOutTurns: z.number().int(),
  leftOutTokens: z.number().int(),
});
export type PromptFit = z.infer<typeof promptFitSchema>;

/** What was written is a query that cannot be run: others are being tried. */
const retryingEventSchema = z.object({ kind: z.literal('retrying') });

export const chatEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), user: messageSchema, answerId: z.string() }),
  awaitedEventSchema,
  z.object({ kind: z.literal('text'), delta: z.string() }),
  retryingEventSchema,
  z.object({ kind: z.literal('finished'), answer: messageSchema }),
]);
export type ChatEvent = z.infer<typeof chatEventSchema>;

export const compareEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), user: messageSchema, comparisonId: z.string() }),
  awaitedEventSchema,
  z.object({ kind: z.literal('text'), column: z.number().int(), delta: z.string() }),
  retryingEventSchema.extend({ column: z.number().int() }),
  z.object({ kind: z.literal('finished'), column: z.number().int(), answer: messageSchema }),
]);
export type CompareEvent = z.infer<typeof compareEventSchema>;

export const foundMessageSchema = z.object({
  conversationId: z.string(),
  title: z.string(),
  /** Null where only the title matches. */
  messageId: z.string().nullable(),
  role: z.enum(['user', 'assistant']).nullable(),
  /** The words around the match, which is enclosed in U+E000 and U+E001. */
  excerpt: z.string(),
  at: z.number().int(),
});
export type FoundMessage = z.infer<typeof foundMessageSchema>;
