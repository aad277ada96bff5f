import type { Generation } from '../../../src-contract/chat.ts';

interface Named {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

/** How one of the two response formats is written, whole and in pieces. */
export interface AnswerStyle {
  readonly idPrefix: string;
  whole(named: Named, generation: Generation): object;
  first(named: Named): object[];
  piece(named: Named, delta: string): object;
  last(named: Named, generation: Generation, options: { usage: boolean }): object[];
}

export const chatStyle: AnswerStyle = {
  idPrefix: 'chatcmpl-',
  whole: (named, generation) => ({
    ...{ ...named, object: 'chat.completion', ...proof(generation), usage: usageOf(generation) },
    choices: [
      {
        ...{ index: 0, message: { role: 'assistant', content: generation.text, refusal: null }, logprobs: null },
        finish_reason: reasonOf(generation),
      },
    ],
  }),
  first: (named) => [chatChunk(named, { delta: { role: 'assistant', content: '' } })],
  piece: (named, delta) => chatChunk(named, { delta: { content: delta } }),
  last: (named, generation, { usage }) => [
    { ...chatChunk(named, { delta: {}, finish_reason: reasonOf(generation) }), ...proof(generation) },
    ...(usage ? [{ ...chatChunk(named), usage: usageOf(generation) }] : []),
  ],
};

export const completionStyle: AnswerStyle = {
  idPrefix: 'cmpl-',
  whole: (named, generation) => ({
    ...{ ...named, object: 'text_completion', ...proof(generation), usage: usageOf(generation) },
    choices: [{ index: 0, text: generation.text, logprobs: null, finish_reason: reasonOf(generation) }],
  }),
  first: () => [],
  piece: (named, delta) => completionChunk(named, { text: delta }),
  last: (named, generation, { usage }) => [
    { ...completionChunk(named, { text: '', finish_reason: reasonOf(generation) }), ...proof(generation) },
    ...(usage ? [{ ...completionChunk(named), usage: usageOf(generation) }] : []),
  ],
};

function chatChunk(named: Named, choice?: { delta: object; finish_reason?: string }): object {
  const choices = choice === undefined ? [] : [{ index: 0, logprobs: null, finish_reason: null, ...choice }];
  return { ...named, object: 'chat.completion.chunk', choices };
}

function completionChunk(named: Named, choice?: { text: string; finish_reason?: string }): object {
  const choices = choice === undefined ? [] : [{ index: 0, logprobs: null, finish_reason: null, ...choice }];
  return { ...named, object: 'text_completion', choices };
}

/** The hashes of the weights that answered, in OpenAI's field for that. */
function proof({ base, adapter }: Generation): object {
  return {
    system_fingerprint: [base, ...(adapter === null ? [] : [adapter])]
      .map(({ sha256 }) => sha256.slice(0, 16))
      .join('+'),
  };
}

function usageOf({ promptTokens, tokens }: Generation): object {
  return { prompt_tokens: promptTokens, completion_tokens: tokens, total_tokens: promptTokens + tokens };
}

function reasonOf({ finish }: Generation): string {
  return finish === 'length' ? 'length' : 'stop';
}
