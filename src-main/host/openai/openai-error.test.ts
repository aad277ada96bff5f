import { ORPCError } from '@orpc/server';
import { expect, test } from 'vitest';
import { openaiErrorOf } from './openai-error.ts';

// Regression: LiteLLM, mods and Continue look for OpenAI's sentence, not its code: they took it for any other refusal.
test('a prompt that is too long is refused in the words that programs shorten theirs at', () => {
  const error = openaiErrorOf(new ORPCError('CONTEXT_TOO_LONG', { data: { tokens: 20_031, limit: 8191 } }));
  expect(error.body).toEqual({
    error: {
      message:
        "This model's maximum context length is 8191 tokens. However, your messages resulted in 20031 tokens. Shorten the text.",
      type: 'invalid_request_error',
      param: null,
      code: 'context_length_exceeded',
    },
  });
  expect(error.told).toMatchObject({ code: 'CONTEXT_TOO_LONG', data: { tokens: 20_031, limit: 8191 } });
});

// Regression: a name of a megabyte came back as one, and was kept in the list of requests.
test('of a schema’s fault the place is said in a sentence of bounded length', () => {
  const data = { path: `#/properties/${'x'.repeat(1_000_000)}`, reason: '“not” is not supported' };
  const { message, status, told } = openaiErrorOf(new ORPCError('FORM_REFUSED', { data }));
  expect(status).toBe(400);
  expect(message).toMatch(
    /^Answers cannot be held to this JSON Schema: at #\/properties\/x+…, “not” is not supported\. Change/,
  );
  expect(message.length).toBeLessThan(700);
  expect(told?.message.length).toBeLessThan(700);
});
