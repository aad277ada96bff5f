import { expect, test, vi } from 'vitest';
import type { Turns } from '../../src-contract/chat.ts';
import type { Example } from '../../src-contract/dataset.ts';
import { answerWith, chatForEachTest, conversation, opened, turns, user } from '../../test/fixtures/chat-panel.ts';
import { client } from '../client.ts';
import { ChatState } from './chat-state.svelte.ts';

vi.mock('../client.ts', () => import('../../test/fixtures/chat-client.ts'));

chatForEachTest();

// Regression: that of the conversation's last question took its place.
test('a passage put beside the box while a conversation is being opened stays there', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  const asked = turns([{ ...user('Who is a cat?'), input: { passage: 'Otto is a cat.' } }]);
  const state = await opened({ baseModel: 'b' });
  for (const [typed, passage] of [
    ['', 'Otto is a cat.'],
    ['Mimi is a dog.', 'Mimi is a dog.'],
  ] as const) {
    state.composer.passage = '';
    const late = Promise.withResolvers<Turns>();
    vi.mocked(client.chat.messages).mockReturnValueOnce(late.promise);
    const opening = state.openConversation('c');
    state.composer.passage = typed;
    late.resolve(asked);
    await opening;
    expect(state.composer.passage).toBe(passage);
  }
  state.leave();
});

test('unsent text stays with its conversation and outlives the panel', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c'), conversation('d')]);
  const state = await opened();
  await state.openConversation('c');
  state.composer.text = 'half a question';
  await state.openConversation('d');
  expect(state.composer.text).toBe('');
  state.startConversation();
  state.composer.text = 'a new one';
  state.leave();
  const again = new ChatState({ conversation: 'c' }, state.composer.unsent);
  await vi.waitFor(() => expect(again.loading).toBe(false));
  expect(again.composer.text).toBe('half a question');
  again.startConversation();
  expect(again.composer.text).toBe('a new one');
  again.leave();
});

test('a new conversation drops the passage that was sent before, but keeps one that was never sent', async () => {
  const state = await opened();
  state.choose('answers');
  state.composer.passage = 'Otto is a cat.';
  state.startConversation();
  expect(state.composer.passage).toBe('Otto is a cat.');
  answerWith('Otto');
  state.composer.text = 'Who is a cat?';
  await state.send();
  state.startConversation();
  expect(state.composer.passage).toBe('');
  state.leave();
});

test('an empty box sends the document beside it to be summarised', async () => {
  const state = await opened();
  state.choose('notes');
  state.composer.document = 'Doctor: hello';
  expect(state.composer.outgoing).toEqual({ text: 'Doctor: hello', input: {} });
  state.composer.text = 'Another document';
  expect(state.composer.outgoing.text).toBe('Another document');
  state.leave();
});

test('cancelling the edit of a question restores the text typed before it', async () => {
  const state = await opened();
  state.choose('answers');
  Object.assign(state.composer, { text: 'typed', passage: 'own passage' });
  state.composer.edit({ ...user('asked'), input: { passage: 'its passage' } });
  expect(state.composer.passage).toBe('its passage');
  state.composer.stopEditing();
  expect([state.composer.text, state.composer.passage]).toEqual(['typed', 'own passage']);
  state.leave();
});

test('an edited question replaces the old one and what followed it', async () => {
  const state = await opened();
  answerWith('Otto');
  state.composer.text = 'Who is a cat?';
  await state.send();
  const [question] = state.messages;
  if (question === undefined) throw new Error('nothing was asked');
  state.composer.edit(question);
  expect(state.composer.text).toBe('Who is a cat?');
  state.composer.text = 'Who is a dog?';
  await state.send();
  expect(client.chat.send).toHaveBeenLastCalledWith(
    expect.objectContaining({ text: 'Who is a dog?', parentId: null }),
    expect.anything(),
  );
  expect(state.composer.editing).toBeUndefined();
  expect(state.messages).toHaveLength(2);
  state.leave();
});

// The draft was gone once the earlier question was sent.
test('a draft and its passage return after an edited question is sent', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  const state = await opened();
  state.choose('answers');
  answerWith('Otto');
  Object.assign(state.composer, { text: 'draft', passage: 'its passage' });
  state.composer.edit({ ...user('asked'), input: { passage: 'earlier passage' } });
  state.composer.text = 'asked otherwise';
  await state.send();
  expect(client.chat.send).toHaveBeenCalledWith(
    expect.objectContaining({ text: 'asked otherwise', input: { passage: 'earlier passage' } }),
    expect.anything(),
  );
  expect([state.composer.text, state.composer.passage]).toEqual(['draft', 'its passage']);
  expect(state.composer.editing).toBeUndefined();
  state.leave();
});

test('without a draft, the passage of an edited question stays beside the box once it is sent', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  const state = await opened();
  state.choose('answers');
  answerWith('Otto');
  state.composer.passage = 'Otto is a cta.';
  state.composer.edit({ ...user('asked'), input: { passage: 'Otto is a cta.' } });
  state.composer.passage = 'Otto is a cat.';
  await state.send();
  expect([state.composer.text, state.composer.passage]).toEqual(['', 'Otto is a cat.']);
  state.leave();
});

test('an unsent document returns after an edited earlier document is sent', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  const state = await opened();
  state.choose('notes');
  answerWith('Sum');
  state.composer.document = 'next document';
  state.composer.edit(user('earlier document'));
  state.composer.document = 'earlier document, mended';
  await state.send();
  expect(client.chat.send).toHaveBeenCalledWith(
    expect.objectContaining({ text: 'earlier document, mended' }),
    expect.anything(),
  );
  expect(state.composer.document).toBe('next document');
  state.leave();
});

test('a refused edit returns to the box, and cancelling it then restores the draft', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  const state = await opened();
  state.choose('answers');
  vi.mocked(client.chat.send).mockRejectedValue(new Error('full'));
  Object.assign(state.composer, { text: 'draft', passage: 'its passage' });
  state.composer.edit({ ...user('asked'), input: { passage: 'earlier passage' } });
  state.composer.text = 'asked otherwise';
  await state.send();
  expect([state.composer.text, state.composer.passage]).toEqual(['asked otherwise', 'earlier passage']);
  expect(state.composer.editing?.id).toBe(user('asked').id);
  state.composer.stopEditing();
  expect([state.composer.text, state.composer.passage]).toEqual(['draft', 'its passage']);
  state.leave();
});

// The target of a question about a passage was shown below the schema, as SQL.
test('hides the target of a picked row from an adapter of another task', async () => {
  const state = await opened();
  state.choose('answers');
  state.composer.fill({ context: 'Passage: Otto is a cat.\n\nQuestion: Who is a cat?', target: 'Otto' } as Example);
  expect(state.composer.pickedTarget).toBe('Otto');
  state.choose('notes');
  expect(state.composer.pickedTarget).toBeUndefined();
  state.choose('answers');
  expect(state.composer.pickedTarget).toBe('Otto');
  state.leave();
});

test('the target of a picked row belongs only to the question about the same passage', async () => {
  const state = await opened();
  state.choose('answers');
  for (const [passage, target] of Object.entries({ 'Otto is a cat.': 'Otto', 'Ada is a cat.': 'Ada' })) {
    state.composer.fill({ context: `Passage: ${passage}\n\nQuestion: Who is a cat?`, target } as Example);
  }
  const about = (passage: string) => ({ ...user('Who is a cat?'), input: { passage } });
  const targets = ['Otto is a cat.', 'Ada is a cat.', 'Bob is a cat.'].map((passage) =>
    state.composer.pickedTargetOf(about(passage)),
  );
  expect(targets).toEqual(['Otto', 'Ada', undefined]);
  state.leave();
});

// It was sent without warning and answered with a guess.
test('reports the missing passage of a question that needs one', async () => {
  const state = await opened();
  state.choose('answers');
  expect(state.composer.lacks).toBeUndefined();
  state.composer.text = 'Who is a cat?';
  expect(state.composer.lacks).toBe('passage');
  state.composer.passage = 'Otto is a cat.';
  expect(state.composer.lacks).toBeUndefined();
  state.leave();
});
