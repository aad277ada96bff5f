import { z } from 'zod';
import type { GenerateInput, Sampling } from '../../../src-contract/chat.ts';

const text = z.string().max(2_000_000);
const parts = z.array(z.object({ type: z.literal('text'), text })).max(1000);

const shared = {
  model: z.string().min(1).max(500),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  max_tokens: z.number().int().min(1).max(4096).nullish(),
  n: z.literal(1, 'only one answer is given to a request').nullish(),
  presence_penalty: z.literal(0, 'it is not supported').nullish(),
  frequency_penalty: z.literal(0, 'it is not supported').nullish(),
  /** Of this studio: a factor on the adapter, 1 as trained. */
  adapter_strength: z.number().min(0).max(2).nullish(),
};

export const chatRequestSchema = z.object({
  ...shared,
  messages: z
    .array(
      z.object({
        role: z.enum(['system', 'developer', 'user', 'assistant']),
        content: z.union([text, parts], 'it must be text'),
      }),
    )
    .min(1)
    .max(1000),
  max_completion_tokens: z.number().int().min(1).max(4096).nullish(),
  logprobs: z.literal(false, 'it is not supported').nullish(),
  tools: z.array(z.unknown()).max(0, 'tools are not supported').nullish(),
  response_format: z.object({ type: z.literal('text', 'only text is supported') }).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

export const completionRequestSchema = z.object({
  ...shared,
  prompt: z.union([
    text,
    z
      .array(text)
      .length(1, 'one prompt is answered at a time')
      .transform(([only]) => only ?? ''),
  ]),
  best_of: z.literal(1, 'it is not supported').nullish(),
  echo: z.literal(false, 'it is not supported').nullish(),
  logprobs: z.null('it is not supported').optional(),
  suffix: z.null('it is not supported').optional(),
});
export type CompletionRequest = z.infer<typeof completionRequestSchema>;

/** What is asked of the studio. Without a temperature the likeliest token is taken, as everywhere in it. */
export function samplingOf(request: ChatRequest | CompletionRequest, usualTokens: number): Partial<Sampling> {
  const limit = 'max_completion_tokens' in request ? request.max_completion_tokens : undefined;
  const { stop } = request;
  return {
    maxTokens: limit ?? request.max_tokens ?? usualTokens,
    temperature: request.temperature ?? 0,
    // 0 would leave no token: it means the likeliest one.
    topP: request.top_p === 0 ? 1e-6 : (request.top_p ?? 1),
    seed: Math.abs(request.seed ?? 0) % 2 ** 31,
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
  };
}

export function chatPrompt({ messages }: ChatRequest): GenerateInput['prompt'] {
  return {
    kind: 'turns',
    turns: messages.map(({ role, content }) => ({
      role: role === 'developer' ? 'system' : role,
      content: typeof content === 'string' ? content : content.map((part) => part.text).join('\n'),
    })),
  };
}
