import { expect, test } from 'vitest';
import { chatRequestSchema, completionRequestSchema } from './openai-requests.ts';

const messages = [{ role: 'user', content: 'x' }];

// Regression: the validator's own messages came through: “Invalid input”, “Too small: expected array to have >=1
// items”.
test.each([
  [{ messages, stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop', 'it must be a text, or a list of four texts at most'],
  [{ messages: [] }, 'messages', 'it must be a list of 1 to 1000 messages, each with role and content'],
  [{ messages, temperature: 3 }, 'temperature', 'it must be a number from 0 to 2'],
  [{ messages, max_tokens: 0.5 }, 'max_tokens', 'it must be a whole number from 1 to 4096'],
  [{ messages, seed: 0.5 }, 'seed', 'it must be a whole number'],
  [{ messages, logit_bias: { 5: 100 } }, 'logit_bias', 'it is not supported'],
  [{ messages, functions: [{ name: 'f' }] }, 'functions', 'functions are not supported'],
  // Regression: these were ignored: text came where a client expected a call, audio or sources.
  [{ messages, tool_choice: 'required' }, 'tool_choice', 'tools are not supported'],
  [{ messages, function_call: { name: 'f' } }, 'function_call', 'tools are not supported'],
  [{ messages, audio: { voice: 'alloy', format: 'wav' } }, 'audio', 'it is not supported'],
  [{ messages, web_search_options: {} }, 'web_search_options', 'it is not supported'],
  [{ messages, model: 7 }, 'model', 'it must be the name of a model'],
])('the error of an invalid chat request says what is allowed: %j', (request, param, words) => {
  const { error } = chatRequestSchema.safeParse({ model: 'm', ...request });
  expect(error?.issues[0]).toMatchObject({ path: [param], message: words });
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
  };
  expect(chatRequestSchema.safeParse({ model: 'm', messages, ...unused }).success).toBe(true);
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
