import { expect, test } from 'vitest';
import { chatRequestSchema, completionRequestSchema, formOf, samplingOf } from './openai-requests.ts';

const messages = [{ role: 'user', content: 'x' }];
const noTools = 'tools are not supported; turn them off in the program, or let it ask for JSON by a schema instead';

// Regression: the validator's own messages came through: “Invalid input”, “Too small: expected array to have >=1
// items”.
test.each([
  [{ messages, stop: Array(33).fill('a') }, 'stop', 'it must be a text, or a list of 32 texts at most'],
  [{ messages: [] }, 'messages', 'it must be a list of 1 to 1000 messages, each with role and content'],
  [{ messages, temperature: 3 }, 'temperature', 'it must be a number from 0 to 2'],
  [{ messages, max_tokens: 0.5 }, 'max_tokens', 'it must be a whole number, 1 or more; or -1 for no limit'],
  [{ messages, max_tokens: 0 }, 'max_tokens', 'it must be a whole number, 1 or more; or -1 for no limit'],
  [{ messages, seed: 0.5 }, 'seed', 'it must be a whole number'],
  [{ messages, logit_bias: { 5: 100 } }, 'logit_bias', 'it is not supported'],
  [{ messages, functions: [{ name: 'f' }] }, 'functions', noTools],
  // Regression: these were ignored: text came where a client expected a call, audio or sources.
  [{ messages, tool_choice: 'required' }, 'tool_choice', noTools],
  [{ messages, function_call: { name: 'f' } }, 'function_call', noTools],
  [{ messages, audio: { voice: 'alloy', format: 'wav' } }, 'audio', 'it is not supported'],
  [{ messages, web_search_options: {} }, 'web_search_options', 'it is not supported'],
  // Regression: these were ignored, too.
  [{ messages, min_p: 0.05 }, 'min_p', 'it is not supported'],
  [{ messages, repetition_penalty: 1.1 }, 'repetition_penalty', 'it is not supported'],
  [{ messages, repeat_penalty: 1.1 }, 'repeat_penalty', 'it is not supported'],
  [{ messages, min_tokens: 5 }, 'min_tokens', 'it is not supported'],
  [{ messages, ignore_eos: true }, 'ignore_eos', 'it is not supported'],
  [{ messages, grammar: 'root ::= "yes"' }, 'grammar', 'it is not supported'],
  [{ messages, chat_template_kwargs: { enable_thinking: false } }, 'chat_template_kwargs', 'it is not supported'],
  [{ messages, guided_json: 'x' }, 'guided_json', 'it must be a JSON Schema, as an object'],
  [{ messages, guided_regex: 'a+' }, 'guided_regex', 'it is not supported'],
  // Regression: these were ignored: any text came where a client expected one that fits.
  [{ messages, regex: 'a+' }, 'regex', 'it is not supported'],
  [{ messages, ebnf: 'root ::= "yes"' }, 'ebnf', 'it is not supported'],
  [{ messages, guided_choice: [] }, 'guided_choice', 'it must be a list of 1 to 1000 texts of 1 to 2000 characters'],
  [{ messages, bad_words: ['Berlin'] }, 'bad_words', 'it is not supported'],
  [{ messages, length_penalty: 3 }, 'length_penalty', 'it is not supported'],
  [
    { messages, response_format: { type: 'json_object' }, guided_choice: ['red'] },
    'guided_choice',
    'it is another form than the request gives already; give one only',
  ],
  [
    { messages, structured_outputs: { choice: ['red'], json: {} } },
    'structured_outputs',
    'it is another form than the request gives already; give one only',
  ],
  [{ messages, top_k: 0.5 }, 'top_k', 'it must be a whole number; 0 or -1 for no limit'],
  [{ messages, model: 7 }, 'model', 'it must be the name of a model'],
  [{ messages, n: 2 }, 'n', 'only one answer is given to a request; ask once for each'],
])('the error of an invalid chat request says what is allowed: %j', (request, param, words) => {
  const { error } = chatRequestSchema.safeParse({ model: 'm', ...request });
  expect(error?.issues[0]).toMatchObject({ path: [param], message: words });
});

// Regression: such a schema cannot be sent to the engine, and the answer was that something went wrong.
test('the error of a schema that is too deep says what is allowed', () => {
  const deep = (levels: number) => JSON.parse(`${'{"items":'.repeat(levels)}{}${'}'.repeat(levels)}`) as object;
  const asked = (schema: object) => ({
    model: 'm',
    messages,
    response_format: { type: 'json_schema', json_schema: { schema } },
  });
  expect(chatRequestSchema.safeParse(asked(deep(400))).success).toBe(true);
  const { error } = chatRequestSchema.safeParse(asked(deep(100_000)));
  expect(error?.issues[0]).toMatchObject({
    path: ['response_format', 'json_schema', 'schema'],
    message: 'it must have 500 levels at most',
  });
});

// Regression: the format was ignored there.
test.each([{ response_format: { type: 'json_object' } }, { guided_choice: ['a'] }, { guided_regex: 'a+' }])(
  'a completion is refused that asks for a form: %j',
  (options) => {
    expect(completionRequestSchema.safeParse({ model: 'm', prompt: 'x', ...options }).success).toBe(false);
    expect(
      completionRequestSchema.safeParse({ model: 'm', prompt: 'x', response_format: { type: 'text' } }).success,
    ).toBe(true);
  },
);

// Regression: “it must be text”, of a conversation that a program had begun with another model.
test.each([
  [{ role: 'user', content: [{ type: 'text', text: 'x' }, { type: 'image_url' }] }, 'content', /^only text .+ images/],
  [{ role: 'assistant', content: null, tool_calls: [{ id: '1' }] }, 'tool_calls', /^tools are not supported/],
  [{ role: 'tool', content: 'x' }, 'role', /^tools are not supported/],
  [{ role: 'judge', content: 'x' }, 'role', /^it must be system/],
])('the error of a message that is not supported says what is not: %j', (message, param, words) => {
  const { error } = chatRequestSchema.safeParse({ model: 'm', messages: [message] });
  expect(error?.issues[0]).toMatchObject({
    path: ['messages', 0, param],
    message: expect.stringMatching(words),
  });
});

const long = 'a'.repeat(2_000_001);

// Regression: “Too big: expected string to have <=2000000 characters”.
test.each([
  [chatRequestSchema, { messages: [{ role: 'user', content: long }] }],
  [chatRequestSchema, { messages: [{ role: 'user', content: [{ type: 'text', text: long }] }] }],
  [completionRequestSchema, { prompt: long }],
])('the error of a text that is too long says what is allowed', (schema, request) => {
  const { error } = schema.safeParse({ model: 'm', ...request });
  expect(error?.issues[0]?.message).toBe('it must be text, of at most 2,000,000 characters');
});

test('only text output is supported', () => {
  const { error } = chatRequestSchema.safeParse({ model: 'm', messages, modalities: ['text', 'audio'] });
  expect(error?.issues[0]).toMatchObject({ path: ['modalities', 1], message: 'only text is supported' });
});

test('unsupported options are accepted with values that ask for nothing', () => {
  const unused = {
    ...{ logit_bias: {}, functions: [], tools: [], tool_choice: 'auto', function_call: 'none', modalities: ['text'] },
    ...{ audio: null, presence_penalty: 0, logprobs: false, top_logprobs: 0 },
    // Options that do not change the text, or ask for nothing that is unsupported.
    ...{ parallel_tool_calls: true, store: false, metadata: {}, user: 'x', service_tier: 'auto' },
    ...{ reasoning_effort: 'low', verbosity: 'low', prompt_cache_key: 'x', safety_identifier: 'x' },
    ...{ min_p: 0, repetition_penalty: 1, repeat_penalty: 1, min_tokens: 0, ignore_eos: false, grammar: '' },
  };
  expect(chatRequestSchema.safeParse({ model: 'm', messages, ...unused }).success).toBe(true);
});

test.each([
  [{}, { maxTokens: 16, topK: 0, topP: 1, temperature: 0, seed: 7, stop: [] }],
  // Regression: top_k was ignored, every answer by chance was the same one, and a generous limit was refused.
  [
    { top_k: 40, seed: -3, temperature: 1, top_p: 0.9 },
    { topK: 40, seed: 3, temperature: 1, topP: 0.9 },
  ],
  [{ top_k: -1 }, { topK: 0 }],
  [{ max_tokens: 32_000 }, { maxTokens: 4096 }],
  // Regression: it was refused.
  [{ max_tokens: -1 }, { maxTokens: 4096 }],
  [
    { max_tokens: 5, stop: 'x' },
    { maxTokens: 5, stop: ['x'] },
  ],
  // Regression: more than four were refused, and programs that complete code send a dozen.
  [{ stop: [...'abcdefghijkl'] }, { stop: [...'abcdefghijkl'] }],
])('of %j the engine is asked for %j', (options, sampling) => {
  const request = chatRequestSchema.parse({ model: 'm', messages, ...options });
  expect(samplingOf(request, { maxTokens: 16, seed: 7 })).toMatchObject(sampling);
});

const schema = { type: 'object', properties: { age: { type: 'integer' } } };

test.each([
  // As in the studio's own chat, an adapter keeps the form of its targets.
  [{}, { kind: 'targets' }],
  [{ response_format: { type: 'text' } }, undefined],
  [{ response_format: { type: 'json_object' } }, { kind: 'json' }],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema } } },
    { kind: 'json', schema },
  ],
  // The ways of llama.cpp and of vLLM.
  [{ response_format: { type: 'json_object', schema } }, { kind: 'json', schema }],
  [{ json_schema: schema }, { kind: 'json', schema }],
  [{ guided_json: schema }, { kind: 'json', schema }],
  [{ structured_outputs: { json: schema } }, { kind: 'json', schema }],
  [{ structured_outputs: { json_object: true } }, { kind: 'json' }],
  [{ structured_outputs: { choice: ['a', 'b'] } }, { kind: 'choices', texts: ['a', 'b'] }],
  [{ guided_choice: ['a', 'b'] }, { kind: 'choices', texts: ['a', 'b'] }],
])('the form that %j asks for', (options, form) => {
  expect(formOf(chatRequestSchema.parse({ model: 'm', messages, ...options }))).toEqual(form);
});

test('a completion takes one prompt, alone or in a list', () => {
  expect(completionRequestSchema.parse({ model: 'm', prompt: ['a'] }).prompt).toBe('a');
  const { error } = completionRequestSchema.safeParse({ model: 'm', prompt: ['a', 'b'] });
  expect(error?.issues[0]?.message).toBe('it must be one text, as one prompt is answered at a time');
});

test('no error message uses the wording of the validator', () => {
  const wrong = Object.fromEntries(
    Object.keys({ ...chatRequestSchema.shape, ...completionRequestSchema.shape }).map((name) => [
      name,
      Symbol.iterator,
    ]),
  );
  const issues = [chatRequestSchema, completionRequestSchema].flatMap((schema) =>
    [wrong, 'x'].flatMap((request) => schema.safeParse(request).error?.issues ?? []),
  );
  expect(issues.length).toBeGreaterThan(20);
  expect(issues.filter(({ message }) => /invalid|expected/i.test(message))).toEqual([]);
});
