import { expect, test, vi } from 'vitest';
import { chatForEachTest, opened } from '../../test/fixtures/chat-panel.ts';
import { client } from '../client.ts';
import { ComparisonState } from './comparison-state.svelte.ts';

vi.mock('../client.ts', () => import('../../test/fixtures/chat-client.ts'));

chatForEachTest();

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
