import { expect, test, vi } from 'vitest';
import type { ChatEvent, Message } from '../../src-contract/chat.ts';
import {
  answer,
  answerWith,
  chatForEachTest,
  conversation,
  opened,
  stored,
  user,
} from '../../test/fixtures/chat-panel.ts';
import { client } from '../client.ts';
import { ComparisonState } from './comparison-state.svelte.ts';

vi.mock('../client.ts', () => import('../../test/fixtures/chat-client.ts'));

chatForEachTest();

test('the first message creates the conversation and goes to the chosen adapter', async () => {
  const state = await opened();
  answerWith('Otto');
  state.choose('answers');
  state.composer.passage = 'Otto is a cat.';
  state.composer.text = 'Who is a cat?';
  await state.send();
  expect(client.chat.send).toHaveBeenCalledWith(
    {
      conversationId: 'c',
      text: 'Who is a cat?',
      input: { passage: 'Otto is a cat.' },
      adapterId: 'answers',
      strength: 1,
    },
    expect.anything(),
  );
  expect(state.messages.map((message) => message.text)).toEqual(['Who is a cat?', 'Otto']);
  expect(state.draft).toBeUndefined();
  expect(state.composer.text).toBe('');
  state.leave();
});

// Regression: for the seconds that a model takes to be read, the question was neither in the box nor in the conversation.
test.each(['send', 'compare'] as const)('what was sent is shown until it is a message (%s)', async (how) => {
  const state = await opened();
  const comparison = new ComparisonState(state);
  comparison.begin();
  const accepted = Promise.withResolvers<void>();
  vi.mocked(client.chat[how]).mockImplementation((async () =>
    (async function* () {
      await accepted.promise;
      yield { kind: 'started', user: user('Who is a cat?'), answerId: 'a', comparisonId: 'x' };
    })()) as never);
  state.composer.text = 'Who is a cat?';
  const sending = how === 'send' ? state.send() : comparison.send();
  expect(state.sending).toMatchObject({ text: 'Who is a cat?' });
  stored.push(user('Who is a cat?'));
  accepted.resolve();
  await sending;
  expect([state.sending, state.messages.map(({ text }) => text)]).toEqual([undefined, ['Who is a cat?']]);
  state.leave();
});

test('a refused message returns to the box with the reason', async () => {
  const state = await opened();
  vi.mocked(client.chat.send).mockRejectedValue(Object.assign(new Error('too long'), { code: 'CONTEXT_TOO_LONG' }));
  state.composer.text = 'A very long text';
  await state.send();
  expect(state.sendError).toMatchObject({ code: 'CONTEXT_TOO_LONG' });
  expect(state.composer.text).toBe('A very long text');
  expect([state.writing, state.sending]).toEqual([false, undefined]);
  state.leave();
});

test('a refused message returns without waiting for the reload that follows', async () => {
  const state = await opened();
  vi.mocked(client.chat.send).mockRejectedValue(new Error('full'));
  vi.mocked(client.chat.conversations).mockReturnValue(new Promise(() => {}));
  state.composer.text = 'A question';
  void state.send();
  await vi.waitFor(() => expect(state.sendError).toBeDefined());
  expect(state.composer.text).toBe('A question');
  state.leave();
});

test('a message refused while another conversation is open returns to its own conversation’s box', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c'), conversation('d')]);
  const state = await opened();
  const refusal = Promise.withResolvers<never>();
  vi.mocked(client.chat.send).mockReturnValue(refusal.promise);
  await state.openConversation('c');
  state.composer.text = 'A question';
  const sending = state.send();
  state.conversationId = 'd';
  refusal.reject(new Error('full'));
  await sending;
  expect(state.composer.text).toBe('');
  state.conversationId = 'c';
  expect(state.composer.text).toBe('A question');
  state.leave();
});

test.each(['send', 'compare'] as const)(
  'a message stopped before it was accepted (%s) returns to the box, unless the studio has stored it',
  async (how) => {
    const state = await opened();
    const comparison = new ComparisonState(state);
    comparison.begin();
    vi.mocked(client.chat[how]).mockImplementation(
      ((_: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', reject))) as never,
    );
    const stopAtOnce = async (text: string) => {
      state.composer.text = text;
      const sending = how === 'send' ? state.send() : comparison.send();
      await vi.waitFor(() => expect(client.chat[how]).toHaveBeenCalled());
      state.stop();
      await sending;
      vi.mocked(client.chat[how]).mockClear();
    };
    await stopAtOnce('A question');
    expect([state.composer.text, state.sending]).toEqual(['A question', undefined]);
    stored.push(user('A question'));
    await stopAtOnce('A question');
    expect(state.composer.text).toBe('');
    // Regression: in the place of another one, it was in the box as well.
    state.composer.edit(user('A question'));
    stored.splice(0, 1, { ...user('Another question'), id: 'v' });
    await stopAtOnce('Another question');
    expect(state.composer.text).toBe('');
    state.leave();
  },
);

// The question appeared in the other conversation's box, over what was typed there.
test.each(['send', 'compare'] as const)(
  'a message whose conversation is left before it is accepted (%s) leaves the next box alone',
  async (how) => {
    vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c'), conversation('d')]);
    const state = await opened();
    const comparison = new ComparisonState(state);
    await state.openConversation('d');
    state.composer.text = 'half a question';
    await state.openConversation('c');
    comparison.begin();
    vi.mocked(client.chat[how]).mockImplementation(
      ((_: unknown, options: { signal: AbortSignal }) =>
        new Promise((_resolve, reject) => options.signal.addEventListener('abort', reject))) as never,
    );
    for (const unsent of ['half a question', '']) {
      await state.openConversation('c');
      state.composer.edit(user('Who is a cat?'));
      const sending = how === 'send' ? state.send() : comparison.send();
      await vi.waitFor(() => expect(client.chat[how]).toHaveBeenCalled());
      await state.openConversation('d');
      await sending;
      expect(state.composer).toMatchObject({ text: unsent, editing: undefined });
      state.composer.text = '';
      vi.mocked(client.chat[how]).mockClear();
    }
    state.leave();
  },
);

test('stopping keeps the partial answer until the studio has stored it', async () => {
  const state = await opened();
  const asked = user('Go on');
  sendsUntilStopped(asked, { kind: 'text', delta: 'half an ' });
  state.composer.text = 'Go on';
  const sending = state.send();
  await vi.waitFor(() => expect(state.draft?.text).toBe('half an '));
  state.stop();
  await sending;
  expect(state.draft).toMatchObject({ id: 'a', text: 'half an ', writing: false });
  expect(state.sendError).toBeUndefined();
  stored.push({ ...answer('half an '), finish: 'stopped' });
  await state.refresh();
  expect(state.draft).toBeUndefined();
  expect(state.messages).toHaveLength(2);
  state.leave();
});

// Regression: neither the question nor a notice offered to answer it until the page was reloaded.
test('a question stopped before the first word of its answer can be answered in place', async () => {
  const state = await opened();
  const asked = user('Go on');
  sendsUntilStopped(asked, { kind: 'loading', share: 0.2 });
  state.composer.text = 'Go on';
  const sending = state.send();
  await vi.waitFor(() => expect(state.awaited?.share).toBe(0.2));
  state.stop();
  await sending;
  expect(state.messages).toEqual([asked]);
  expect([state.draft, state.sendError, state.canAnswerAgain]).toEqual([undefined, undefined, false]);
  state.leave();
});

/** Answers a question with one event, and then waits to be stopped. */
function sendsUntilStopped(asked: Message, event: ChatEvent): void {
  const send = async (_: unknown, { signal }: { signal: AbortSignal }) =>
    (async function* (): AsyncGenerator<ChatEvent> {
      stored.push(asked);
      yield { kind: 'started', user: asked, answerId: 'a' };
      yield event;
      await new Promise((_resolve, reject) => signal.addEventListener('abort', reject));
    })();
  // Sound: the state only iterates over it.
  vi.mocked(client.chat.send).mockImplementation(send as unknown as typeof client.chat.send);
}
