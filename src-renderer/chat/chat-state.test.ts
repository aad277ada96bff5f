import { beforeEach, expect, test, vi } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { ChatEvent, CompareEvent, Conversation, Message, Turns } from '../../src-contract/chat.ts';
import type { Dataset, Example } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { type ChatChoice, ChatState } from './chat-state.svelte.ts';
import { ComparisonState } from './comparison-state.svelte.ts';

const { changes } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('conversation');
});

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    studio: { changes },
    baseModels: { list: vi.fn() },
    adapters: { list: vi.fn() },
    datasets: { list: async () => [] },
    chat: {
      conversations: vi.fn(),
      createConversation: vi.fn(),
      deleteConversation: vi.fn(),
      restoreConversation: vi.fn(),
      messages: vi.fn(),
      send: vi.fn(),
      regenerate: vi.fn(),
      compare: vi.fn(),
      measure: vi.fn(async () => undefined),
      readAhead: vi.fn(),
      chooseTurn: vi.fn(),
    },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

const stored: Message[] = [];

beforeEach(() => {
  vi.clearAllMocks();
  stored.length = 0;
  vi.mocked(client.baseModels.list).mockResolvedValue([baseModel('b', { builtIn: true })]);
  vi.mocked(client.adapters.list).mockResolvedValue([adapter('answers', 'mrc'), adapter('notes', 'summarisation')]);
  vi.mocked(client.chat.conversations).mockResolvedValue([]);
  vi.mocked(client.chat.messages).mockImplementation(async () => turns(stored));
  vi.mocked(client.chat.createConversation).mockResolvedValue(conversation('c'));
});

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

// The next day the panel was that of the base alone, though an adapter had been tried beside it.
test('after a comparison, a conversation continues with the adapter, or with the base if voted best', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  const base = { ...answer('a'), comparisonId: 'x' };
  const other = { ...answer('b'), id: 'b', comparisonId: 'x', adapterId: 'notes', onPath: false };
  stored.push(user('Which?'), base, other);
  expect((await opened()).answerers.adapterId).toBe('notes');
  stored[1] = { ...base, isBest: true };
  expect((await opened()).answerers.adapterId).toBeNull();
});

test('a message sent while an answer is written waits for it, and goes to who was chosen then', async () => {
  const answers = answersOnCall();
  const state = await inConversation();
  state.choose('answers');
  state.composer.text = 'Who?';
  const first = state.send();
  state.choose('notes');
  state.composer.text = 'And then?';
  expect(state.canQueue).toBe(true);
  state.queue();
  state.choose(null);
  state.composer.text = 'And last?';
  state.queue();
  state.choose('answers');
  expect([state.composer.text, state.waiting.isHeld]).toEqual(['', false]);
  expect(state.waiting.here.map(({ sent }) => sent.text)).toEqual(['And then?', 'And last?']);
  await answers.next();
  await first;
  expect(state.draft?.name).toBe('notes');
  await answers.next();
  await answers.next();
  expect(asked()).toEqual([
    ['Who?', 'answers'],
    ['And then?', 'notes'],
    ['And last?', null],
  ]);
  // What is chosen for the next message stays.
  expect([state.waiting.kept, state.answerers.adapterId]).toEqual([{}, 'answers']);
  state.leave();
});

test('after a stop, what waits goes out only when the person says so, and then the rest follows', async () => {
  const answers = answersOnCall();
  const state = await inConversation();
  state.composer.text = 'Who?';
  const first = state.send();
  for (const text of ['One', 'Two', 'Three']) {
    state.composer.text = text;
    state.queue();
  }
  state.stop();
  await first;
  expect([asked().length, state.waiting.isHeld]).toEqual([1, true]);
  // Its own message does not pull along what is held.
  answers.drop();
  state.composer.text = 'Another';
  const another = state.send();
  await answers.next();
  await another;
  expect(asked().length).toBe(2);
  void state.sendWaiting(state.waiting.here[1]?.at);
  await answers.next();
  await answers.next();
  await answers.next();
  expect(asked().map(([text]) => text)).toEqual(['Who?', 'Another', 'Two', 'One', 'Three']);
  state.leave();
});

test('a waiting message that is refused waits on in its place, with the reason', async () => {
  const answers = answersOnCall();
  const state = await inConversation();
  state.composer.text = 'Who?';
  const first = state.send();
  for (const text of ['One', 'Two']) {
    state.composer.text = text;
    state.queue();
  }
  await vi.waitFor(() => expect(client.chat.send).toHaveBeenCalledTimes(1));
  vi.mocked(client.chat.send).mockRejectedValueOnce(new Error('no'));
  await answers.next();
  await first;
  await vi.waitFor(() => expect(state.sendError).toEqual(new Error('no')));
  expect(state.waiting.here.map(({ sent }) => sent.text)).toEqual(['One', 'Two']);
  expect([state.waiting.isHeld, state.composer.text]).toEqual([true, '']);
  state.leave();
});

test('a waiting message is put back into an empty box, with its passage and for whom it was meant', async () => {
  answersOnCall();
  const state = await inConversation();
  state.composer.text = 'Who?';
  void state.send();
  state.choose('answers');
  state.answerers.strength = 0.5;
  state.composer.passage = 'Otto is a cat.';
  state.composer.text = 'Who is a cat?';
  state.queue();
  const at = state.waiting.here[0]?.at ?? 0;
  Object.assign(state.composer, { passage: 'Another.', text: 'typed' });
  state.choose(null);
  state.editWaiting(at);
  expect([state.composer.text, state.waiting.here.length]).toEqual(['typed', 1]);
  state.composer.text = '';
  state.editWaiting(at);
  expect([state.composer.text, state.composer.passage]).toEqual(['Who is a cat?', 'Otto is a cat.']);
  expect([state.answerers.adapterId, state.answerers.strength, state.waiting.kept]).toEqual(['answers', 0.5, {}]);
  state.leave();
});

test('what waits outlives the panel, and stays with its conversation', async () => {
  answersOnCall();
  const state = await inConversation();
  state.composer.text = 'Who?';
  void state.send();
  state.composer.text = 'One';
  state.queue();
  state.leave();
  const kept = JSON.parse(JSON.stringify(state.waiting.kept));
  const again = new ChatState({ conversation: 'c' }, {}, kept);
  await vi.waitFor(() => expect(again.loading).toBe(false));
  expect(again.waiting.here.map(({ sent }) => sent.text)).toEqual(['One']);
  expect(again.waiting.isHeld).toBe(true);
  again.startConversation();
  expect(again.waiting.here).toEqual([]);
  again.leave();
});

test('a document that has been sent already does not wait once more', async () => {
  answersOnCall();
  const state = await inConversation();
  state.choose('notes');
  state.composer.document = 'A long text.';
  void state.send();
  expect(state.canQueue).toBe(false);
  state.composer.document = 'Another text.';
  expect(state.canQueue).toBe(true);
  state.queue();
  expect(state.canQueue).toBe(false);
  state.editWaiting(state.waiting.here[0]?.at ?? 0);
  expect([state.composer.text, state.composer.document]).toEqual(['', 'Another text.']);
  state.leave();
});

test('a question for several waits for those who were chosen then', async () => {
  const answers = answersOnCall();
  const state = await inConversation();
  const comparison = new ComparisonState(state);
  state.composer.text = 'Who?';
  const first = state.send();
  state.choose('answers');
  comparison.begin();
  state.composer.text = 'Which?';
  comparison.queue();
  comparison.on = false;
  // Sound: the state only iterates over it.
  vi.mocked(client.chat.compare).mockResolvedValue((async function* () {})() as never);
  await answers.next();
  await first;
  await vi.waitFor(() => expect(client.chat.compare).toHaveBeenCalledTimes(1));
  const [compared] = vi.mocked(client.chat.compare).mock.lastCall ?? [];
  expect(compared).toMatchObject({
    text: 'Which?',
    columns: [{ adapterId: null }, { adapterId: 'answers' }, { adapterId: 'notes' }],
  });
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

test('an empty box sends the document beside it to be summarised', async () => {
  const state = await opened();
  state.choose('notes');
  state.composer.document = 'Doctor: hello';
  expect(state.composer.outgoing).toEqual({ text: 'Doctor: hello', input: {} });
  state.composer.text = 'Another document';
  expect(state.composer.outgoing.text).toBe('Another document');
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

test('opens no earlier conversation when a base is requested or a new one has unsent text', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  for (const state of [new ChatState({ baseModel: 'b' }), new ChatState({}, { '': 'typed' })]) {
    await vi.waitFor(() => expect(state.loading).toBe(false));
    expect(state.conversationId).toBeUndefined();
    state.leave();
  }
});

// Regression: each of hundreds had a chip, oldest first: seconds to draw, and the one just trained was far below.
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

test('of hundreds of adapters the newest have chips, and those that are chosen or searched for', async () => {
  const many = Array.from({ length: 300 }, (_, age) => ({ ...adapter(`a${age}`, 'mrc'), createdAt: age }));
  vi.mocked(client.adapters.list).mockResolvedValue(many);
  const state = await opened();
  const chips = () => state.answerers.chips((id) => id === 'a7').map(({ id }) => id);
  expect(state.answerers.hasMoreThanChips).toBe(true);
  expect(chips()).toEqual(['a7', ...many.slice(-24).map(({ id }) => id)]);
  state.answerers.named.search = 'A123';
  expect(chips()).toEqual(['a7', 'a123']);
});

// Regression: it went through all adapters for each dataset, and for each adapter: a second for two thousand of them.
test('the dataset whose rows can be asked, and who is compared, are found by going through the adapters a few times', async () => {
  const asked: string[] = [];
  const many = Array.from({ length: 40 }, (_, age) => ({
    ...adapter(`a${age}`, 'mrc'),
    createdAt: age,
    get baseSha256() {
      asked.push(this.id);
      return baseModel('b', { builtIn: true }).sha256;
    },
  }));
  vi.mocked(client.adapters.list).mockResolvedValue(many);
  const state = await opened();
  state.datasets = Array.from({ length: 40 }, (_, n) => ({ id: `d${n}`, task: 'custom' }) as Dataset);
  asked.length = 0;
  expect(state.dataset).toBeUndefined();
  expect(asked.length).toBeLessThan(5 * many.length);
  const comparison = new ComparisonState(state);
  asked.length = 0;
  comparison.begin();
  expect(comparison.chosen).toEqual([null, 'a39', 'a0']);
  expect(asked.length).toBeLessThan(20 * many.length);
  state.leave();
});

test('deleted adapters are no longer used, alone or in a mix', async () => {
  const state = await opened();
  state.choose('answers');
  state.answerers.add('notes', 0.5);
  vi.mocked(client.adapters.list).mockResolvedValue([adapter('answers', 'mrc')]);
  await state.refresh();
  expect(state.answerers.chosen).toEqual({ adapterId: 'answers', strength: 1 });
  vi.mocked(client.adapters.list).mockResolvedValue([]);
  await state.refresh();
  expect([state.answerers.adapterId, state.task]).toEqual([null, 'mrc']);
  state.leave();
});

// Regression: after the undo, the next message went to the base.
test('adapters whose deletion is undone answer again, unless somebody else was chosen meanwhile', async () => {
  const [answers, notes] = [adapter('answers', 'mrc'), adapter('notes', 'summarisation')];
  const state = await opened();
  const refreshWith = async (...adapters: Adapter[]) => {
    vi.mocked(client.adapters.list).mockResolvedValue(adapters);
    await state.refresh();
    return state.answerers.chosen;
  };
  state.choose('answers');
  state.answerers.strength = 0.5;
  state.answerers.add('notes', 2);
  const both = state.answerers.chosen;
  expect(await refreshWith(answers)).toMatchObject({ adapterId: 'answers' });
  expect(await refreshWith()).toMatchObject({ adapterId: null });
  expect(await refreshWith(answers)).toEqual({ adapterId: 'answers', strength: 0.5 });
  expect(await refreshWith(answers, notes)).toEqual(both);
  await refreshWith(notes);
  state.choose(null);
  expect(await refreshWith(answers, notes)).toMatchObject({ adapterId: null });
  state.choose('answers');
  await refreshWith(notes);
  state.startConversation();
  state.choose('notes');
  expect(await refreshWith(answers, notes)).toMatchObject({ adapterId: 'notes' });
  state.leave();
});

test('a conversation opens with the strength of its last answer, even if zero', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  stored.push(user('Who?'), { ...answer('Otto'), adapterId: 'answers', strength: 0, onPath: true });
  const state = await opened();
  expect([state.answerers.adapterId, state.answerers.strength]).toEqual(['answers', 0]);
  state.leave();
});

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

test('a mix belongs to the chosen adapter, and choosing another or the base drops it', async () => {
  const state = await opened();
  state.choose('answers');
  state.answerers.add('notes', 0.5);
  state.answerers.add('notes', 0.8);
  expect(state.answerers.chosen).toEqual({
    adapterId: 'answers',
    strength: 1,
    mix: [{ adapterId: 'notes', strength: 0.8 }],
  });
  state.choose('notes');
  expect(state.answerers.chosen).toEqual({ adapterId: 'notes', strength: 1 });
  state.answerers.add('answers', 1);
  state.choose(null);
  expect(state.answerers.chosen).toEqual({ adapterId: null, strength: 1 });
  state.leave();
});

test('asks several models side by side and fills each column as its answer streams in', async () => {
  const state = await opened();
  const comparison = new ComparisonState(state);
  state.choose('answers');
  comparison.begin();
  expect(comparison.chosen).toEqual([null, 'answers', 'notes']);
  comparison.toggle('notes');
  state.answerers.add('notes', 0.5);
  const asked = user('Which?');
  const seen: string[][] = [];
  const busy: boolean[] = [];
  vi.mocked(client.chat.compare).mockResolvedValue(
    (async function* (): AsyncGenerator<CompareEvent> {
      yield { kind: 'started', user: asked, comparisonId: 'x' };
      yield { kind: 'text', column: 1, delta: 'b' };
      yield { kind: 'text', column: 0, delta: 'a' };
      seen.push((comparison.columns ?? []).map(({ text }) => text));
      // Nothing else may start meanwhile: an earlier answer could be given again, which took the stop button from all
      // of these.
      busy.push(state.writing);
      yield { kind: 'finished', column: 0, answer: answer('a') };
      // Sound: the state only iterates over it.
    })() as never,
  );
  state.composer.text = 'Which?';
  stored.push(asked, { ...answer('a'), comparisonId: 'x' });
  await comparison.send();
  expect(seen).toEqual([['a', 'b']]);
  expect([...busy, state.writing]).toEqual([true, false]);
  expect(client.chat.compare).toHaveBeenCalledWith(
    {
      ...{ conversationId: 'c', text: 'Which?' },
      columns: [
        { adapterId: null, strength: 1 },
        { adapterId: 'answers', strength: 1, mix: [{ adapterId: 'notes', strength: 0.5 }] },
      ],
    },
    expect.anything(),
  );
  expect(comparison.columns).toBeUndefined();
  expect(state.messages).toHaveLength(2);
  state.leave();
});

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

test('reads the prompt ahead once while typing, and again for another adapter or passage', async () => {
  const state = await opened();
  const readAhead = vi.mocked(client.chat.readAhead).mockImplementation(() => new Promise(() => {}));
  state.choose('answers');
  state.composer.passage = 'Otto is a cat.';
  void state.unsentQuestion.readAhead();
  expect(readAhead).not.toHaveBeenCalled();
  for (const text of ['W', 'Who', 'Who is']) {
    state.composer.text = text;
    void state.unsentQuestion.readAhead();
  }
  expect(readAhead).toHaveBeenCalledTimes(1);
  expect(readAhead.mock.calls[0]?.[0]).toMatchObject({ adapterId: 'answers', input: { passage: 'Otto is a cat.' } });
  state.composer.passage = 'Otto is a dog.';
  void state.unsentQuestion.readAhead();
  expect(readAhead).toHaveBeenCalledTimes(2);
  expect(readAhead.mock.calls[0]?.[1]?.signal?.aborted).toBe(true);
  state.choose(null);
  void state.unsentQuestion.readAhead();
  expect(readAhead).toHaveBeenCalledTimes(3);
  state.leave();
  expect(readAhead.mock.calls[2]?.[1]?.signal?.aborted).toBe(true);
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

test('measures a question for a comparison without the turns before it', async () => {
  const state = await opened();
  state.composer.text = 'Which?';
  await state.unsentQuestion.measure();
  new ComparisonState(state).begin();
  await state.unsentQuestion.measure();
  const asked = vi.mocked(client.chat.measure).mock.calls.map(([question]) => question.parentId);
  expect(asked).toEqual([undefined, null]);
  state.leave();
});

// With several adapters the panel was that of the base alone, without fields for what they need.
test('a comparison shows the panel of the task of its adapters, whichever is in use', async () => {
  const state = await opened({ baseModel: 'b' });
  const comparison = new ComparisonState(state);
  comparison.begin();
  expect([comparison.chosen, state.task]).toEqual([[null, 'answers', 'notes'], 'mrc']);
  comparison.toggle('answers');
  expect(state.task).toBe('summarisation');
  state.leave();
});

// The panel stayed that of the adapter in use, and its passage was sent to those that were asked.
test('the adapter in use no longer determines the panel once it is removed from a comparison', async () => {
  const state = await opened();
  state.choose('answers');
  const comparison = new ComparisonState(state);
  comparison.begin();
  comparison.toggle('answers');
  expect([comparison.chosen, state.task]).toEqual([[null, 'notes'], 'summarisation']);
  comparison.on = false;
  expect([state.answerers.adapterId, state.task]).toEqual(['answers', 'mrc']);
  state.leave();
});

// Someone coming from the rail got the base alone, which continues any text, and took that for what was trained.
test('a first conversation starts with the most recently trained adapter and its base', async () => {
  vi.mocked(client.baseModels.list).mockResolvedValue([
    baseModel('b', { builtIn: true }),
    baseModel('large', { builtIn: false }),
  ]);
  const last = { ...adapter('last', 'nl2sql'), baseModelId: 'large', createdAt: 9 };
  vi.mocked(client.adapters.list).mockResolvedValue([adapter('answers', 'mrc'), last, adapter('notes', 'mrc')]);
  const state = await opened();
  expect([state.answerers.baseModelId, state.answerers.adapterId]).toEqual(['large', 'last']);
  state.leave();
  const asked = await opened({ baseModel: 'b' });
  expect([asked.answerers.baseModelId, asked.answerers.adapterId]).toEqual(['b', null]);
  asked.leave();
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

test('a person is told that the base reads an adapter’s answers when it takes over from it', async () => {
  vi.mocked(client.baseModels.list).mockResolvedValue([
    { ...baseModel('b', { builtIn: true }), hasChatTemplate: true },
  ]);
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  stored.push(user('Who is a cat?'), { ...answer('Otto'), adapterId: 'answers' });
  const state = await opened({ conversation: 'c' });
  expect(state.readsAdapter).toBe(false);
  state.choose(null);
  expect(state.readsAdapter).toBe(true);
  const comparison = new ComparisonState(state);
  comparison.begin();
  expect(state.readsAdapter).toBe(false);
  comparison.on = false;
  stored.push({ ...user('And a dog?'), id: 'v', parentId: 'a' }, { ...answer('Rex'), id: 'w', parentId: 'v' });
  await state.refresh();
  expect(state.readsAdapter).toBe(false);
  state.leave();
});

test('choosing the base keeps the panel of the task', async () => {
  const state = await opened();
  state.choose('answers');
  state.choose(null);
  expect(state.task).toBe('mrc');
  state.leave();
});

async function opened(choice: ChatChoice = {}): Promise<ChatState> {
  const state = new ChatState(choice);
  await vi.waitFor(() => expect(state.loading).toBe(false));
  return state;
}

function answerWith(text: string): void {
  const asked = user('Who is a cat?');
  const events: ChatEvent[] = [
    { kind: 'started', user: asked, answerId: 'a' },
    { kind: 'text', delta: text },
    { kind: 'finished', answer: answer(text) },
  ];
  const send = async () =>
    (async function* () {
      stored.push(asked, answer(text));
      yield* events;
    })();
  // Sound: the state only iterates over it.
  vi.mocked(client.chat.send).mockImplementation(send as unknown as typeof client.chat.send);
}

/** A conversation that has begun. */
async function inConversation(): Promise<ChatState> {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  const state = await opened({ conversation: 'c' });
  state.choose(null);
  return state;
}

/** Who was asked what. */
function asked(): (string | null)[][] {
  return vi.mocked(client.chat.send).mock.calls.map(([{ text, adapterId }]) => [text, adapterId]);
}

/** Each question is answered when `next` is called, or stopped. */
function answersOnCall() {
  let waiting: (() => void)[] = [];
  const send = async (_: unknown, { signal }: { signal: AbortSignal }) =>
    (async function* (): AsyncGenerator<ChatEvent> {
      yield { kind: 'started', user: user('Who is a cat?'), answerId: 'a' };
      await new Promise<void>((resolve, reject) => {
        waiting.push(resolve);
        signal.addEventListener('abort', reject);
      });
      yield { kind: 'finished', answer: answer('Otto') };
    })();
  // Sound: the state only iterates over it.
  vi.mocked(client.chat.send).mockImplementation(send as unknown as typeof client.chat.send);
  return {
    async next() {
      await vi.waitFor(() => expect(waiting.length).toBe(1));
      waiting.shift()?.();
    },
    /** Forgets one that was stopped. */
    drop() {
      waiting = [];
    },
  };
}

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

function user(text: string): Message {
  return { ...answer(text), id: 'u', parentId: null, siblings: ['u'], role: 'user' };
}

function answer(text: string): Message {
  return {
    id: 'a',
    conversationId: 'c',
    role: 'assistant',
    text,
    firstText: null,
    input: null,
    adapterId: null,
    adapterName: null,
    adapterSha256: null,
    task: null,
    ...{ parentId: 'u', siblings: ['a'], onPath: true, mix: [], baseSha256: null, promptTokens: null },
    ...{ leftOutTurns: 0, leftOutTokens: 0, comparisonId: null, isBest: false },
    strength: null,
    tokens: null,
    tokensPerSecond: null,
    firstTokenMs: null,
    switchMs: null,
    finish: 'end',
    certainty: null,
    createdAt: 0,
  };
}

function turns(messages: readonly Message[]): Turns {
  return { kept: 0, messages: [...messages], marks: [] };
}

function conversation(id: string): Conversation {
  return { id, title: id, baseModelId: 'b', messages: 0, answering: false, createdAt: 0, updatedAt: 0 };
}

/** Only the fields that the panel reads. */
function baseModel(id: string, { builtIn }: { builtIn: boolean }): BaseModel {
  return { id, sha256: '', builtIn } as BaseModel;
}

function adapter(id: string, task: Adapter['task']): Adapter {
  return {
    id,
    name: id,
    task,
    baseModelId: 'b',
    baseSha256: '',
    datasetId: null,
    runId: null,
    rank: 8,
    alpha: 16,
    targets: ['q', 'v'],
    parameters: 1,
    bytes: 1,
    sha256: '',
    path: '',
    baseValidationLoss: null,
    bestValidationLoss: null,
    createdAt: 0,
  };
}
