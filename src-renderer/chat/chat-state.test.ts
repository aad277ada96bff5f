import { expect, test, vi } from 'vitest';
import type { Conversation, Turns } from '../../src-contract/chat.ts';
import {
  answer,
  answerWith,
  asked,
  baseModel,
  chatForEachTest,
  conversation,
  opened,
  stored,
  turns,
  user,
} from '../../test/fixtures/chat-panel.ts';
import { client } from '../client.ts';
import { ChatState } from './chat-state.svelte.ts';

vi.mock('../client.ts', () => import('../../test/fixtures/chat-client.ts'));

chatForEachTest();

// The conversation was hidden behind “No base model”, and a new one was started with the deleted model.
test('a conversation whose base model was deleted stays readable, and a new one gets an existing base', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([{ ...conversation('c'), baseModelId: 'gone' }]);
  stored.push(user('Who is a cat?'), answer('Otto'));
  const state = await opened();
  expect(state.messages.map(({ text }) => text)).toEqual(['Who is a cat?', 'Otto']);
  expect(state.hasLostBase).toBe(true);
  expect(state.canSend).toBe(false);
  await state.regenerate();
  expect(client.chat.regenerate).not.toHaveBeenCalled();
  state.startConversation();
  expect(state.hasLostBase).toBe(false);
  expect(state.answerers.baseModelId).toBe('b');
  state.leave();
});

// Regression: it offered to answer a question that another window was getting the answer to.
test('a window knows that another one gets the answer, and when it is there', async () => {
  const asked = [{ ...conversation('c'), answering: true }];
  vi.mocked(client.chat.conversations).mockResolvedValueOnce(asked);
  stored.push(user('Who is a cat?'));
  const state = await opened();
  expect(state.isAnsweredElsewhere).toBe(true);
  stored.push(answer('Otto'));
  await state.refresh();
  expect(state.isAnsweredElsewhere).toBe(false);
  expect(state.messages.map(({ text }) => text)).toEqual(['Who is a cat?', 'Otto']);
  state.leave();
});

test('an empty conversation switches to another base when its own is deleted', async () => {
  const both = [baseModel('b', { builtIn: true }), baseModel('other', { builtIn: false })];
  vi.mocked(client.baseModels.list).mockResolvedValue(both);
  const state = await opened({ baseModel: 'other' });
  expect(state.answerers.baseModelId).toBe('other');
  vi.mocked(client.baseModels.list).mockResolvedValue(both.slice(0, 1));
  await state.refresh();
  expect(state.answerers.baseModelId).toBe('b');
  state.leave();
});

// Regressions: a late answer about one conversation put its turns, or its adapter, into the one opened since.
test('what comes late for a conversation changes nothing in the one opened since', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c'), conversation('d')]);
  const state = await opened();
  const late = Promise.withResolvers<Turns>();
  vi.mocked(client.chat.messages).mockReturnValueOnce(late.promise);
  const opening = state.openConversation('c');
  await state.openConversation('d');
  expect(state.opening).toBe(false);
  state.choose('answers');
  late.resolve(turns([]));
  await opening;
  expect(state.answerers.adapterId).toBe('answers');

  const found = Promise.withResolvers<Turns>();
  vi.mocked(client.chat.messages).mockReturnValueOnce(found.promise);
  const finding = state.openConversation('c', 'm');
  await state.openConversation('d');
  vi.mocked(client.chat.messages).mockResolvedValueOnce(turns([user('Who is a cat?')]));
  found.resolve(turns([]));
  await finding;
  expect(state.messages).toEqual([]);
  vi.mocked(client.chat.messages).mockReset();

  const chosen = Promise.withResolvers<Turns>();
  vi.mocked(client.chat.messages).mockReturnValueOnce(chosen.promise);
  const choosing = state.chooseTurn('m');
  state.startConversation();
  chosen.resolve(turns([user('Who is a cat?')]));
  await choosing;
  expect(state.messages).toEqual([]);
  state.leave();
});

// Regressions: the last answerer came with the turns and replaced the one chosen meanwhile; and a message sent meanwhile
// went to whoever answered in the conversation before.
test('who is chosen while a conversation is being opened answers in it, and else who answered last', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c'), conversation('d')]);
  const state = await opened();
  const opening = () => {
    const late = Promise.withResolvers<Turns>();
    vi.mocked(client.chat.messages).mockReturnValueOnce(late.promise);
    void state.openConversation('c');
    return () =>
      late.resolve(turns([user('Who is a cat?'), { ...answer('Otto'), adapterId: 'answers', onPath: true }]));
  };
  let come = opening();
  state.choose('notes');
  come();
  await vi.waitFor(() => expect(state.opening).toBe(false));
  expect(state.answerers.adapterId).toBe('notes');

  answerWith('Mimi');
  come = opening();
  state.composer.text = 'And who is a dog?';
  const sending = state.send();
  come();
  await sending;
  expect(asked()).toEqual([['And who is a dog?', 'answers']]);

  come = opening();
  state.composer.text = 'half a question';
  const left = state.send();
  await state.openConversation('d');
  come();
  await left;
  expect(asked()).toHaveLength(1);
  state.leave();
});

// Regression: a conversation of 5,000 turns came whole, 6 MB, with every answer and every vote.
test('turns that were read stay, and only what follows them is read again', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c'), conversation('d')]);
  const [first, second, third] = [user('Who?'), user('Where?'), user('When?')];
  vi.mocked(client.chat.messages).mockResolvedValueOnce({ kept: 0, messages: [first, second], marks: ['1', '2'] });
  const state = await opened({ conversation: 'c' });
  expect(client.chat.messages).toHaveBeenLastCalledWith({ conversationId: 'c', known: undefined });

  vi.mocked(client.chat.messages).mockResolvedValueOnce({ kept: 1, messages: [third], marks: ['1', '3'] });
  await state.refresh();
  expect(client.chat.messages).toHaveBeenLastCalledWith({ conversationId: 'c', known: ['1', '2'] });
  expect(state.messages).toEqual([first, third]);

  await state.openConversation('d');
  expect(client.chat.messages).toHaveBeenLastCalledWith({ conversationId: 'd', known: undefined });
  state.leave();
});

test('keeps the conversation on screen when the connection is lost', async () => {
  const state = await opened();
  vi.mocked(client.adapters.list).mockRejectedValue(new Error('gone'));
  await state.refresh();
  expect(state.error).toBeUndefined();
  expect(state.answerers.allAdapters).toHaveLength(2);
  state.leave();
});

test('opens no earlier conversation when a base is requested or a new one has unsent text', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  for (const state of [new ChatState({ baseModel: 'b' }), new ChatState({}, { '': 'typed' })]) {
    await vi.waitFor(() => expect(state.loading).toBe(false));
    expect(state.conversationId).toBeUndefined();
    state.leave();
  }
});

// On a slow machine the previous conversation was opened after all, and the next message went there.
test('a new conversation asked for before the last one has come stays open, and goes on with its adapter', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  stored.push(user('Who is a cat?'), { ...answer('Otto'), adapterId: 'answers' });
  const state = new ChatState({});
  state.startConversation();
  await vi.waitFor(() => expect(state.loading).toBe(false));
  expect([state.conversationId, state.messages, state.answerers.adapterId]).toEqual([undefined, [], 'answers']);
  state.leave();
});

// The turns of one appeared under the name of the other, and the next message went there.
test('a conversation opened while a new one is being created stays open', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('d')]);
  const state = await opened();
  state.startConversation();
  const created = Promise.withResolvers<Conversation>();
  vi.mocked(client.chat.createConversation).mockReturnValue(created.promise);
  vi.mocked(client.chat.send).mockRejectedValue(new Error('stopped'));
  state.composer.text = 'Who is a cat?';
  const sending = state.send();
  await state.openConversation('d');
  created.resolve(conversation('c'));
  await sending;
  expect(state.conversationId).toBe('d');
  // Regression: the question was lost.
  expect(state.composer.unsent).toEqual({ c: 'Who is a cat?' });
  state.leave();
});

// It came back into the list, but the page stayed empty.
test('restoring a deleted conversation reopens it, unless another was opened meanwhile', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c'), conversation('d')]);
  const state = await opened();
  await state.openConversation('c');
  stored.push(user('Who?'), answer('Otto'));
  const restore = await state.deleteConversation('c');
  expect(state.conversationId).toBeUndefined();
  await restore();
  expect(state).toMatchObject({ conversationId: 'c', messages: [{ text: 'Who?' }, { text: 'Otto' }] });
  const restoreAgain = await state.deleteConversation('c');
  await state.openConversation('d');
  await restoreAgain();
  expect(state.conversationId).toBe('d');
  state.leave();
});
