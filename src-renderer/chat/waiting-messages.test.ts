import { expect, test, vi } from 'vitest';
import type { ChatEvent } from '../../src-contract/chat.ts';
import { answer, asked, chatForEachTest, conversation, opened, user } from '../../test/fixtures/chat-panel.ts';
import { client } from '../client.ts';
import { ChatState } from './chat-state.svelte.ts';
import { ComparisonState } from './comparison-state.svelte.ts';

vi.mock('../client.ts', () => import('../../test/fixtures/chat-client.ts'));

chatForEachTest();

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

/** A conversation that has begun. */
async function inConversation(): Promise<ChatState> {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  const state = await opened({ conversation: 'c' });
  state.choose(null);
  return state;
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
