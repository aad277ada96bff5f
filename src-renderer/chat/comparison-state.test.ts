import { expect, test, vi } from 'vitest';
import type { CompareEvent } from '../../src-contract/chat.ts';
import { answer, chatForEachTest, conversation, opened, stored, user } from '../../test/fixtures/chat-panel.ts';
import { client } from '../client.ts';
import { ComparisonState } from './comparison-state.svelte.ts';

vi.mock('../client.ts', () => import('../../test/fixtures/chat-client.ts'));

chatForEachTest();

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
