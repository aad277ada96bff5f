import { z } from 'zod';
import { hasFewLevels, longestChoice, mostChoices, mostSchemaLevels } from '../../../src-contract/answer-form.ts';
import {
  type GenerateInput,
  mostAnswerTokens,
  mostStops,
  mostTurns,
  type Sampling,
} from '../../../src-contract/chat.ts';

// Every rule states in plain words what is allowed; the validator's own messages are for the studio's programmers.
const mostLetters = 2_000_000;
const textWords = `it must be text, of at most ${mostLetters.toLocaleString('en')} characters`;
const text = z.string(textWords).max(mostLetters, textWords);
const mostParts = 1000;
const parts = z
  .array(z.object({ type: z.literal('text'), text }))
  .max(mostParts, `it must have ${mostParts} parts at most`);

function numberFrom(least: number, most: number) {
  const words = `it must be a number from ${least} to ${most}`;
  return z.number(words).min(least, words).max(most, words);
}

/** Some clients send fields that they do not use. */
function noneOf(words: string) {
  return z.array(z.unknown(), words).max(0, words);
}

/** Unsupported options that would change the answer; some clients send them as null. */
const unsupported = z.null('it is not supported').optional();
const noTools = 'tools are not supported; turn them off in the program, or let it ask for JSON by a schema instead';
const noToolsBefore = 'tools are not supported; begin a conversation in which none were used';
/** Without tools, `auto` chooses none. */
const toolChoice = z.literal(['none', 'auto'], noTools).nullish();

const yesOrNo = z.boolean('it must be true or false');
const modelName = 'it must be the name of a model';
const seedWords = 'it must be a whole number';
const tokensWords = 'it must be a whole number, 1 or more; or -1 for no limit';
/** Requests written for LM Studio and llama.cpp say -1. */
const tokens = z
  .int(tokensWords)
  .min(-1, tokensWords)
  .refine((limit) => limit !== 0, tokensWords);
const topKWords = 'it must be a whole number; 0 or -1 for no limit';
const streamOptions = 'it must be an object, with include_usage as true or false';
const onlyText = 'only text is supported';
const onlyTextParts = 'only text is supported; leave out images, sound and files';
const role = 'it must be system, developer, user or assistant';
const body = 'it must be a JSON object';

/**
 * What changes the answer is obeyed or refused. What cannot change it is not read: `user`, `metadata`, `store`,
 * `reasoning_effort`, `verbosity`, `service_tier`, `prediction`, `prompt_cache_key`, `safety_identifier` and the like.
 */
const shared = {
  model: z.string(modelName).min(1, modelName).max(500, modelName),
  stream: yesOrNo.nullish(),
  stream_options: z.object({ include_usage: yesOrNo.optional() }, streamOptions).nullish(),
  temperature: numberFrom(0, 2).nullish(),
  top_p: numberFrom(0, 1).nullish(),
  seed: z.int(seedWords).nullish(),
  stop: z
    .union(
      [z.string(), z.array(z.string()).max(mostStops)],
      `it must be a text, or a list of ${mostStops} texts at most`,
    )
    .nullish(),
  max_tokens: tokens.nullish(),
  n: z.literal(1, 'only one answer is given to a request; ask once for each').nullish(),
  presence_penalty: z.literal(0, 'it is not supported').nullish(),
  frequency_penalty: z.literal(0, 'it is not supported').nullish(),
  logit_bias: z.strictObject({}, 'it is not supported').nullish(),
  // Those of other local servers, such as llama.cpp's and vLLM.
  top_k: z.int(topKWords).min(-1, topKWords).nullish(),
  min_p: z.literal(0, 'it is not supported').nullish(),
  repetition_penalty: z.literal(1, 'it is not supported').nullish(),
  repeat_penalty: z.literal(1, 'it is not supported').nullish(),
  min_tokens: z.literal(0, 'it is not supported').nullish(),
  ignore_eos: z.literal(false, 'it is not supported').nullish(),
  typical_p: z.literal(1, 'it is not supported').nullish(),
  mirostat: z.literal(0, 'it is not supported').nullish(),
  dry_multiplier: z.literal(0, 'it is not supported').nullish(),
  xtc_probability: z.literal(0, 'it is not supported').nullish(),
  length_penalty: z.literal(1, 'it is not supported').nullish(),
  use_beam_search: z.literal(false, 'it is not supported').nullish(),
  stop_token_ids: noneOf('it is not supported').nullish(),
  bad_words: noneOf('it is not supported').nullish(),
  allowed_token_ids: unsupported,
  truncate_prompt_tokens: unsupported,
  continue_final_message: z.literal(false, 'it is not supported').nullish(),
  best_of: z.literal(1, 'it is not supported').nullish(),
  grammar: z.literal('', 'it is not supported').nullish(),
  guided_regex: unsupported,
  guided_grammar: unsupported,
  // SGLang's.
  regex: unsupported,
  ebnf: unsupported,
  structural_tag: unsupported,
  chat_template_kwargs: z.strictObject({}, 'it is not supported').nullish(),
  /** The studio's own extension: a factor on the adapter, 1 is as trained. */
  adapter_strength: numberFrom(0, 2).nullish(),
};

const schemaWords = 'it must be a JSON Schema, as an object';
const levelsWords = `it must have ${mostSchemaLevels} levels at most`;
const jsonSchema = z.record(z.string(), z.unknown(), schemaWords).refine(hasFewLevels, levelsWords);
const choicesWords = `it must be a list of 1 to ${mostChoices} texts of 1 to ${longestChoice} characters`;
const choices = z
  .array(z.string(choicesWords).min(1, choicesWords).max(longestChoice, choicesWords), choicesWords)
  .min(1, choicesWords)
  .max(mostChoices, choicesWords);
const formatWords = 'it must be an object of the type text, json_object, or json_schema with a schema';

/** What an answer must look like: OpenAI's way, and those of llama.cpp and of vLLM, old and new. */
const forms = {
  response_format: z
    .discriminatedUnion(
      'type',
      [
        z.object({ type: z.literal('text') }),
        z.object({ type: z.literal('json_object'), schema: jsonSchema.nullish() }),
        z.object({
          type: z.literal('json_schema'),
          json_schema: z.object({ schema: jsonSchema.nullish() }, formatWords),
        }),
      ],
      formatWords,
    )
    .nullish(),
  json_schema: jsonSchema.nullish(),
  guided_json: jsonSchema.nullish(),
  guided_choice: choices.nullish(),
  structured_outputs: z
    .object(
      {
        json: jsonSchema.nullish(),
        choice: choices.nullish(),
        json_object: yesOrNo.nullish(),
        regex: unsupported,
        grammar: unsupported,
        structural_tag: unsupported,
      },
      'it must be an object with json, choice or json_object',
    )
    .nullish(),
};

const messages = `it must be a list of 1 to ${mostTurns} messages, each with role and content`;

export const chatRequestSchema = z
  .object(
    {
      ...shared,
      messages: z
        .array(
          z.object(
            {
              role: z.enum(['system', 'developer', 'user', 'assistant'], {
                error: ({ input }) => (input === 'tool' || input === 'function' ? noToolsBefore : role),
              }),
              // Before the content, which is null beside a call.
              tool_calls: noneOf(noToolsBefore).nullish(),
              content: z.union([text, parts], {
                error: ({ input }) => (Array.isArray(input) ? onlyTextParts : 'it must be text'),
              }),
            },
            'it must be an object with role and content',
          ),
          messages,
        )
        .min(1, messages)
        .max(mostTurns, messages),
      max_completion_tokens: tokens.nullish(),
      logprobs: z.literal(false, 'it is not supported').nullish(),
      top_logprobs: z.literal(0, 'it is not supported').nullish(),
      tools: noneOf(noTools).nullish(),
      tool_choice: toolChoice,
      functions: noneOf(noTools).nullish(),
      function_call: toolChoice,
      modalities: z.array(z.literal('text', onlyText), onlyText).nullish(),
      audio: unsupported,
      web_search_options: unsupported,
      ...forms,
    },
    body,
  )
  .superRefine((request, context) => {
    const [, second] = formsIn(request);
    if (second !== undefined) context.addIssue({ code: 'custom', path: [second], message: oneFormOnly });
  });
export type ChatRequest = z.infer<typeof chatRequestSchema>;

const onlyForChat = 'it is supported at /v1/chat/completions only';
const formUnsupported = z.null(onlyForChat).optional();

export const completionRequestSchema = z.object(
  {
    ...shared,
    prompt: z.union(
      [
        text,
        z
          .array(text)
          .length(1)
          .transform(([only]) => only ?? ''),
      ],
      'it must be one text, as one prompt is answered at a time',
    ),
    response_format: z.object({ type: z.literal('text', onlyForChat) }, onlyForChat).nullish(),
    json_schema: formUnsupported,
    guided_json: formUnsupported,
    guided_choice: formUnsupported,
    structured_outputs: formUnsupported,
    echo: z.literal(false, 'it is not supported').nullish(),
    logprobs: unsupported,
    suffix: unsupported,
  },
  body,
);
export type CompletionRequest = z.infer<typeof completionRequestSchema>;

/** The sampling for the studio. Without a temperature it is greedy, as everywhere in the studio. */
export function samplingOf(
  request: ChatRequest | CompletionRequest,
  usual: { readonly maxTokens: number; readonly seed: number },
): Partial<Sampling> {
  const ofChat = 'max_completion_tokens' in request ? request.max_completion_tokens : undefined;
  const limit = ofChat ?? request.max_tokens ?? usual.maxTokens;
  const { stop } = request;
  return {
    // An answer that is cut at the studio's limit says so, as at the client's own.
    maxTokens: limit === -1 ? mostAnswerTokens : Math.min(limit, mostAnswerTokens),
    temperature: request.temperature ?? 0,
    // 0 would leave no token; it means the likeliest one.
    topP: request.top_p === 0 ? 1e-6 : (request.top_p ?? 1),
    topK: Math.max(0, request.top_k ?? 0),
    seed: Math.abs(request.seed ?? usual.seed) % 2 ** 31,
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
  };
}

const oneFormOnly = 'it is another form than the request gives already; give one only';

/** The fields of a request that say what an answer must look like. */
function formsIn(request: Pick<z.infer<z.ZodObject<typeof forms>>, keyof typeof forms>): string[] {
  const { response_format: format, json_schema, guided_json, guided_choice, structured_outputs: structured } = request;
  const given = {
    response_format: format && format.type !== 'text',
    ...{ json_schema, guided_json, guided_choice },
    structured_outputs: structured?.json ?? structured?.choice ?? structured?.json_object,
  };
  const both = structured?.choice && (structured.json || structured.json_object) ? ['structured_outputs'] : [];
  return [...Object.entries(given).flatMap(([name, form]) => (form ? [name] : [])), ...both];
}

/**
 * What an answer must look like. Unless the program says so, an adapter's keeps the form of the targets that it was
 * trained on, as in the studio's own chat; `text` as format lets it be anything.
 */
export function formOf(request: ChatRequest): GenerateInput['form'] {
  const { response_format: format, structured_outputs: structured } = request;
  const texts = request.guided_choice ?? structured?.choice;
  if (texts) return { kind: 'choices', texts };
  const ofFormat = format?.type === 'json_schema' ? format.json_schema.schema : undefined;
  const ofObject = format?.type === 'json_object' ? format.schema : undefined;
  const schema = ofFormat ?? ofObject ?? request.json_schema ?? request.guided_json ?? structured?.json;
  if (schema) return { kind: 'json', schema };
  if (structured?.json_object || (format && format.type !== 'text')) return { kind: 'json' };
  return format?.type === 'text' ? undefined : { kind: 'targets' };
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
